"""The plan: from a user's state, its policy and the time to one action with one reason, or to a fact still missing.

It is a pure function: the same state and the same now give the same plan. A dry run is a plan that is not applied.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from keyturn.domain import guarding, healing, renewing, retiring, rolling_back, standing
from keyturn.domain import tags as tag
from keyturn.domain.action import Action, Hold
from keyturn.domain.lifecycle import Case
from keyturn.domain.policy import Policy, PolicyDoesNotFit
from keyturn.domain.reason import Reason
from keyturn.domain.state import Fact, Missing, UserState

Check = Callable[[Case], Action | None]

# A state that we would never make, or that others are making: held before anything else is considered.
_STANDING: Final[tuple[Check, ...]] = (
    standing.unreadable,
    standing.exposed,
    standing.rival_secrets,
    standing.secret_scheduled_for_deletion,
    standing.secret_of_another_user,
    standing.state_not_understood,
    standing.too_many_keys,
    standing.expired_key,
)
# In this order: what a run left behind is healed before anything new is begun.
_ROTATE: Final[tuple[Check, ...]] = (
    standing.quarantined,
    standing.exempt,
    standing.known_tags,
    *_STANDING,
    standing.smtp_region,
    healing.open_intent,
    standing.current_key_taken_away,
    standing.no_key,
    retiring.inactive_key,
    retiring.predecessor,
    retiring.unused_key,
    renewing.due_key,
)
# A person who asks for the old key back has a reason that outweighs an exemption.
_ROLL_BACK: Final[tuple[Check, ...]] = (standing.quarantined, *_STANDING, rolling_back.predecessor)
# An alarm undoes a deactivation, and nothing else.
_GUARD: Final[tuple[Check, ...]] = (standing.quarantined, *_STANDING, guarding.alarm_rang)


@dataclass(frozen=True)
class Ask:
    """The plan needs one more fact before it can decide."""

    fact: Fact


def plan(state: UserState, policy: Policy, now: datetime, *, force: bool = False) -> Action | Ask:
    """Decide what a rotation does next about one user; `force` skips the key's age, never a safety rule."""
    return _decide(_ROTATE, state, policy, now, force=force)


def plan_rollback(state: UserState, policy: Policy, now: datetime) -> Action | Ask:
    """Decide what a rollback does about one user."""
    return _decide(_ROLL_BACK, state, policy, now)


def plan_guard(state: UserState, policy: Policy, now: datetime) -> Action | Ask:
    """Decide what is done about a user whose guard alarm is said to ring."""
    return _decide(_GUARD, state, policy, now)


def _decide(
    checks: tuple[Check, ...], state: UserState, policy: Policy, now: datetime, *, force: bool = False
) -> Action | Ask:
    try:
        case = Case(state, policy.for_user(state.user.tags), now, force=force)
        return next(action for check in checks if (action := check(case)))
    except tag.InvalidTag as error:
        return Hold(reason=Reason.INVALID_TAG, message=f"{error}; correct or remove it on the user")
    except PolicyDoesNotFit as error:
        return Hold(reason=Reason.SETTINGS_DO_NOT_FIT, message=str(error))
    except Missing as missing:
        return Ask(missing.fact)
