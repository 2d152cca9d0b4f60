"""One user's turn: read, plan, apply; and once more after a healing, so that a new attempt need not wait a day."""

import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass

from keyturn.apply import apply
from keyturn.domain.access_key import AccessKey, User
from keyturn.domain.action import Action, CreateKey, DeactivateKey, DeleteKey, DiscardKey, Hold, QuarantineKey
from keyturn.domain.outcome import Outcome, Result
from keyturn.domain.reason import Reason
from keyturn.domain.shortlist import Candidate, Rank
from keyturn.domain.state import UserState
from keyturn.doors import Run
from keyturn.reading import Decide, read_and_decide

# A healing, a deletion and a rotation: more would be a plan that goes in circles.
_MOST_ACTIONS = 3
# Nothing is wrong, and another run has to do it.
_LATER = {Reason.NO_TIME_LEFT, Reason.THROTTLED}


class Slots:
    """How many rotations a run may still begin."""

    def __init__(self, number: int) -> None:
        self._left = number
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Take a slot; answer whether there was one."""
        with self._lock:
            self._left -= 1
            if self._left < 0:
                self._left = 0
                return False
            return True

    def give_back(self) -> None:
        """Give back a slot that was not needed."""
        with self._lock:
            self._left += 1


@dataclass(frozen=True)
class Turn:
    """What came of one user's turn.

    Attributes:
        postponed: something that was due has to wait for another run.
        active: the user's Active keys that were there before and still are; None when they were not read.
    """

    user_id: str
    outcomes: tuple[Outcome, ...]
    postponed: bool = False
    active: tuple[AccessKey, ...] | None = None

    @property
    def throttled(self) -> bool:
        """Whether AWS would not take so many calls, even after the SDK had slowed down."""
        return any(outcome.reason is Reason.THROTTLED for outcome in self.outcomes)


@dataclass(frozen=True)
class Turns:
    """How a run takes its turns.

    Attributes:
        decide: the plan of the request.
        act: whether actions are applied, or only planned.
        tell: is told each outcome when it is there, and answers it with what went wrong in telling others.
    """

    run: Run
    decide: Decide
    slots: Slots
    tell: Callable[[Outcome], Outcome]
    act: bool

    def take(self, candidate: Candidate) -> Turn | None:
        """Take one user's turn; None when it can't begin, as no rotation may be started any more."""
        reserved = candidate.rank is Rank.START
        if reserved and not self.slots.take():
            return None
        try:
            turn, used = self._take(candidate, reserved=reserved)
        except Exception as error:  # noqa: BLE001 - one user's failure, foreseen or not, never stops another's
            turn, used = Turn(candidate.user.id, (self.tell(unexpected(candidate.user, error)),)), reserved
        if reserved and not used:
            self.slots.give_back()
        return turn

    def _take(self, candidate: Candidate, *, reserved: bool) -> tuple[Turn, bool]:
        outcomes: list[Outcome] = []
        while True:
            state, action = read_and_decide(candidate, self.decide, self.run, _deleted(outcomes))
            creates = isinstance(action, CreateKey)
            if creates and not (reserved or self.slots.take()):
                return Turn(candidate.user.id, tuple(outcomes), postponed=True, active=_active(state, outcomes)), False
            if not (outcomes and _routine(action)):
                outcomes.append(self.tell(self._perform(action, state)))
            if not self._goes_on(action, outcomes):
                late = bool(outcomes) and outcomes[-1].reason in _LATER
                return Turn(candidate.user.id, tuple(outcomes), late, _active(state, outcomes)), creates

    def _perform(self, action: Action, state: UserState) -> Outcome:
        if self.act:
            return apply(action, state, self.run)
        result = Result.HELD if isinstance(action, Hold) else Result.PLANNED
        secret = state.truth.secret if state.truth else None
        return Outcome.of(state.user, action, result, secret_arn=secret.arn if secret else None)

    def _goes_on(self, action: Action, outcomes: list[Outcome]) -> bool:
        if not self.act or len(outcomes) >= _MOST_ACTIONS:
            return False
        healed = isinstance(action, DiscardKey | DeleteKey) and outcomes[-1].result is Result.DONE
        return healed or (isinstance(action, Hold) and action.closes_intent and outcomes[-1].result is Result.HELD)


def _routine(action: Action) -> bool:
    """Whether a hold after a healing says nothing new."""
    waits = isinstance(action, Hold) and not action.reason.blocks and not action.closes_intent
    return waits and action.reason not in _LATER


def _deleted(outcomes: list[Outcome]) -> frozenset[str]:
    return frozenset(
        outcome.key or ""
        for outcome in outcomes
        if isinstance(outcome.action, DiscardKey | DeleteKey) and outcome.result is Result.DONE
    )


def _active(state: UserState, outcomes: list[Outcome]) -> tuple[AccessKey, ...] | None:
    if state.truth is None:
        return None
    switched_off = {
        outcome.key
        for outcome in outcomes
        if isinstance(outcome.action, DeactivateKey | QuarantineKey | DiscardKey) and outcome.result is Result.DONE
    }
    return tuple(key for key in state.truth.keys if key.active and key.id not in switched_off)


def unexpected(user: User, error: Exception) -> Outcome:
    """Tell of an error in this program by its kind and place; its message might carry what must not be seen."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    hold = Hold(
        reason=Reason.UNREADABLE,
        message=f"unexpected {type(error).__name__} in {place.name} ({place.filename}:{place.lineno}); "
        "the next run tries again",
    )
    return Outcome.of(user, hold, Result.FAILED)
