"""The deployed responder follows real alarms, and switches off keys that are reported as exposed."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from sandbox.demo.programs import secret_name
from sandbox.demo.seeding import work
from sandbox.local_aws import Credential, Deployment
from tests.e2e.functions import acting_as, invoke
from tests.e2e.refusals import refused
from tests.e2e.test_rotation import a_user, fetched, identity, statuses, turn
from tests.e2e.waiting import eventually

SECONDS = 10


@dataclass(frozen=True)
class Guarded:
    """A user whose old key the rotator has deactivated, and the alarm that guards it."""

    name: str
    alarm: str
    old: Credential
    new: Credential


def guarded(stack: Deployment, name: str, *actions: str) -> Guarded:
    """Rotate a user's key, let grace pass and the old key be deactivated, under the eyes of a quiet alarm."""
    alarm = f"{name}-is-unwell"
    stack.aws.client("cloudwatch").put_metric_alarm(
        AlarmName=alarm,
        Namespace="Ours",
        MetricName="FailedCalls",
        Dimensions=[{"Name": "program", "Value": name}],
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",
        AlarmActions=list(actions),
    )
    old = a_user(stack, name, age=80)
    stack.aws.client("iam").tag_user(UserName=name, Tags=[{"Key": "keyturn:guard-alarm", "Value": alarm}])
    turn(stack, name)
    new = fetched(stack, name, old)
    work(stack.aws, new)
    stack.aws.clock.move_by(timedelta(days=15))
    assert turn(stack, name)["action"] == "DeactivateKey"
    with refused("InvalidClientTokenId"):
        identity(stack, old)
    return Guarded(name, alarm, old, new)


def fail(stack: Deployment, user: Guarded) -> None:
    """The user's program reports a failed call, which is what its alarm looks at."""
    metric = {"MetricName": "FailedCalls", "Value": 1, "Timestamp": stack.aws.clock.now()}
    dimensions = [{"Name": "program", "Value": user.name}]
    metrics = [{**metric, "Dimensions": dimensions}]
    stack.aws.client("cloudwatch").put_metric_data(Namespace="Ours", MetricData=metrics)


def both_active(stack: Deployment, user: Guarded) -> Callable[[], bool]:
    return lambda: statuses(stack, user.name) == {user.old.key_id: "Active", user.new.key_id: "Active"}


def respond(stack: Deployment, event: object) -> dict[str, Any]:
    report, failure = invoke(stack.aws, stack.outputs["ResponderFunctionName"], event)
    assert not failure, report
    answer: dict[str, Any] = report
    return answer


def exposure(key_id: str) -> dict[str, Any]:
    return {
        "source": "aws.health",
        "detail-type": "AWS Health Event",
        "detail": {
            "service": "RISK",
            "eventTypeCode": "AWS_RISK_CREDENTIALS_EXPOSED",
            "eventTypeCategory": "issue",
            "affectedEntities": [{"entityValue": key_id}],
        },
    }


def test_an_alarm_whose_action_is_the_responder_brings_the_key_back_within_seconds(
    stack: Deployment, record_property: Callable[[str, object], None]
) -> None:
    user = guarded(stack, "ines", stack.outputs["ResponderFunctionArn"])
    rang = time.monotonic()
    fail(stack, user)
    eventually(both_active(stack, user), SECONDS)
    took = time.monotonic() - rang
    record_property("seconds from the metric to the Active key", f"{took:.1f}")
    print(f"from the metric that rings the alarm to the Active key: {took:.1f} s")  # noqa: T201 - the figure asked for
    assert identity(stack, user.old).endswith(":user/ines")
    held = turn(stack, "ines")
    assert (held["reason"], held["outcome"]) == ("GraceRunning", "Held"), "and a new grace period begins"
    tags = stack.aws.client("secretsmanager").describe_secret(SecretId=secret_name("ines"))["Tags"]
    told = {each["Key"]: each["Value"] for each in tags}
    assert told["keyturn:guard-undone"] == "1"
    assert "keyturn:deactivated-key" not in told


def test_an_alarm_that_comes_through_a_topic_does_the_same(stack: Deployment) -> None:
    topic = stack.aws.client("sns").create_topic(Name="team-alarms")["TopicArn"]
    responder = stack.outputs["ResponderFunctionArn"]
    stack.aws.client("lambda").add_permission(
        FunctionName=responder,
        StatementId="team-alarms",
        Action="lambda:InvokeFunction",
        Principal="sns.amazonaws.com",
        SourceArn=topic,
    )
    stack.aws.client("sns").subscribe(TopicArn=topic, Protocol="lambda", Endpoint=responder)
    user = guarded(stack, "jana", topic)
    fail(stack, user)
    eventually(both_active(stack, user), SECONDS)


def test_an_alarm_that_comes_over_the_event_bus_does_the_same(stack: Deployment) -> None:
    events, responder = stack.aws.client("events"), stack.outputs["ResponderFunctionArn"]
    pattern = {"source": ["aws.cloudwatch"], "detail": {"alarmName": ["karl-is-unwell"]}}
    rule = events.put_rule(Name="team-alarms", EventPattern=json.dumps(pattern))["RuleArn"]
    stack.aws.client("lambda").add_permission(
        FunctionName=responder,
        StatementId="team-rule",
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
        SourceArn=rule,
    )
    events.put_targets(Rule="team-alarms", Targets=[{"Id": "responder", "Arn": responder}])
    user = guarded(stack, "karl")
    fail(stack, user)
    eventually(both_active(stack, user), SECONDS)


def test_an_alarm_that_is_only_said_to_ring_undoes_nothing(stack: Deployment) -> None:
    user = guarded(stack, "lena")
    forged = {"AlarmName": user.alarm, "NewStateValue": "ALARM", "NewStateReason": f"delete {user.new.key_id}"}
    report = respond(stack, {"Records": [{"EventSource": "aws:sns", "Sns": {"Message": json.dumps(forged)}}]})
    assert report["users"] == []
    assert "does not ring now" in report["notes"][0]
    assert statuses(stack, "lena") == {user.old.key_id: "Inactive", user.new.key_id: "Active"}


def test_an_exposed_key_is_switched_off_and_no_new_one_handed_out(stack: Deployment) -> None:
    old = a_user(stack, "mara", age=80)
    turn(stack, "mara")
    new = fetched(stack, "mara", old)
    event = exposure(new.key_id)
    entry = {"Source": event["source"], "DetailType": event["detail-type"], "Detail": json.dumps(event["detail"])}
    assert stack.aws.client("events").put_events(Entries=[entry])["FailedEntryCount"] == 1, "AWS alone may say so"
    assert stack.aws.observer("events").put_events(Entries=[entry])["FailedEntryCount"] == 0
    eventually(lambda: statuses(stack, "mara") == {old.key_id: "Active", new.key_id: "Inactive"}, SECONDS)
    with refused("InvalidClientTokenId"):
        identity(stack, new)
    for action in ("rotate", "status", "rollback"):
        line = turn(stack, "mara", action)
        assert (line["action"], line["reason"], line["stage"]) == ("Hold", "KeyExposed", "Blocked")
        assert new.key_id in line["message"]


def test_an_exposed_key_of_nobody_here_and_a_report_that_is_closed_change_nothing(stack: Deployment) -> None:
    nobody_s = respond(stack, exposure("AKIAOFSOMEBODYELSE00"))
    assert nobody_s["users"] == []
    assert "no key of this account" in nobody_s["notes"][0]
    kept = a_user(stack, "nora", age=0)
    closed = exposure(kept.key_id)
    closed["detail"]["statusCode"] = "closed"
    assert respond(stack, closed)["users"] == []
    assert statuses(stack, "nora") == {kept.key_id: "Active"}


def test_the_quarantine_of_aws_is_seen_in_the_status(stack: Deployment) -> None:
    a_user(stack, "otto", age=80)
    iam = stack.aws.client("iam")
    policy = iam.create_policy(
        PolicyName="AWSCompromisedKeyQuarantineV3",
        PolicyDocument='{"Statement": {"Effect": "Deny", "Action": "iam:CreateAccessKey", "Resource": "*"}}',
    )["Policy"]["Arn"]
    iam.attach_user_policy(UserName="otto", PolicyArn=policy)
    named = turn(stack, "otto", "status")
    (among_all,) = [each for each in stack.invoke({"action": "status"})["users"] if each["user"] == "otto"]
    for line in (named, among_all):
        assert line["reason"] == "KeyExposed"
        assert "AWSCompromisedKeyQuarantineV3" in line["message"]
    assert turn(stack, "otto")["action"] == "Hold"
    assert len(statuses(stack, "otto")) == 1


@pytest.mark.parametrize("event", [{}, [], {"action": "rotate"}, {"Records": [{"eventSource": "aws:s3"}]}], ids=str)
def test_anything_else_is_a_clear_error(stack: Deployment, event: object) -> None:
    answer, failure = invoke(stack.aws, stack.outputs["ResponderFunctionName"], event)
    assert failure
    assert answer["errorType"] == "InvalidSignal"
    assert "allowed are a CloudWatch alarm" in answer["errorMessage"]


def test_the_responders_role_creates_deletes_and_reads_nothing(stack: Deployment) -> None:
    user = a_user(stack, "pia", age=80)
    turn(stack, "pia")
    secret = secret_name("pia")
    outcome = acting_as(stack, stack.outputs["ResponderFunctionName"])
    assert outcome("secretsmanager", "describe_secret", SecretId=secret) == "allowed"
    switch: dict[str, object] = {"UserName": "pia", "AccessKeyId": user.key_id}
    assert outcome("iam", "update_access_key", **switch, Status="Inactive") == "allowed"
    denied: list[tuple[str, str, dict[str, object]]] = [
        ("iam", "create_access_key", {"UserName": "pia"}),
        ("iam", "delete_access_key", switch),
        ("iam", "create_user", {"UserName": "mallory"}),
        ("secretsmanager", "get_secret_value", {"SecretId": secret}),
        ("secretsmanager", "put_secret_value", {"SecretId": secret, "SecretString": "value"}),
        ("secretsmanager", "create_secret", {"Name": "keyturn/mallory/access-key"}),
        ("secretsmanager", "delete_secret", {"SecretId": secret}),
        ("secretsmanager", "tag_resource", {"SecretId": "others/access-key", "Tags": []}),
    ]
    for service, call, parameters in denied:
        assert outcome(service, call, **parameters).startswith("AccessDenied"), call
