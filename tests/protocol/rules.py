"""Rules that change in the midst of a life: a user moves between accounts' rules, or an account's rules are changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from keyturn.domain.policy import WANDER, AtDeadline
from keyturn.settings import Mode, Settings
from tests.fakes.account import EPOCH
from tests.fakes.chronicle import KeyChange
from tests.fakes.identities import User
from tests.protocol.life import SETTINGS, Life
from tests.protocol.promises import RUN

RULES: Final[Mapping[str, Settings]] = {
    "as ever": SETTINGS,
    "a short grace": replace(SETTINGS, grace_days=3),
    "a long grace": replace(SETTINGS, grace_days=30, recovery_days=20),
    "a short life": replace(SETTINGS, max_age_days=30, grace_days=5, recovery_days=10),
    "a long life": replace(SETTINGS, max_age_days=180, grace_days=30, recovery_days=60),
    "no mercy": replace(SETTINGS, grace_days=7, in_use_at_deadline=AtDeadline.DEACTIVATE),
    "a look only": replace(SETTINGS, mode=Mode.OBSERVE),
}


@dataclass
class Change:
    """A life whose rules are others from some day on.

    Attributes:
        day: the first run by the new rules is on this day.
    """

    before: Settings
    after: Settings
    day: int
    life: Life = field(init=False)
    alice: User = field(init=False)

    def __post_init__(self) -> None:
        """Begin, with a key that is due by all rules."""
        both = (self.before.policy.recovery, self.after.policy.recovery)
        self.life = Life(settings=self.before, recovery=min(both))
        self.alice = self.life.alice(age_days=160)

    def live(self, days: int) -> "Change":
        """Let a run come each day."""
        for day in range(days):
            self.life.settings = self.after if day >= self.day else self.before
            self.life.to_day(day)
            self.life.run()
        return self

    def rules_at(self, moment: datetime) -> Settings:
        """The rules by which a run at the moment decides."""
        return self.after if moment >= EPOCH + timedelta(days=self.day) else self.before

    def surprises(self) -> Iterator[str]:
        """Whatever was done sooner than the rules say that were in force by then."""
        for change in self.life.world.changes:
            rules = self.rules_at(change.at)
            if rules.mode is Mode.OBSERVE:
                yield f"{change.what} at {change.at}, by rules that only look"
            elif change.key and change.what in {"deactivate", "delete"}:
                waited, needed = _waited(change), _needed(change, rules)
                if waited < needed - WANDER - RUN:
                    yield f"{change.what} of {change.key.id} at {change.at} after {waited}: the rules say {needed}"


def _waited(change: KeyChange) -> timedelta:
    """For how long its successor had been there before a deactivation, or for how long it had been Inactive."""
    assert change.key is not None
    if change.what == "delete":
        return change.at - max(at for at, status in change.key.history if status == "Inactive" and at <= change.at)
    return change.at - min(key.created_at for key in change.user.keys if key.created_at > change.key.created_at)


def _needed(change: KeyChange, rules: Settings) -> timedelta:
    return rules.policy.recovery if change.what == "delete" else rules.policy.grace
