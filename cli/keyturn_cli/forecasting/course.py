"""What a forecast notes of one user: what is done when, what it waits for, and which keys are Active how long."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from keyturn.domain.action import Action, Hold
from keyturn.domain.reason import Reason
from keyturn_cli.forecasting.life import Life


@dataclass(frozen=True)
class Deed:
    """Something that the rotator does."""

    at: datetime
    action: str
    reason: Reason
    key: str
    message: str


@dataclass(frozen=True)
class Wait:
    """A time in which nothing is done, for one reason; `until` is None to the forecast's end."""

    reason: Reason
    since: datetime
    message: str
    until: datetime | None = None


@dataclass
class Course:
    """One user's future, as far as it is known.

    Attributes:
        life: how things stand.
        wakes: when a run may find something new; before that, a look would find the same.
        active: how long each key is Active: created, and until when, if that comes.
        at_first: when the keys were created that are Active at the start.
        postponed: on how many days the user's rotation had to wait for a slot.
        looks: the runs that looked at the user closely; all of them only where no user is passed over.
    """

    life: Life
    wakes: datetime
    active: dict[str, tuple[datetime, datetime | None]] = field(default_factory=dict)
    deeds: list[Deed] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)
    postponed: int = 0
    looks: list[datetime] = field(default_factory=list)
    at_first: tuple[datetime, ...] = ()

    def __post_init__(self) -> None:
        """Note the keys that are there at first."""
        self.active = {key.id: (key.created, None) for key in self.life.keys if key.active}
        self.at_first = tuple(created for created, _ in self.active.values())

    def note(self, action: Action, now: datetime) -> None:
        """Note what a run decided."""
        if isinstance(action, Hold):
            self._wait(Wait(action.reason, now, action.message))
            return
        self._close(now)
        self.deeds.append(Deed(now, action.name, action.reason, action.key or "", action.message))

    def lives_on(self, life: Life, now: datetime) -> None:
        """Note what became of the user's keys."""
        still = {key.id: key.created for key in life.keys if key.active}
        for key_id, (created, until) in self.active.items():
            if until is None and key_id not in still:
                self.active[key_id] = created, now
        for key_id, created in still.items():
            self.active.setdefault(key_id, (created, None))
        self.life = life

    def blocked(self) -> Iterator[Wait]:
        """The times in which somebody has to act."""
        return (wait for wait in self.waits if wait.reason.blocks)

    def _wait(self, wait: Wait) -> None:
        if self.waits and self.waits[-1].until is None:
            if self.waits[-1].reason is wait.reason:
                self.waits[-1] = replace(self.waits[-1], message=wait.message)
                return
            self._close(wait.since)
        self.waits.append(wait)

    def _close(self, now: datetime) -> None:
        if self.waits and self.waits[-1].until is None:
            self.waits[-1] = replace(self.waits[-1], until=now)
