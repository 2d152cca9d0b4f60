"""One user's life in a forecast: what is there at the start, and what an action makes of it; pure, in memory.

The states are the rotator's own, so that its own plan decides on them. What the rotator does through AWS is done
here to tuples and tags: the same labels move, the same tags are written (`keyturn.rotation`, `keyturn.apply`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, assert_never

from keyturn.domain import tags as tag
from keyturn.domain.access_key import AccessKey, KeyStatus, LastUse, User
from keyturn.domain.action import (
    Action,
    CreateKey,
    DeactivateKey,
    DeleteKey,
    DiscardKey,
    Hold,
    QuarantineKey,
    ReactivateKey,
    RecordInactive,
    RetireSecret,
)
from keyturn.domain.secret_labels import CURRENT, PENDING, PREVIOUS, Secret, Version, before, secret_name
from keyturn.domain.state import AlarmState, Truth, UserState
from keyturn_cli.forecasting.consumer import Consumer

# The report has no key IDs. These look like some, since a secret's labels are read by that look.
REPORTED: Final = "AKIAOFTHEREPORT{:02}"
SUCCESSOR: Final = "AKIASUCCESSOR{:04}"


@dataclass(frozen=True)
class Habits:
    """What is assumed of consumers.

    Attributes:
        adopt_after: how long after a rotation a consumer fetches the successor, at its next work; None is never.
    """

    adopt_after: timedelta | None = timedelta(days=1)


@dataclass(frozen=True)
class Life:
    """A user, its keys and secret, and who uses them.

    Attributes:
        uses: the last uses of keys that nobody uses any more, or that a rotation has tried.
        made: how many successors were created.
    """

    user: User
    keys: tuple[AccessKey, ...]
    secret: Secret | None = None
    consumers: tuple[Consumer, ...] = ()
    uses: Mapping[str, LastUse] = field(default_factory=dict)
    made: int = 0

    @property
    def each_key_has_a_consumer(self) -> bool:
        """Whether every key goes on to be used."""
        return all(any(each.uses(key.id) for each in self.consumers) for key in self.keys)

    def state(self, now: datetime) -> UserState:
        """The state as the rotator would read it now; a guard alarm is assumed to be quiet."""
        return UserState(
            user=self.user,
            truth=Truth(keys=self.keys, secret=self._secret(now)),
            last_uses={key.id: self._last_use(key.id, now) for key in self.keys},
            alarm=AlarmState.OK,
        )

    def _last_use(self, key_id: str, now: datetime) -> LastUse:
        uses = (use for each in self.consumers if (use := each.last_use(key_id, now)))
        return next(uses, self.uses.get(key_id, LastUse()))

    def _secret(self, now: datetime) -> Secret | None:
        """The secret, with the day on which the current version was fetched first."""
        current = self.secret.current_key if self.secret else None
        fetched = [since for each in self.consumers if current and (since := each.since(current)) and since <= now]
        if self.secret is None or not fetched:
            return self.secret
        seen = tuple(
            replace(version, last_accessed=min(fetched)) if CURRENT in version.labels else version
            for version in self.secret.versions
        )
        return replace(self.secret, versions=seen)


def spoken(text: str) -> str:
    """Write of keys without IDs as people would."""
    text = re.sub(r"(?:key )?AKIAOFTHEREPORT0?([1-9])", r"key \1", text)
    return re.sub(r"(?:key )?AKIASUCCESSOR0*([1-9][0-9]*)", r"successor \1", text)


def applied(action: Action, life: Life, now: datetime, habits: Habits, prefix: str) -> Life:  # noqa: PLR0911 - one return a member of the union
    """What an action makes of a life."""
    match action:
        case Hold() | RetireSecret():
            return life
        case CreateKey():
            return _created(action, life, now, habits, prefix)
        case DeactivateKey():
            return _noted(_switched_off(life, action.key, now), action, now, prefix, by="keyturn")
        case RecordInactive():
            return _noted(life, action, now, prefix, by="someone else")
        case QuarantineKey():
            tags = {tag.QUARANTINED_KEY: action.key or "", tag.QUARANTINED_AT: tag.written(now)}
            return _tagged(_switched_off(life, action.key, now), tags, prefix)
        case ReactivateKey():
            tags = {tag.GRACE_FROM: tag.written(now), tag.NEXT_REVIEW: tag.written(action.next_review or now)}
            return _untagged(
                _tagged(_with_status(life, action.key, KeyStatus.ACTIVE), tags, prefix), tag.DEACTIVATED_KEY
            )
        case DeleteKey() | DiscardKey():
            return _deleted(action, life, now, prefix)
        case _:
            assert_never(action)


def _created(action: CreateKey, life: Life, now: datetime, habits: Habits, prefix: str) -> Life:
    key_id = SUCCESSOR.format(life.made + 1)
    secret = life.secret or _empty(life.user, prefix)
    present = frozenset(key.id for key in life.keys)
    dropped = {label for label, _ in secret.labels_of_keys_other_than(present)}
    current = secret.holder(CURRENT)
    kept = [
        replace(version, labels=version.labels - dropped - {PENDING, CURRENT, PREVIOUS} | _previous(version, current))
        for version in secret.versions
    ]
    # On a first rotation the intent itself holds AWSCURRENT until the successor takes it.
    first = frozenset() if current else frozenset({PREVIOUS})
    intent = Version(f"intent of {key_id}", first | {before(each.id) for each in life.keys}, now)
    stored = Version(f"version of {key_id}", frozenset({CURRENT, PENDING, key_id}), now)
    tags = {**secret.tags, tag.NEXT_REVIEW: tag.written(action.next_review or now)}
    after = habits.adopt_after
    return replace(
        life,
        keys=(*life.keys, AccessKey(key_id, KeyStatus.ACTIVE, now)),
        secret=replace(secret, versions=(*kept, intent, stored), tags=tags),
        consumers=tuple(
            each.takes(key_id, now + after) if after is not None and each.uses(action.key or "") else each
            for each in life.consumers
        ),
        uses={**life.uses, key_id: LastUse(now, "sts", "N/A")},  # the rotation's own trial
        made=life.made + 1,
    )


def _previous(version: Version, current: Version | None) -> frozenset[str]:
    return frozenset({PREVIOUS}) if current is not None and version.id == current.id else frozenset()


def _empty(user: User, prefix: str) -> Secret:
    name = secret_name(prefix, user.name)
    return Secret(arn=name, name=name, tags={tag.USER_ID: user.id})


def _switched_off(life: Life, key_id: str | None, now: datetime) -> Life:
    """Make a key Inactive; a program that uses it still can do so no more."""
    key = key_id or ""
    cut = [each for each in life.consumers if each.uses(key)]
    last = [use for each in cut if (use := each.last_use(key, now))]
    return replace(
        _with_status(life, key_id, KeyStatus.INACTIVE),
        consumers=tuple(each for each in life.consumers if each not in cut),
        uses={**life.uses, key: last[0]} if last else life.uses,
    )


def _with_status(life: Life, key_id: str | None, status: KeyStatus) -> Life:
    return replace(life, keys=tuple(replace(key, status=status) if key.id == key_id else key for key in life.keys))


def _noted(life: Life, action: Action, now: datetime, prefix: str, *, by: str) -> Life:
    review = now if isinstance(action, DeactivateKey) else action.next_review or now
    tags = {
        tag.DEACTIVATED_KEY: action.key or "",
        tag.DEACTIVATED_AT: tag.written(now),
        tag.DEACTIVATED_BY: by,
        tag.NEXT_REVIEW: tag.written(review),
    }
    return _tagged(life, tags, prefix)


def _tagged(life: Life, tags: Mapping[str, str], prefix: str) -> Life:
    secret = life.secret or _empty(life.user, prefix)
    return replace(life, secret=replace(secret, tags={**secret.tags, **tags}))


def _untagged(life: Life, *names: str) -> Life:
    if life.secret is None:
        return life
    return replace(
        life, secret=replace(life.secret, tags={k: v for k, v in life.secret.tags.items() if k not in names})
    )


def _deleted(action: Action, life: Life, now: datetime, prefix: str) -> Life:
    key = action.key or ""
    life = replace(life, keys=tuple(each for each in life.keys if each.id != key))
    if life.secret is None:
        return life
    versions = tuple(replace(each, labels=each.labels - {key, before(key)}) for each in life.secret.versions)
    life = replace(life, secret=replace(life.secret, versions=versions))
    life = _untagged(life, tag.DEACTIVATED_KEY, tag.DEACTIVATED_AT, tag.DEACTIVATED_BY, tag.GRACE_FROM)
    return _tagged(life, {tag.NEXT_REVIEW: tag.written(action.next_review or now)}, prefix)
