"""The stack's alarms ring by what its functions report, tell the topic once, and end when all is well again."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest

from sandbox.local_aws import Deployment
from sandbox.runs import DailyRuns
from tests.e2e.functions import invoke
from tests.e2e.test_rotation import a_user
from tests.e2e.waiting import eventually

ALARM = "rotation-failed"
EVERYBODY: dict[str, object] = {"action": "rotate"}


@pytest.fixture
def told(stack: Deployment) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Give what the topic was told by alarms since the last look."""
    sqs, sns = stack.aws.client("sqs"), stack.aws.client("sns")
    topic, queue = stack.outputs["TopicArn"], sqs.create_queue(QueueName="on-call")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": json.dumps(_admitting(topic, arn))})
    subscription = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)["SubscriptionArn"]

    def look() -> list[dict[str, Any]]:
        texts = []
        while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                texts.append(json.loads(message["Body"])["Message"])
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(text) for text in texts if '"AlarmName"' in text]

    yield look
    sns.unsubscribe(SubscriptionArn=subscription)
    sqs.delete_queue(QueueUrl=queue)


def _admitting(topic: str, queue: str) -> dict[str, object]:
    allowed = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage"}
    return {"Statement": {**allowed, "Resource": queue, "Condition": {"ArnEquals": {"aws:SourceArn": topic}}}}


@contextmanager
def denied(stack: Deployment, action: str) -> Iterator[None]:
    """Deny the rotator an action, as a policy of the organization would."""
    function = stack.outputs["RotatorFunctionName"]
    arn = stack.aws.client("lambda").get_function_configuration(FunctionName=function)["Role"]
    statement = {"Effect": "Deny", "Action": action, "Resource": "*"}
    role = {"RoleName": arn.rpartition("/")[2], "PolicyName": "denied"}
    stack.aws.client("iam").put_role_policy(**role, PolicyDocument=json.dumps({"Statement": [statement]}))
    try:
        yield
    finally:
        stack.aws.client("iam").delete_role_policy(**role)


def state(stack: Deployment, alarm: str) -> str:
    """The state of one of the stack's alarms."""
    alarms = stack.aws.client("cloudwatch").describe_alarms()["MetricAlarms"]
    (found,) = [each for each in alarms if f"/{alarm}.md" in each.get("AlarmDescription", "")]
    return str(found["StateValue"])


def runs_since(stack: Deployment, since: datetime) -> int:
    """How many runs of the rotator have ended."""
    ends = '"run ended"'
    return sum(ends in line for line in DailyRuns(stack).lines(since))


def test_a_failed_rotation_rings_once_and_until_a_run_for_everybody_goes_well(
    stack: Deployment, told: Callable[[], list[dict[str, Any]]]
) -> None:
    a_user(stack, "vera", age=80)
    since = stack.aws.clock.now()
    with denied(stack, "iam:CreateAccessKey"):
        assert stack.invoke({"action": "rotate", "users": ["vera"]})["status"] == "FAILED"
        eventually(lambda: state(stack, ALARM) == "ALARM")
        eventually(lambda: runs_since(stack, since) == 2, seconds=60)  # the alarm has started one more
    (message,) = eventually(lambda: [each for each in told() if ALARM in each["AlarmDescription"]])
    assert message["NewStateValue"] == "ALARM"
    assert message["AlarmDescription"].endswith("Runbook: docs/runbook/rotation-failed.md")

    for _ in range(4):
        stack.aws.clock.move_by(timedelta(hours=5))
        assert state(stack, ALARM) == "ALARM", "it does not end because nothing is reported"
    stack.invoke({"action": "rotate", "users": ["watched"]})
    assert state(stack, ALARM) == "ALARM", "nor because a run for somebody else went well"
    assert runs_since(stack, since) == 3
    assert [each for each in told() if ALARM in each["AlarmDescription"]] == [], "people are told once"

    assert stack.invoke(EVERYBODY)["status"] == "OK"
    eventually(lambda: state(stack, ALARM) == "OK")


def test_every_metric_on_the_dashboard_is_one_that_came_to_cloudwatch(stack: Deployment) -> None:
    a_user(stack, "wim", age=80)
    stack.invoke(EVERYBODY)
    invoke(stack.aws, stack.outputs["ResponderFunctionName"], {"AlarmName": "any", "NewStateValue": "OK"})
    cloudwatch = stack.aws.client("cloudwatch")
    pages = cloudwatch.get_paginator("list_metrics").paginate(Namespace="Keyturn")
    came = {
        (each["Namespace"], each["MetricName"], *(text for one in each["Dimensions"] for text in one.values()))
        for page in pages
        for each in page["Metrics"]
    }
    body = cloudwatch.get_dashboard(DashboardName=stack.outputs["DashboardName"])["DashboardBody"]
    graphs = [widget["properties"]["metrics"] for widget in json.loads(body)["widgets"] if widget["type"] == "metric"]
    shown = {tuple(metric[:-1]) for metrics in graphs for metric in metrics}
    assert len(shown) > 30
    assert shown - came == set()
