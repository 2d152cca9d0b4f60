"""The schedule sends the request that a person would, once a day, and loses no start unseen."""

import json

import pytest

from tests.infra.template import synthesize


def test_a_run_starts_every_day_within_an_hours_window() -> None:
    schedule = synthesize().one("AWS::Scheduler::Schedule")

    assert schedule["ScheduleExpression"] == "rate(1 day)"
    assert schedule["ScheduleExpressionTimezone"] == "Etc/UTC"
    assert schedule["FlexibleTimeWindow"] == {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 60}
    assert schedule["State"] == "ENABLED"


def test_the_time_and_the_window_can_be_chosen() -> None:
    schedule = synthesize(schedule="cron(30 7 * * ? *)", flexible_minutes=0).one("AWS::Scheduler::Schedule")

    assert schedule["ScheduleExpression"] == "cron(30 7 * * ? *)"
    assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}


def test_it_asks_to_rotate_and_to_end_a_failed_run_with_an_error() -> None:
    target = synthesize().one("AWS::Scheduler::Schedule")["Target"]

    assert target["Arn"] == "${RotatorFunction.Arn}"
    assert json.loads(target["Input"]) == {"action": "rotate", "on_failure": "raise"}


def test_a_start_that_is_not_delivered_is_tried_again_then_kept() -> None:
    target = synthesize().one("AWS::Scheduler::Schedule")["Target"]

    assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 5}
    assert target["DeadLetterConfig"] == {"Arn": "${DeadLetters.Arn}"}
    assert target["RoleArn"] == "${DailyRole.Arn}"


@pytest.mark.parametrize("mode", ["observe", "enforce"])
def test_the_schedule_is_the_same_in_every_mode(mode: str) -> None:
    assert synthesize(mode=mode).one("AWS::Scheduler::Schedule") == synthesize().one("AWS::Scheduler::Schedule")
