"""Turns what AWS sends into signals: an alarm rang, a key is exposed, or there is nothing to do.

An alarm comes as its own action, as EventBridge's state change, or wrapped by SNS, alone or several together. Only its
name and state are taken; anybody may write anything into the rest. A key's exposure is believed only as EventBridge
hands it over, where nobody but AWS sends as `aws.health`: whoever may publish to a topic could switch off any key.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

ALLOWED: Final = (
    "allowed are a CloudWatch alarm (as its own action, as EventBridge's 'CloudWatch Alarm State Change', or in SNS "
    "records) and AWS Health's events AWS_RISK_CREDENTIALS_*, as EventBridge sends them"
)
_EXPOSURE: Final = re.compile(r"AWS_RISK_CREDENTIALS_[A-Z_]{1,64}")
_KEY_ID: Final = re.compile(r"[A-Za-z0-9]{16,128}")
_RINGING: Final = "ALARM"
_SILENT: Final = ("INSUFFICIENT_DATA", "OK")
_LONGEST_NAME: Final = 255  # of a CloudWatch alarm
_SHOWN: Final = 80


class InvalidSignal(ValueError):
    """What came is nothing that is listened to; nothing was touched on its account."""


@dataclass(frozen=True)
class AlarmRang:
    """An alarm says that it is in ALARM; whether it is so, CloudWatch is asked."""

    name: str


@dataclass(frozen=True)
class KeyExposed:
    """AWS Health reports a key as exposed; `kind` is the event's type code."""

    key_id: str
    kind: str


@dataclass(frozen=True)
class Quiet:
    """An alarm that went to OK or INSUFFICIENT_DATA, or an exposure that is closed."""


@dataclass(frozen=True)
class Unknown:
    """Something else; `what` says what is wrong with it."""

    what: str


Signal = AlarmRang | KeyExposed | Quiet | Unknown


def signals(event: object) -> list[Signal]:
    """Read all signals of an event; one that can't be understood does not hide the others."""
    records = _at(event, "Records")
    if isinstance(records, list) and records:
        return [_wrapped(record) for record in records]
    if _at(event, "source") == "aws.health":
        return list(_exposures(event))
    return [_alarm(event)]


def _wrapped(record: object) -> Signal:
    message = _at(record, "Sns", "Message")
    if not isinstance(message, str):
        return Unknown("a record that is none of SNS")
    try:
        return _alarm(json.loads(message))
    except (ValueError, RecursionError):  # not JSON, or JSON with a number or a depth beyond Python's limits
        return Unknown("an SNS record whose Message is not JSON")


def _alarm(event: object) -> Signal:
    if _at(event, "detail-type") == "CloudWatch Alarm State Change":
        return _state(_at(event, "detail", "alarmName"), _at(event, "detail", "state", "value"))
    if _at(event, "alarmData") is not None:
        return _state(_at(event, "alarmData", "alarmName"), _at(event, "alarmData", "state", "value"))
    if _at(event, "AlarmName") is not None:
        return _state(_at(event, "AlarmName"), _at(event, "NewStateValue"))
    if not isinstance(event, dict):
        return Unknown(f"a {type(event).__name__}, no event")
    return Unknown(f"an event with {', '.join(sorted(map(_shown, event))[:10]) or 'no fields'}")


def _state(name: object, state: object) -> Signal:
    if not isinstance(name, str) or not 1 <= len(name) <= _LONGEST_NAME:
        return Unknown(f"an alarm without a name of 1 to {_LONGEST_NAME} characters")
    if state == _RINGING:
        return AlarmRang(name)
    if state in _SILENT:
        return Quiet()
    return Unknown(f"alarm {_shown(name)} in state {_shown(state)}, none of {_RINGING}, {', '.join(_SILENT)}")


def _exposures(event: object) -> Iterator[Signal]:
    kind = _at(event, "detail", "eventTypeCode")
    if not isinstance(kind, str) or not _EXPOSURE.fullmatch(kind):
        yield Unknown(f"an AWS Health event {_shown(kind)}")
        return
    if _at(event, "detail", "statusCode") == "closed":  # a person has seen to it: the key may be good again
        yield Quiet()
        return
    entities = _at(event, "detail", "affectedEntities")
    if not isinstance(entities, list) or not entities:
        yield Unknown(f"an AWS Health event {kind} without affectedEntities")
        return
    for entity in entities:
        key = _at(entity, "entityValue")
        known = isinstance(key, str) and _KEY_ID.fullmatch(key)
        yield KeyExposed(key, kind) if known else Unknown(f"an AWS Health event {kind} on {_shown(key)}, no key's ID")


def _at(value: object, *path: str) -> Any:  # noqa: ANN401 - what an event holds there
    for key in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value


def _shown(value: object) -> str:
    if isinstance(value, str):
        return repr(value[:_SHOWN])
    return type(value).__name__
