"""What AWS sends is turned into signals, whatever else stands in it."""

from typing import Any

import pytest

from keyturn.signals import AlarmRang, KeyExposed, Quiet, Unknown, signals
from tests.aws_events import HOSTILE, KEY, by_sns, composite, health, message, own_action, state_change

RANG = AlarmRang("alice-is-unwell")


@pytest.mark.parametrize(
    "event", [own_action(), state_change(), by_sns(message()), by_sns(state_change()), by_sns(own_action())], ids=str
)
def test_an_alarm_rings_in_whatever_shape_it_comes(event: dict[str, Any]) -> None:
    assert signals(event) == [RANG]


def test_a_composite_alarm_rings_like_any_other() -> None:
    assert signals(composite()) == [AlarmRang("all-is-lost")]


@pytest.mark.parametrize("state", ["OK", "INSUFFICIENT_DATA"])
@pytest.mark.parametrize("shape", [own_action, state_change, lambda name, state: by_sns(message(name, state))])
def test_an_alarm_that_does_not_ring_is_nothing_to_do(shape: Any, state: str) -> None:  # noqa: ANN401 - a maker of events
    assert signals(shape("alice-is-unwell", state)) == [Quiet()]


@pytest.mark.parametrize("shape", [own_action, state_change, lambda name, state: by_sns(message(name, state))])
@pytest.mark.parametrize("state", ["alarm", "", None, 3, [], {}, ["ALARM"], {"value": "ALARM"}, "A" * 9999])
def test_a_state_that_cloudwatch_does_not_have_is_not_understood(shape: Any, state: object) -> None:  # noqa: ANN401
    (signal,) = signals(shape("alice-is-unwell", state))
    assert isinstance(signal, Unknown)
    assert len(signal.what) < 300


@pytest.mark.parametrize("shape", [own_action, state_change])
@pytest.mark.parametrize("name", ["", None, 3, [], {}, "a" * 256])
def test_a_name_that_no_alarm_has_is_not_understood(shape: Any, name: object) -> None:  # noqa: ANN401
    (signal,) = signals(shape(name))
    assert isinstance(signal, Unknown)
    assert len(signal.what) < 300


@pytest.mark.parametrize("name", [HOSTILE[:255], "a" * 255, "CPU (prod) > 90 %", "!x", "*", "ünwell"])
def test_any_name_an_alarm_may_have_is_taken_as_it_is(name: str) -> None:
    assert signals(own_action(name)) == [AlarmRang(name)]


def test_nothing_but_an_alarms_name_is_taken_from_it() -> None:
    loud, plain = own_action(), own_action()
    loud["alarmData"] |= {"users": ["bob"], "AccessKeyId": KEY}
    loud |= {"action": "rollback", "users": ["bob"], "force": True}
    assert signals(loud) == signals(plain) == [RANG]


def test_several_records_are_several_signals() -> None:
    event = by_sns(message(), message("bob-is-unwell", "OK"), message("carol-is-unwell"))
    assert signals(event) == [RANG, Quiet(), AlarmRang("carol-is-unwell")]


@pytest.mark.parametrize(
    "broken",
    ["", "ALARM", "{", "[]", "null", "[" * 100_000, "9" * 5_000, '{"AlarmName": ' + "9" * 5_000 + "}", "{}", '"text"'],
    ids=lambda text: text[:12],
)
def test_a_broken_record_hides_none_of_the_good_ones_around_it(broken: str) -> None:
    first, middle, last = signals(by_sns(message(), broken, message("carol-is-unwell")))
    assert (first, last) == (RANG, AlarmRang("carol-is-unwell"))
    assert isinstance(middle, Unknown)


@pytest.mark.parametrize(
    "record", [None, 3, [], {}, {"Sns": None}, {"Sns": {"Message": 3}}, {"s3": {}}, {"body": "{}"}]
)
def test_a_record_of_another_service_is_not_understood(record: object) -> None:
    assert signals({"Records": [record]}) == [Unknown("a record that is none of SNS")]


@pytest.mark.parametrize(
    "event",
    [
        None,
        "ALARM",
        3,
        [],
        [own_action()],
        {},
        {"Records": []},
        {"Records": "x"},
        {"action": "rotate"},
        {"source": "aws.scheduler", "detail-type": "Scheduled Event", "detail": "{}"},
        {"source": "aws.guardduty", "detail-type": "GuardDuty Finding", "detail": {"severity": 8}},
        {"alarmData": None},
        {HOSTILE * 50: 1},
        {str(number): number for number in range(9999)},
    ],
    ids=lambda event: str(event)[:20],
)
def test_anything_else_is_not_understood_and_said_so_shortly(event: object) -> None:
    (signal,) = signals(event)
    assert isinstance(signal, Unknown)
    assert len(signal.what) < 300
    assert "\n" not in signal.what


@pytest.mark.parametrize("kind", ["EXPOSED", "COMPROMISED", "EXPOSURE_SUSPECTED", "COMPROMISE_SUSPECTED"])
@pytest.mark.parametrize("status", ["open", None])
def test_a_key_that_aws_health_reports_is_exposed(kind: str, status: str | None) -> None:
    event = health(f"AWS_RISK_CREDENTIALS_{kind}", status=status)
    assert signals(event) == [KeyExposed(KEY, f"AWS_RISK_CREDENTIALS_{kind}")]


def test_several_keys_are_exposed_at_once() -> None:
    other = "AKIAFAKE000000000002"
    assert [
        each.key_id
        for each in signals(health("AWS_RISK_CREDENTIALS_EXPOSED", KEY, other))
        if isinstance(each, KeyExposed)
    ] == [KEY, other]


def test_a_report_that_is_closed_is_nothing_to_do() -> None:
    assert signals(health(status="closed")) == [Quiet()]


def test_an_exposure_is_not_believed_by_way_of_a_topic() -> None:
    (signal,) = signals(by_sns(health()))
    assert isinstance(signal, Unknown)


@pytest.mark.parametrize(
    "kind",
    ["AWS_RISK_IAM_QUARANTINE", "AWS_EC2_OPERATIONAL_ISSUE", "", None, 3, [], "AWS_RISK_CREDENTIALS_" + "X" * 999],
)
def test_another_event_of_aws_health_is_not_understood(kind: object) -> None:
    (signal,) = signals(health(kind))
    assert isinstance(signal, Unknown)
    assert len(signal.what) < 300


@pytest.mark.parametrize("key", ["", None, 3, [], "AKIA", "AKIAFAKE0000 0000001", "AKIAFAKE00000000000\n", "A" * 129])
def test_what_is_no_keys_id_hides_none_of_the_keys_beside_it(key: object) -> None:
    unknown, known = signals(health("AWS_RISK_CREDENTIALS_EXPOSED", key, KEY))
    assert isinstance(unknown, Unknown)
    assert known == KeyExposed(KEY, "AWS_RISK_CREDENTIALS_EXPOSED")


@pytest.mark.parametrize("entities", [None, [], {}, "AKIA", 3])
def test_a_report_without_keys_is_not_understood(entities: object) -> None:
    event = health()
    event["detail"]["affectedEntities"] = entities
    (signal,) = signals(event)
    assert isinstance(signal, Unknown)
