"""An event becomes a typed request: the schedule, a person and Step Functions send the same JSON.

What is refused, and how it is told, stands in the tests of bad input.
"""

import json

import pytest

from keyturn.request import OnFailure, Request, Verb
from keyturn.rotate import read

RULE = {
    "version": "0",
    "id": "fake-event-1",
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "account": "111122223333",
    "time": "2030-06-01T06:00:00Z",
    "region": "eu-west-1",
    "resources": ["arn:aws:events:eu-west-1:111122223333:rule/daily"],
    "detail": {},
}
# EventBridge Scheduler's own default input: its detail is a string.
SCHEDULER = {**RULE, "source": "aws.scheduler", "detail": "{}"}
ALARM_CHANGE = {
    **RULE,
    "source": "aws.cloudwatch",
    "detail-type": "CloudWatch Alarm State Change",
    "detail": {"alarmName": "rotation-failed", "state": {"value": "ALARM"}},
}
ALARM_ACTION = {
    "source": "aws.cloudwatch",
    "alarmArn": "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:rotation-failed",
    "accountId": "111122223333",
    "alarmData": {"alarmName": "rotation-failed", "state": {"value": "ALARM"}},
}


@pytest.mark.parametrize("event", [{}, RULE, SCHEDULER, ALARM_CHANGE, ALARM_ACTION])
def test_nothing_and_every_envelope_mean_rotate_all(event: object) -> None:
    assert read(event) == Request()
    assert Request() == Request(verb=Verb.ROTATE, users=(), force=False, dry_run=False, on_failure=OnFailure.REPORT), (
        "the defaults"
    )


def test_what_an_envelope_carries_chooses_nothing() -> None:
    carried = {"action": "rollback", "users": ["bob"], "force": True}
    assert read({**RULE, "detail": carried}) == Request()
    assert read({**SCHEDULER, "detail": json.dumps(carried)}) == Request()
    assert read({**ALARM_ACTION, "alarmData": carried}) == Request()


@pytest.mark.parametrize("verb", ["rotate", "status"])
def test_only_the_action_has_to_be_said(verb: str) -> None:
    assert read({"action": verb}) == Request(verb=Verb(verb))


def test_everything_can_be_said() -> None:
    event = {"action": "rotate", "users": ["alice"], "force": True, "dry_run": True, "on_failure": "raise"}
    assert read(event) == Request(Verb.ROTATE, ("alice",), force=True, dry_run=True, on_failure=OnFailure.RAISE)
    event = {"action": "rollback", "users": ["alice"], "force": False, "dry_run": True, "on_failure": "report"}
    assert read(event) == Request(Verb.ROLLBACK, ("alice",), dry_run=True)
    event = {"action": "status", "users": ["alice"], "force": False}
    assert read(event) == Request(Verb.STATUS, ("alice",))


def test_users_are_taken_as_they_are_named() -> None:
    names = ["A.b_c-D@e+f=g,h", "0", "-", "a" * 128, "alice", "alice"]
    assert read({"action": "rotate", "users": names}).users == tuple(names)
    assert len(read({"action": "rotate", "users": [f"u{number}" for number in range(5_000)]}).users) == 5_000
