"""The fake alarms, bus and topics answer as CloudWatch, EventBridge and SNS do."""

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from tests.fakes.world import World

if TYPE_CHECKING:
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef


@pytest.fixture
def world() -> World:
    return World()


def test_an_alarm_tells_its_state_and_since_when(world: World) -> None:
    world.alarm("orders")
    made = world.now
    world.advance(timedelta(hours=1))
    world.alarm("orders")
    (alarm,) = world.admin.cloudwatch.describe_alarms(AlarmNames=["orders"])["MetricAlarms"]
    assert (alarm["StateValue"], alarm["StateTransitionedTimestamp"]) == ("OK", made)
    world.alarm("orders", "ALARM")
    (alarm,) = world.admin.cloudwatch.describe_alarms(AlarmNames=["orders"])["MetricAlarms"]
    assert (alarm["StateValue"], alarm["StateTransitionedTimestamp"]) == ("ALARM", world.now)


def test_a_composite_alarm_is_shown_only_when_asked_for(world: World) -> None:
    world.alarm("all of them", "ALARM", composite=True)  # DescribeAlarms, CloudWatch API reference
    assert world.admin.cloudwatch.describe_alarms(AlarmNames=["all of them"])["CompositeAlarms"] == []
    answer = world.admin.cloudwatch.describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    assert answer["MetricAlarms"] == []
    assert [alarm["StateValue"] for alarm in answer["CompositeAlarms"]] == ["ALARM"]


def test_an_alarm_that_does_not_exist_is_no_error(world: World) -> None:
    world.alarm("orders")
    assert world.admin.cloudwatch.describe_alarms(AlarmNames=["order"])["MetricAlarms"] == []


def test_the_bus_keeps_good_events_and_refuses_bad_ones_without_an_error(world: World) -> None:
    good: PutEventsRequestEntryTypeDef = {
        "Source": "a test",
        "DetailType": "Access Key Rotated",
        "Detail": json.dumps({"user": "alice"}),
    }
    bad: PutEventsRequestEntryTypeDef = {**good, "Detail": "{"}
    answer = world.admin.events.put_events(Entries=[good, bad, {"Source": "a test"}])
    assert answer["FailedEntryCount"] == 2
    assert [entry.get("ErrorCode") for entry in answer["Entries"]] == [None, "MalformedDetail", "InvalidArgument"]
    assert [event["Detail"] for event in world.events] == [{"user": "alice"}]


def test_a_topic_keeps_messages_and_refuses_a_subject_that_is_too_long(world: World) -> None:
    topic = "arn:aws:sns:eu-west-1:111122223333:people"
    world.admin.sns.publish(TopicArn=topic, Subject="s" * 100, Message="what to do")
    for subject in ("s" * 101, "two\nlines"):
        with pytest.raises(ClientError, match="InvalidParameter"):
            world.admin.sns.publish(TopicArn=topic, Subject=subject, Message="what to do")
    assert [message["Message"] for message in world.messages] == ["what to do"]
