"""Builders of users' states in days, as a plan takes them: `a_user(keys=[active(91, used=3), inactive(200)])`.

Keys without an id of their own are FIRST, SECOND and THIRD, in the order in which they are given. Ages are counted back
from NOW; a negative age lies ahead.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from keyturn.domain import tags as tag
from keyturn.domain.access_key import AccessKey, KeyStatus, LastUse, User
from keyturn.domain.policy import Policy
from keyturn.domain.secret_labels import CURRENT, PENDING, PREVIOUS, Secret, Version, before
from keyturn.domain.state import AlarmState, Truth, UserState
from keyturn.settings import Settings

NOW = datetime(2030, 6, 1, 6, tzinfo=UTC)
FIRST, SECOND, THIRD = (f"AKIAFAKE{word:X<12}" for word in ("FIRST", "SECOND", "THIRD"))
USER_ID = "AIDAFAKE0000000000001"
SECRET_ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:keyturn/alice/access-key-AbCdEf"
ALARM = "alice-is-unwell"


def ago(days: float = 0, *, hours: float = 0, minutes: float = 0) -> datetime:
    """The moment so long before NOW."""
    return NOW - timedelta(days=days, hours=hours, minutes=minutes)


def policy(**settings: str | int) -> Policy:
    """The ages of the default settings, save those that are named."""
    return Settings.parse({name: str(value) for name, value in settings.items()}).policy


@dataclass(frozen=True)
class Draft:
    """A key to be, with its last use."""

    status: KeyStatus
    created: datetime
    use: LastUse
    id: str | None


def _draft(status: KeyStatus, age: float, used: float | None, by: str, id_: str | None) -> Draft:
    use = LastUse() if used is None else LastUse(ago(used), by, "eu-west-1")
    return Draft(status, ago(age), use, id_)


def active(age: float, *, used: float | None = None, by: str = "s3", id: str | None = None) -> Draft:  # noqa: A002 - as AccessKey's
    """An Active key, last used so many days ago by a service."""
    return _draft(KeyStatus.ACTIVE, age, used, by, id)


def inactive(age: float, *, used: float | None = None, by: str = "s3", id: str | None = None) -> Draft:  # noqa: A002 - as AccessKey's
    """An Inactive key."""
    return _draft(KeyStatus.INACTIVE, age, used, by, id)


def expired(age: float, *, id: str | None = None) -> Draft:  # noqa: A002 - as AccessKey's
    """A key with the status that IAM does not explain."""
    return _draft(KeyStatus.EXPIRED, age, None, "s3", id)


def intent(age: float, *labels: str, of: Iterable[str] = (FIRST,), id: str = "intent") -> Version:  # noqa: A002 - as Version's
    """The version that a run writes before it creates a key; `of` are the keys that were there. Open with PENDING."""
    return Version(id, frozenset({*labels, *map(before, of)}), ago(age))


def by_hand(age: float, *labels: str) -> Version:
    """A version that a person wrote, of which nobody knows what it holds."""
    return Version(f"by-hand-{age}", frozenset(labels), ago(age))


def stored(
    key_id: str,
    age: float,
    *labels: str,
    fetched: float | None = None,
    id: str | None = None,  # noqa: A002 - as Version's
) -> Version:
    """The version in which a key is stored; `fetched` is the day on which it was last read."""
    midnight = None if fetched is None else ago(fetched).replace(hour=0)
    return Version(id or f"version-of-{key_id}", frozenset({key_id, *labels}), ago(age), midnight)


def rotation(
    age: float, *, of: str = FIRST, to: str = SECOND, fetched: float | None = None, first: bool = True
) -> tuple[Version, ...]:
    """The versions that a finished rotation leaves; a first one's intent held AWSCURRENT before."""
    successor = stored(to, age, CURRENT, PENDING, fetched=fetched)
    if first:
        return intent(age, PREVIOUS, of=[of]), successor
    return intent(age, of=[of]), stored(of, age + 76, PREVIOUS), successor


def a_secret(
    *versions: Version, tags: Mapping[str, str] | None = None, owner: str = USER_ID, deleted: float | None = None
) -> Secret:
    """Alice's secret, with the tag that says whose it is."""
    return Secret(
        arn=SECRET_ARN,
        name="keyturn/alice/access-key",
        tags={tag.USER_ID: owner, **(tags or {})},
        versions=versions,
        deleted=None if deleted is None else ago(deleted),
    )


def deactivated(key_id: str, days: float, *, by: str = "keyturn") -> dict[str, str]:
    """The tags that start a key's recovery clock."""
    return {tag.DEACTIVATED_KEY: key_id, tag.DEACTIVATED_AT: tag.written(ago(days)), tag.DEACTIVATED_BY: by}


def quarantined(key_id: str, *, hours: float) -> dict[str, str]:
    """The tags of a suspected orphan."""
    return {tag.QUARANTINED_KEY: key_id, tag.QUARANTINED_AT: tag.written(ago(hours=hours))}


def grace_from(days: float) -> dict[str, str]:
    """The tag of a rollback."""
    return {tag.GRACE_FROM: tag.written(ago(days))}


def a_user(
    keys: Sequence[Draft] = (),
    secret: Secret | None = None,
    *,
    tags: Mapping[str, str] | None = None,
    alarm: str | None = None,
    rivals: Sequence[str] = (),
) -> UserState:
    """Alice with every fact that a plan may ask for; an `alarm` in some state makes her a guarded user."""
    named = [replace(key, id=key.id or free) for key, free in zip(keys, (FIRST, SECOND, THIRD), strict=False)]
    ordered = sorted(named, key=lambda key: (key.created, key.id or ""))
    guard = {tag.GUARD_ALARM: ALARM} if alarm else {}
    return UserState(
        user=User("alice", USER_ID, "arn:aws:iam::111122223333:user/alice", "/", ago(400), {**(tags or {}), **guard}),
        truth=Truth(
            keys=tuple(AccessKey(key.id or "", key.status, key.created) for key in ordered),
            secret=secret,
            rivals=tuple(rivals),
        ),
        last_uses={key.id or "": key.use for key in named},
        alarm=AlarmState(alarm) if alarm else None,
    )
