"""The state of the account, with the knobs that make AWS slow, stale or stingy."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.fakes.calls import Caller
from tests.fakes.chronicle import KeyChange, Run
from tests.fakes.identities import AccessKey, User
from tests.fakes.vault import Secret, Version

EPOCH = datetime(2030, 1, 1, 6, tzinfo=UTC)
NOTHING = timedelta(0)


@dataclass(slots=True)
class Alarm:
    """A CloudWatch alarm and when its state last changed."""

    name: str
    state: str
    since: datetime
    composite: bool = False


@dataclass(slots=True)
class Report:
    """The one credential report an account has, with what was true when it was started."""

    started_at: datetime
    content: bytes


@dataclass(eq=False)
class Account:
    """Everything that is true at `now`."""

    now: datetime = EPOCH
    id: str = "111122223333"
    region: str = "eu-west-1"

    keys_per_user: int = 2
    new_key_delay: timedelta = NOTHING
    list_keys_lag: timedelta = NOTHING
    list_secrets_lag: timedelta = NOTHING
    last_used_lag: timedelta = NOTHING
    last_used_span: timedelta = timedelta(minutes=15)
    report_takes: timedelta = NOTHING
    report_hides_inactive: bool = False
    denies_unknown_keys: bool = False
    mail_sandboxed: bool = False
    page_cap: int | None = None
    empty_pages: bool = False

    users: dict[str, User] = field(default_factory=dict)
    keys: dict[str, AccessKey] = field(default_factory=dict)
    secrets: dict[str, Secret] = field(default_factory=dict)
    alarms: dict[str, Alarm] = field(default_factory=dict)
    report: Report | None = None
    events: list[dict[str, Any]] = field(default_factory=list)
    delivered: list[dict[str, Any]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    mail_identities: set[str] = field(default_factory=lambda: {"keyturn@example.com"})
    letters: list[dict[str, Any]] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    changes: list[KeyChange] = field(default_factory=list)
    users_made: int = 0
    secrets_made: int = 0
    listings: list[tuple[datetime, list[dict[str, Any]]]] = field(default_factory=list)

    def advance(self, by: timedelta) -> None:
        self.now += by

    def add_user(self, name: str, path: str, created_at: datetime) -> User:
        """A user under an id that no other user ever had, not even one of the same name."""
        self.users_made += 1
        user = User(name, f"AIDAFAKE{self.users_made:013d}", self.id, path, created_at)
        self.users[name.lower()] = user
        return user

    def add_key(self, user: User, caller: Caller, created_at: datetime, status: str = "Active") -> AccessKey:
        """A key in the lowest free slot: slots say nothing about age (fact 3.4)."""
        taken = {key.slot for key in user.living}
        slot = next(slot for slot in range(1, len(taken) + 2) if slot not in taken)
        key = AccessKey(f"AKIAFAKE{len(self.keys) + 1:012d}", user, slot, created_at, caller)
        key.set_status(created_at, status)
        self.keys[key.id] = key
        user.keys.append(key)
        return key

    def holding(self, key: AccessKey) -> Iterator[tuple[Secret, Version]]:
        """The labelled versions, in secrets that are not on their way out, in which the key's secret stands."""
        for secret in self.secrets.values():
            if secret.deletion_at is None:
                for version in secret.versions.values():
                    if key.id in version.holds and version.labels:
                        yield secret, version

    def secret_of(self, user: User) -> Secret | None:
        """The secret that carries the user's id as its tag."""
        return next((one for one in self.secrets.values() if one.tags.get("keyturn:user-id") == user.id), None)
