"""A situation of a user in plain words: what is true of it, and what a plan has read of that.

A judge of plans needs none of the product's own logic then. Ages and times are days before NOW.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from keyturn.domain.access_key import KeyStatus, LastUse
from keyturn.domain.secret_labels import Secret
from keyturn.domain.state import AlarmState
from tests.builders import NOW, Draft

MINUTE = 1 / 24 / 60
EVER = 100_000


@dataclass(frozen=True)
class Labels:
    """What the secret's labels and dates say, in days.

    Attributes:
        current: the key that consumers are given, and for how long.
        begun: since when an intent is open.
        pending: the key that is stored by it.
        given: AWSPREVIOUS is on that key's version, or somebody has read it.
        named: the keys that any label names.
        fetched: somebody has read the current version.
        barred: the secret takes no part: it is another user's, or on its way out.
    """

    secret: Secret | None
    current: str | None = None
    promoted: float = 0
    begun: float | None = None
    pending: str | None = None
    given: bool = False
    named: frozenset[str] = frozenset()
    fetched: bool = False
    barred: bool = False


@dataclass(frozen=True)
class Notes:
    """What the tags on the secret say.

    Attributes:
        switched_off: the key that was made Inactive, since when, and by whom.
        quarantined: the key in quarantine, and since when.
        grace_from: when a deactivation was last undone.
    """

    tags: dict[str, str] = field(default_factory=dict)
    switched_off: tuple[str, float, str] | None = None
    quarantined: tuple[str, float] | None = None
    grace_from: float | None = None

    @property
    def clock(self) -> tuple[str, float] | None:
        """The key whose recovery clock runs, and since when; undoing a deactivation stops it."""
        if self.switched_off is None or (self.grace_from is not None and self.grace_from <= self.switched_off[1]):
            return None
        return self.switched_off[:2]


@dataclass(frozen=True)
class Situation:
    """A user in words; `uses` and `alarm` hold what was read of them, and `unreadable` says that something was not."""

    keys: dict[str, Draft]
    labels: Labels
    notes: Notes
    guarded: bool
    uses: dict[str, LastUse] = field(default_factory=dict)
    alarm: AlarmState | None = None
    unreadable: bool = False

    @property
    def none_of_ours(self) -> bool:
        """Whether Keyturn does not make such a state: people have to sort it out."""
        statuses = [key.status for key in self.keys.values()]
        return len(statuses) > 2 or KeyStatus.EXPIRED in statuses or self.labels.barred

    @property
    def quiet(self) -> bool:
        """Whether the guard alarm, if there is one, was read and is known to be quiet."""
        return not self.guarded or self.alarm in (AlarmState.OK, AlarmState.INSUFFICIENT_DATA)

    @property
    def leased(self) -> bool:
        """Whether a run may be at work: it has twenty minutes for it."""
        return self.labels.begun is not None and self.labels.begun < 20 * MINUTE

    def left_beside(self, key: Draft) -> list[Draft]:
        """The Active keys that remain when one is taken away."""
        return [other for other in self.keys.values() if other is not key and active(other)]

    def used_since(self, key: Draft, days: float, but: tuple[str, ...] = ()) -> bool:
        """Whether it was read that the key was used less than so many days ago, by a service that counts."""
        return key.id in self.uses and _within(self.uses[key.id], days, but)

    def may_be_used_since(self, key: Draft, days: float, but: tuple[str, ...] = ()) -> bool:
        """Whether nothing that was read rules it out."""
        return key.id not in self.uses or _within(self.uses[key.id], days, but)


def active(key: Draft) -> bool:
    """Whether calls signed with the key are accepted."""
    return key.status is KeyStatus.ACTIVE


def age(key: Draft) -> float:
    """How old the key is."""
    return (NOW - key.created) / timedelta(days=1)


def _within(use: LastUse, days: float, but: tuple[str, ...]) -> bool:
    return use.at is not None and use.service not in but and NOW - use.at < timedelta(days=days)
