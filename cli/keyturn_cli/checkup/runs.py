"""Checks of what the runs say: the last good one, the alarms, what was not delivered, who is told."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from keyturn_cli.checkup.finding import Finding, Patient, fail, ok, warn

_NAMESPACE: Final = "Keyturn"
# As the stack's own alarm for silence.
_SILENCE: Final = timedelta(hours=26)
_AN_HOUR: Final = 3600
_AT_ONCE: Final = 100


def last_good_run(patient: Patient) -> Iterator[Finding]:
    """Has a run succeeded in the last 26 hours."""
    measured = patient.stack.client("cloudwatch").get_metric_statistics(
        Namespace=_NAMESPACE,
        MetricName="RunSucceeded",
        Dimensions=[{"Name": "service", "Value": patient.stack.name}],
        StartTime=patient.now - _SILENCE,
        EndTime=patient.now + timedelta(minutes=5),
        Period=_AN_HOUR,
        Statistics=["Sum"],
    )
    good = [point["Timestamp"] for point in measured["Datapoints"] if point["Sum"] > 0]
    if good:
        yield ok("last good run", f"in the hour of {max(good):%Y-%m-%d %H:%M UTC}")
    else:
        yield fail(
            "last good run",
            f"none in the last {_SILENCE // timedelta(hours=1)} hours",
            "read the newest entries of the rotator's log group; 'keyturn plan' shows whether a run can be made",
        )


def alarms(patient: Patient) -> Iterator[Finding]:
    """Does an alarm of the stack ring, or can it not."""
    names = _names(patient, "AWS::CloudWatch::Alarm")
    client = patient.stack.client("cloudwatch")
    found: list[dict[str, Any]] = []
    for first in range(0, len(names), _AT_ONCE):
        found += client.describe_alarms(AlarmNames=names[first : first + _AT_ONCE])["MetricAlarms"]
    for alarm in found:
        if alarm["StateValue"] == "ALARM":
            what, _, do = alarm.get("AlarmDescription", "see its description").partition(". ")
            yield fail("alarms", f"{alarm['AlarmName']} rings: {what}", do or "see docs/alarms.md")
        elif not alarm.get("ActionsEnabled", True):
            yield warn("alarms", f"{alarm['AlarmName']} tells nobody: its actions are off", "enable its actions")
    if gone := set(names) - {alarm["AlarmName"] for alarm in found}:
        yield fail("alarms", f"{', '.join(sorted(gone))} is gone", "'make deploy' makes it anew")
    quiet = [alarm for alarm in found if alarm["StateValue"] != "ALARM"]
    if len(quiet) == len(names):
        yield ok("alarms", f"none of {len(names)} rings")


def _names(patient: Patient, kind: str) -> list[str]:
    pages = patient.stack.client("cloudformation").get_paginator("list_stack_resources")
    return [
        resource["PhysicalResourceId"]
        for page in pages.paginate(StackName=patient.stack.name)
        for resource in page["StackResourceSummaries"]
        if resource["ResourceType"] == kind
    ]


def dead_letters(patient: Patient) -> Iterator[Finding]:
    """Did something not arrive, or end with an error."""
    url = patient.stack.output("DeadLetterQueueUrl")
    asked = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    counts = patient.stack.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=asked)["Attributes"]
    number = sum(int(counts.get(name, 0)) for name in asked)
    if number:
        yield fail(
            "dead letters",
            f"{number} starts or signals were not delivered, or ended with an error",
            f"read them ('aws sqs receive-message --queue-url {url}'), mend the cause, send them again, delete them",
        )
    else:
        yield ok("dead letters", "none")


def subscribers(patient: Patient) -> Iterator[Finding]:
    """Is anybody told."""
    topic = patient.stack.output("TopicArn")
    pages = patient.stack.client("sns").get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
    found = [each for page in pages for each in page["Subscriptions"]]
    confirmed = [each for each in found if each["SubscriptionArn"].startswith("arn:")]
    if confirmed:
        yield ok("subscribers", f"{len(confirmed)} are told of alarms and runs")
    else:
        waiting = f" ({len(found)} have not confirmed yet)" if found else ""
        yield warn(
            "subscribers",
            f"nobody is told of alarms and runs{waiting}",
            f"aws sns subscribe --topic-arn {topic} --protocol email --notification-endpoint NAME@EXAMPLE.COM",
        )
