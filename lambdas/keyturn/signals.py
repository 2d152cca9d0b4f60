"""Turns what AWS sends into signals: an alarm rang, a key is exposed, or there is nothing to do.

An alarm comes as its own action, as EventBridge's state change, or wrapped by SNS, alone or several together. Only the
alarm's name and state are taken from it; anybody may write anything into the rest.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

ALLOWED: Final = (
    "allowed are a CloudWatch alarm (as its own action, as EventBridge's 'CloudWatch Alarm State Change', or in SNS "
    "records) and AWS Health's events AWS_RISK_CREDENTIALS_*"
)
_EXPOSURE: Final = "AWS_RISK_CREDENTIALS_"
_RINGING: Final = "ALARM"
_STATES: Final = {"OK", "INSUFFICIENT_DATA", _RINGING}


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
    """An alarm that went to OK or INSUFFICIENT_DATA."""


@dataclass(frozen=True)
class Unknown:
    """Something else; `what` says what is wrong with it."""

    what: str


Signal = AlarmRang | KeyExposed | Quiet | Unknown


def signals(event: object) -> list[Signal]:
    """Read all signals of an event; one that can't be understood does not hide the others."""
    if isinstance(event, dict) and isinstance(event.get("Records"), list) and event["Records"]:
        return [signal for record in event["Records"] for signal in _record(record)]
    return list(_signals(event))


def _record(record: object) -> Iterator[Signal]:
    message = _at(record, "Sns", "Message")
    try:
        yield from _signals(json.loads(message) if isinstance(message, str) else None)
    except (json.JSONDecodeError, RecursionError):
        yield Unknown("an SNS record's Message is not JSON")


def _signals(event: object) -> Iterator[Signal]:
    if _at(event, "source") == "aws.health":
        yield from _exposures(event)
    elif _at(event, "detail-type") == "CloudWatch Alarm State Change":
        yield _alarm(_at(event, "detail", "alarmName"), _at(event, "detail", "state", "value"))
    elif _at(event, "alarmData") is not None:
        yield _alarm(_at(event, "alarmData", "alarmName"), _at(event, "alarmData", "state", "value"))
    elif _at(event, "AlarmName") is not None:
        yield _alarm(_at(event, "AlarmName"), _at(event, "NewStateValue"))
    else:
        fields = ", ".join(sorted(map(str, event))[:10]) if isinstance(event, dict) else type(event).__name__
        yield Unknown(f"an event with {fields or 'no fields'}")


def _alarm(name: object, state: object) -> Signal:
    if not isinstance(name, str) or not 1 <= len(name) <= 255:  # noqa: PLR2004 - CloudWatch's limit of an alarm's name
        return Unknown("an alarm without a name of 1 to 255 characters")
    if state not in _STATES:
        return Unknown(
            f"alarm {name[:80]!r} in state {str(state)[:40]!r}, which is none of {', '.join(sorted(_STATES))}"
        )
    return AlarmRang(name) if state == _RINGING else Quiet()


def _exposures(event: object) -> Iterator[Signal]:
    kind = _at(event, "detail", "eventTypeCode")
    entities = _at(event, "detail", "affectedEntities")
    if not isinstance(kind, str) or not kind.startswith(_EXPOSURE):
        yield Unknown(f"an AWS Health event {str(kind)[:80]!r}")
        return
    keys = [_at(entity, "entityValue") for entity in entities] if isinstance(entities, list) else []
    if not keys:
        yield Unknown(f"AWS Health event {kind[:80]} without affectedEntities")
    for key in keys:
        known = isinstance(key, str) and key.isalnum() and key.isascii() and len(key) <= 128  # noqa: PLR2004 - IAM's limit
        yield KeyExposed(str(key), kind) if known else Unknown(f"{kind[:80]} names no access key ID")


def _at(value: object, *path: str) -> Any:  # noqa: ANN401 - what an event holds there
    for key in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value
