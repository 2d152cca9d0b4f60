"""Which letter an outcome calls for, and what is said in it; a run keeps no record of letters.

what came of the run                             the owner gets
a successor is promoted                          new-key, once
grace runs, the old key is in use                reminder, seven days, three days and one day before it ends
grace is over, the old key is in use             still-in-use, at every run
a key is deactivated, or found exposed           deactivated or exposed, once
a key is reactivated                             reactivated, once
held until somebody acts                         blocked, at every run
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from keyturn.domain import tags as tag
from keyturn.domain.access_key import LastUse
from keyturn.domain.lifecycle import day, days
from keyturn.domain.masking import masked
from keyturn.domain.outcome import Outcome, Result
from keyturn.domain.policy import LEASE, WANDER, AtDeadline, Policy, PolicyDoesNotFit
from keyturn.domain.reason import Reason

_REMINDED_DAYS_BEFORE: Final = (7, 3, 1)
# What can't be read is for the operators, and who asks for a rollback has the answer already.
_NOT_FOR_THE_OWNER: Final = (Reason.UNREADABLE, Reason.PREDECESSOR_GONE)


class Kind(StrEnum):
    """The letters, by the names of their templates."""

    NEW_KEY = "new-key"
    REMINDER = "reminder"
    STILL_IN_USE = "still-in-use"
    DEACTIVATED = "deactivated"
    EXPOSED = "exposed"
    REACTIVATED = "reactivated"
    BLOCKED = "blocked"
    TEST = "test"


_DEEDS: Final[Mapping[str, Kind]] = {
    "CreateKey": Kind.NEW_KEY,
    "DeactivateKey": Kind.DEACTIVATED,
    "ReactivateKey": Kind.REACTIVATED,
    "SendTestMail": Kind.TEST,
}


def letter_for(outcome: Outcome, policy: Policy, now: datetime) -> Kind | None:
    """Choose the letter; a REMINDER is sent only if the old key is in use, which the outcome does not tell."""
    if outcome.result is Result.DONE:
        exposed = outcome.action.name == "DeactivateKey" and outcome.reason is Reason.KEY_EXPOSED
        return Kind.EXPOSED if exposed else _DEEDS.get(outcome.action.name)
    if outcome.result is not Result.HELD:
        return None
    if outcome.reason is Reason.KEY_IN_USE:
        return Kind.STILL_IN_USE
    if outcome.reason.blocks and outcome.reason not in _NOT_FOR_THE_OWNER:
        return Kind.BLOCKED
    return Kind.REMINDER if _reminder_is_due(outcome, policy, now) else None


def _reminder_is_due(outcome: Outcome, policy: Policy, now: datetime) -> bool:
    """Whether this daily run is the one; rounded, so that runs that wander by an hour neither skip nor double it.

    On the day on which grace begins there is the letter about the new key.
    """
    if outcome.reason is not Reason.GRACE_RUNNING or outcome.next_review is None:
        return False
    left = _days_left(outcome.next_review, now)
    return left in _REMINDED_DAYS_BEFORE and timedelta(days=left) < _own(policy, outcome).grace


def _days_left(until: datetime, now: datetime) -> int:
    return round((until - now) / timedelta(days=1))


def _own(policy: Policy, outcome: Outcome) -> Policy:
    try:
        return policy.for_user(outcome.user.tags)
    except (tag.InvalidTag, PolicyDoesNotFit):
        return policy


def contents(outcome: Outcome, use: LastUse, policy: Policy, now: datetime) -> dict[str, str]:
    """Say everything that a letter may tell; `use` is the last use of the key that the outcome is about."""
    arn = outcome.secret_arn or ""
    review = outcome.next_review or now
    # Nothing is promised for the hour by which runs wander, nor a rollback when a deletion may be under way.
    margin = LEASE if outcome.action.name == "DeactivateKey" else WANDER
    return {
        "user": outcome.user.name,
        "account": outcome.user.account,
        "key": masked(outcome.key or ""),
        "reason": outcome.reason.label,
        "message": masked(outcome.message),
        "secret_arn": arn,
        "secret_name": arn.partition(":secret:")[2][: -len("-AbCdEf")],
        "region": arn.split(":")[3] if arn else "",
        "now": day(now),
        "until": day(review - margin),
        "days_left": days(timedelta(days=_days_left(review, now))),
        "service": use.service,
        "used_region": use.region,
        "used_at": day(use.at) if use.at else "never",
        "when_in_use": _when_in_use(_own(policy, outcome)),
    }


def _when_in_use(policy: Policy) -> str:
    match policy.at_deadline:
        case AtDeadline.HOLD:
            return "As long as it is in use it stays Active; once its time is over, a letter comes with every run."
        case AtDeadline.DEACTIVATE:
            return f"It is deactivated before it is {days(policy.max_age)} old, in use or not."
