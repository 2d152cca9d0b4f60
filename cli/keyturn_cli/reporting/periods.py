"""Which stage each key was in, from when to when, and what comes next if all goes well.

         created          superseded          deactivated         deleted
            | Current         | Grace              | Recovery         |
            +-----------------+--------------------+------------------+
                              successor created

A key that was made Inactive by nobody knows whom and when is Inactive from its last known use on.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from keyturn.domain import tags as tag
from keyturn.domain.access_key import AccessKey
from keyturn.domain.reason import Stage
from keyturn_cli.reporting.evidence import Deed, Subject


class Kind(StrEnum):
    """What a key was in that time."""

    CURRENT = "Current"
    GRACE = "Grace"
    RECOVERY = "Recovery"
    INACTIVE = "Inactive"


@dataclass(frozen=True)
class Period:
    """One stretch of a key's life; `planned` lies ahead."""

    kind: Kind
    begins: datetime
    ends: datetime
    planned: bool = False


@dataclass(frozen=True)
class KeyLife:
    """The turning points of a key's life, as far as they are known.

    Attributes:
        planned: until when the present stage is planned to last.
        recovering: whether it was Keyturn, or counts as Keyturn's, that it is Inactive.
    """

    id: str
    created: datetime
    superseded: datetime | None = None
    deactivated: datetime | None = None
    deleted: datetime | None = None
    planned: datetime | None = None
    recovering: bool = True


def periods(life: KeyLife, now: datetime) -> Iterator[Period]:
    """Cut a life at its turning points."""
    end = min(life.deleted or now, now)
    off = min(life.deactivated or end, end)
    handed_over = min(life.superseded or off, off)
    asleep = Kind.RECOVERY if life.recovering else Kind.INACTIVE
    stretches = (
        (Kind.CURRENT, life.created, handed_over),
        (Kind.GRACE, handed_over, off),
        (asleep, off, end),
    )
    lived = [Period(kind, begins, ends) for kind, begins, ends in stretches if begins < ends]
    yield from lived
    if life.deleted is None and life.planned is not None and life.planned > now:
        awake = Kind.GRACE if life.superseded else Kind.CURRENT
        yield Period(asleep if life.deactivated else awake, now, life.planned, planned=True)


def lives(subject: Subject) -> list[KeyLife]:
    """Tell the lives of a user's keys: those that it has, and those that were deleted in the period."""
    return [*_gone(subject), *(_life(subject, key) for key in subject.holding.keys)]


def _life(subject: Subject, key: AccessKey) -> KeyLife:
    newer = [each.created for each in subject.holding.keys if each.active and each.created > key.created]
    line = subject.line or {}
    about = bool(line) and line.get("key") == key.id
    review = tag.moment(line, "next_review") if line.get("next_review") else None
    if not key.active:
        off, recovering = _inactive_since(subject, key, review)
        return KeyLife(
            key.id,
            key.created,
            superseded=min(newer, default=None),
            deactivated=max(off, key.created),
            planned=review if recovering else None,
            recovering=recovering,
        )
    in_grace = about and subject.stage == Stage.GRACE and bool(newer)
    planned = review if in_grace or (subject.stage == Stage.CURRENT and not newer) else None
    return KeyLife(key.id, key.created, superseded=min(newer) if in_grace else None, planned=planned)


def _inactive_since(subject: Subject, key: AccessKey, review: datetime | None) -> tuple[datetime, bool]:
    """Since when a key is Inactive, and whether its recovery period runs."""
    line = subject.line or {}
    if logged := _deeds(subject, "DeactivateKey", key.id):
        return logged[-1].at, True
    by_keyturn = line.get("key") == key.id and not _deeds(subject, "RecordInactive", key.id)
    if by_keyturn and line.get("reason") == "RecoveryRunning" and review:
        return review - subject.account.policy_of(subject.user).recovery, True
    return subject.holding.used(key).at or key.created, False


def _gone(subject: Subject) -> Iterator[KeyLife]:
    there = {key.id for key in subject.holding.keys}
    for deed in (*_deeds(subject, "DeleteKey"), *_deeds(subject, "DiscardKey")):
        if deed.key is not None and deed.key not in there:
            yield _gone_life(subject, deed, deed.key)


def _gone_life(subject: Subject, deletion: Deed, key_id: str) -> KeyLife:
    created = {deed.key: deed.at for deed in _deeds(subject, "CreateKey")}
    begun = created.get(key_id, min(subject.account.since, deletion.at))
    found = _deeds(subject, "RecordInactive", key_id)
    off = _deeds(subject, "DeactivateKey", key_id) or (found if key_id in created else [])
    # A key that was deleted had been Inactive for its recovery period: if the period has not seen it switched off, it
    # has slept all along.
    asleep = begun if key_id not in created else None
    deactivated = off[-1].at if off else asleep
    successors = [at for key, at in created.items() if key != key_id and begun < at <= (deactivated or deletion.at)]
    return KeyLife(
        key_id,
        begun,
        superseded=max(successors, default=None),
        deactivated=deactivated,
        deleted=deletion.at,
        recovering=not found,
    )


def _deeds(subject: Subject, action: str, key: str | None = None) -> list[Deed]:
    done = [deed for deed in subject.deeds if deed.action == action and deed.outcome == "Done"]
    return [deed for deed in done if key in {None, deed.key}]
