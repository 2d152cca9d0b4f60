"""The state of one user: what has been read so far, and which fact is still missing.

A plan asks for a fact only where the decision needs it, so that a scan reads no more than it must. What could not be
read is kept as such: unreadable is not absent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from keyturn.domain.access_key import AccessKey, LastUse, User
from keyturn.domain.secret_labels import Secret


class AlarmState(StrEnum):
    """The state of a guard alarm; MISSING is an alarm that CloudWatch does not know."""

    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"
    MISSING = "MISSING"


@dataclass(frozen=True)
class Truth:
    """The user's keys and secret from one read: the secret and its versions first, then the keys.

    The order is the lock: keys from before another run with versions from after it would give the intent a token of its
    own, and two runs would each create a key.

    Attributes:
        keys: all keys of the user, oldest first.
        secret: the user's secret, None when there is none.
        rivals: ARNs of all secrets that claim this user, when more than one does.
    """

    keys: tuple[AccessKey, ...]
    secret: Secret | None
    rivals: tuple[str, ...] = ()


@dataclass(frozen=True)
class TheTruth:
    """The fact that is missing at first: the user's keys and secret."""


@dataclass(frozen=True)
class LastUseOf:
    """The fact when and by which service a key was last used."""

    key_id: str


@dataclass(frozen=True)
class GuardAlarm:
    """The fact in which state the user's guard alarm is."""

    name: str


Fact = TheTruth | LastUseOf | GuardAlarm


class Missing(Exception):
    """Raised by a check that needs a fact which has not been read yet."""

    def __init__(self, fact: Fact) -> None:
        super().__init__(fact)
        self.fact = fact


@dataclass(frozen=True)
class UserState:
    """One user as far as it has been read.

    Attributes:
        unreadable: why a fact could not be read; the user is then held.
        throttled: it could not be read only for now.
    """

    user: User
    truth: Truth | None = None
    last_uses: Mapping[str, LastUse] = field(default_factory=dict)
    alarm: AlarmState | None = None
    unreadable: str | None = None
    throttled: bool = False

    @property
    def keys(self) -> tuple[AccessKey, ...]:
        """All keys, oldest first.

        Raises:
            Missing: when they have not been read yet.
        """
        if self.truth is None:
            raise Missing(TheTruth())
        return self.truth.keys

    @property
    def secret(self) -> Secret | None:
        """The user's secret, None when there is none.

        Raises:
            Missing: when it has not been read yet.
        """
        if self.truth is None:
            raise Missing(TheTruth())
        return self.truth.secret

    def last_use(self, key: AccessKey) -> LastUse:
        """The last use of a key.

        Raises:
            Missing: when it has not been read yet.
        """
        if key.id not in self.last_uses:
            raise Missing(LastUseOf(key.id))
        return self.last_uses[key.id]

    def guard_alarm(self, name: str) -> AlarmState:
        """The state of the user's guard alarm.

        Raises:
            Missing: when it has not been read yet.
        """
        if self.alarm is None:
            raise Missing(GuardAlarm(name))
        return self.alarm

    def with_last_use(self, key_id: str, use: LastUse) -> "UserState":
        """Know one last use more."""
        return replace(self, last_uses={**self.last_uses, key_id: use})
