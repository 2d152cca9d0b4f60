"""Which rank the product's shortlist gives a user with whom a tour is done already, when it looks at the account again.

The credential report is made at most every four hours, so a later run of the same tour sees the keys as they were. The
secrets are listed anew, and say when the next review is due.
"""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final

from keyturn.domain import tags as tag
from keyturn.domain.access_key import User
from keyturn.domain.secret_labels import CURRENT, Secret, Version, secret_name
from keyturn.domain.shortlist import Hints, KeyHint, Rank, shortlist
from keyturn.settings import Settings

_NOW: Final = datetime(2026, 1, 1, tzinfo=UTC)
_A_DAY: Final = timedelta(days=1)


@cache
def rotated() -> Rank | None:
    """After a rotation: the report shows the old key alone, and the grace period has begun."""
    settings = Settings()
    return _rank((_age(settings.max_age_days),), _NOW + settings.grace_days * _A_DAY)


@cache
def retired() -> Rank | None:
    """After a deactivation or a deletion: the report shows both keys, and the next review is ahead."""
    settings = Settings()
    return _rank((_age(settings.max_age_days), _age(settings.grace_days)), _NOW + settings.recovery_days * _A_DAY)


def _age(days: int) -> KeyHint:
    return KeyHint(active=True, created=_NOW - days * _A_DAY)


def _rank(keys: tuple[KeyHint, ...], review: datetime) -> Rank | None:
    settings = Settings()
    user = User("alice", "arn:aws:iam::111122223333:user/alice", "AIDAALICE", "/", _NOW - 400 * _A_DAY, {}, ())
    name = secret_name(settings.secret_prefix, user.name)
    current = Version("stored", frozenset({CURRENT, "AKIAFAKE000000000001"}))
    tags = {tag.USER_ID: user.id, tag.NEXT_REVIEW: tag.written(review)}
    secret = Secret(arn=name, name=name, tags=tags, versions=(current,))
    hints = Hints((user,), {user.arn: keys}, _NOW + _A_DAY, (secret,))
    return next((candidate.rank for candidate in shortlist(hints, settings.policy, _NOW)), None)
