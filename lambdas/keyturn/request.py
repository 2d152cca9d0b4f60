"""Turns an event into a typed request: the schedule, a person and Step Functions send the same JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final


class Verb(StrEnum):
    """What is asked for."""

    ROTATE = "rotate"
    STATUS = "status"
    ROLLBACK = "rollback"
    NOTIFY_TEST = "notify_test"


class OnFailure(StrEnum):
    """How a failed run ends: with a report that says so, or with an error."""

    REPORT = "report"
    RAISE = "raise"


class InvalidRequest(ValueError):
    """Names the field, its value and what is allowed; nothing was touched."""


_MOST_USERS: Final = 5_000
_FOR: Final = {Verb.ROLLBACK: "to roll back", Verb.NOTIFY_TEST: "whose owners get a test letter"}
SCHEMA: Final[dict[str, Any]] = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "title": "Keyturn request",
    "type": "object",
    "additionalProperties": False,
    "required": ["action"],
    "properties": {
        "action": {"enum": [verb.value for verb in Verb]},
        "account": {"type": "string", "pattern": "^[0-9]{12}$"},
        "users": {
            "type": "array",
            "minItems": 1,
            "maxItems": _MOST_USERS,
            "items": {"type": "string", "pattern": "^[A-Za-z0-9_+=,.@-]{1,128}$"},
        },
        "force": {"type": "boolean"},
        "dry_run": {"type": "boolean"},
        "brief": {"type": "boolean"},
        "on_failure": {"enum": [choice.value for choice in OnFailure]},
    },
}
# An EventBridge envelope, or an alarm whose action this is, carries nothing for us: it only says that it is time. What
# is written in it chooses nothing, since anybody may name an alarm. One that carries a field of ours is neither: to
# overlook a person's "dry_run" or "users" would be to rotate everybody's keys.
ENVELOPE: Final = ("detail-type", "source")
ALARM: Final = ("alarmArn", "source")
# EventBridge's envelope has a field `account`, too: where the event is from.
_ONLY_OURS: Final = frozenset(SCHEMA["properties"]) - {"account"}


@dataclass(frozen=True)
class Request:
    """What a run is asked to do; no users means all in scope, no account the deployment's own.

    Attributes:
        brief: the asker tells people itself, and wants no more of the report than counts and faults.
    """

    verb: Verb = Verb.ROTATE
    users: tuple[str, ...] = ()
    account: str | None = None
    force: bool = False
    dry_run: bool = False
    brief: bool = False
    on_failure: OnFailure = OnFailure.REPORT


def means_rotate_all(event: object) -> bool:
    """Whether an event is empty, the envelope of an EventBridge rule or schedule, or an alarm's own action."""
    if not isinstance(event, dict) or event.keys() & _ONLY_OURS:
        return False
    return not event or any(all(isinstance(event.get(key), str) for key in shape) for shape in (ENVELOPE, ALARM))


def parse(event: Mapping[str, Any]) -> Request:
    """Read an event that fits SCHEMA, and check what a schema says only clumsily.

    Raises:
        InvalidRequest: when the fields contradict each other.
    """
    request = Request(
        verb=Verb(event["action"]),
        users=tuple(event.get("users", ())),
        account=event.get("account"),
        force=event.get("force", False),
        dry_run=event.get("dry_run", False),
        brief=event.get("brief", False),
        on_failure=OnFailure(event.get("on_failure", OnFailure.REPORT)),
    )
    if request.verb in _FOR and not request.users:
        raise InvalidRequest(
            f"users is absent: action {request.verb.value!r} needs the names of the users {_FOR[request.verb]}"
        )
    if request.force and request.verb is not Verb.ROTATE:
        raise InvalidRequest(f"force is true: action {request.verb.value!r} knows no force, only 'rotate' does")
    return request
