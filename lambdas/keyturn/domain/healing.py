"""The checks that heal what a run left behind: an intent that is open, and the key that may belong to it.

found                                            it means
open, younger than the lease                     a run may be at it
open, no key that the secret does not know       died before the create, or it failed cleanly
open, AWSPENDING carries K                       died between store and promote; K was given to nobody
  … but AWSPREVIOUS is on K's version, or K used,
    or the version fetched, or a later version
    current                                        a person moved AWSCURRENT
  … but it is the user's only Active key           a person took the other away: nobody may be left without a key
open, an unknown key of the intent's minutes     died between create and store; nobody holds its secret
  … but it was used, or made at another time       a person made it
"""

from keyturn.domain import tags as tag
from keyturn.domain.access_key import AccessKey
from keyturn.domain.action import Action, DiscardKey, Hold, QuarantineKey
from keyturn.domain.lifecycle import Case, day
from keyturn.domain.policy import CLOCK_SKEW, INTENT_REACH, LEASE, QUARANTINE
from keyturn.domain.reason import Reason
from keyturn.domain.secret_labels import CURRENT, PREVIOUS, Version


def open_intent(case: Case) -> Action | None:
    """Heal an open intent; None when there is none, or when it left no key: then a new attempt may be made."""
    intent = case.secret.open_intent if case.secret else None
    if intent is None:
        return None
    return _lease(case, intent) or _stored(case, intent) or _unknown(case, intent)


def _lease(case: Case, intent: Version) -> Hold | None:
    # A version without a date has no value (yet): its author, perhaps Secrets Manager's own rotation, is at it.
    if intent.created is not None and case.now - intent.created >= LEASE:
        return None
    free = intent.created + LEASE if intent.created else None
    return Hold(
        reason=Reason.ANOTHER_RUN_AT_WORK,
        message=f"another run has begun to rotate this user{f', or died, before {day(free)}' if free else ''}: "
        "a later run goes on from there",
        next_review=free,
    )


def _stored(case: Case, intent: Version) -> Action | None:
    key = next((key for key in case.keys if key.id == intent.key_id), None)
    if key is None:
        return None
    # Keyturn reads no value, so whoever fetched the version has the key; what IAM tells of its use may be hours old.
    fetched = intent.last_accessed is not None
    if fetched or _was_current(case, intent) or case.last_use(key).by_other_than("sts"):
        return Hold(
            reason=Reason.CURRENT_MOVED_BACK,
            key=key.id,
            message=f"key {key.id} is stored and was given to consumers, yet AWSCURRENT is not on it: someone moved it "
            f"away; move it to version {intent.id}, or delete the key",
        )
    if _is_only_active(case, key):
        # It may have been promoted, before a person wrote the secret by hand twice: no label tells of that any more.
        return Hold(
            reason=Reason.LAST_ACTIVE_KEY,
            key=key.id,
            message=f"key {key.id} is stored and AWSCURRENT is not on it, but it is the user's only Active key: move "
            f"AWSCURRENT to version {intent.id}, or make another key Active",
        )
    return DiscardKey(
        reason=Reason.STORED_NOT_PROMOTED,
        key=key.id,
        message=f"a run died between storing key {key.id} and promoting it; nobody was given it, so it is deleted",
    )


def _was_current(case: Case, version: Version) -> bool:
    """Whether AWSCURRENT was on the version, and went on from there: AWSPREVIOUS shows its last move only."""
    current = case.secret.holder(CURRENT) if case.secret else None
    overtaken = current and current.created and version.created and current.created > version.created
    return PREVIOUS in version.labels or bool(overtaken)


def _unknown(case: Case, intent: Version) -> Action | None:
    unknown = [key for key in case.keys if case.secret and not case.secret.knows(key.id)]
    for key in unknown:
        if not _made_by(case, intent, key):
            return Hold(
                reason=Reason.INTENT_CLOSED,
                key=key.id,
                message=f"key {key.id} was made by a person, not by the run whose intent is open: the intent is closed",
                closes_intent=True,
            )
    return next((_orphan(case, key) for key in unknown), None)


def _made_by(case: Case, intent: Version, key: AccessKey) -> bool:
    if intent.created is None or not -CLOCK_SKEW <= key.created - intent.created <= INTENT_REACH:
        return False
    return case.last_use(key).at is None


def _orphan(case: Case, key: AccessKey) -> Action:
    tags = case.secret.tags if case.secret else {}
    since = tag.moment(tags, tag.QUARANTINED_AT) if tags.get(tag.QUARANTINED_KEY) == key.id else None
    if key.active or since is None:
        return _quarantine(case, key)
    if case.now - since < QUARANTINE:
        return Hold(
            reason=Reason.QUARANTINE_RUNNING,
            key=key.id,
            message=f"key {key.id}, whose secret nobody holds, is Inactive since {day(since)}; "
            f"it is deleted after {day(since + QUARANTINE)}, if nobody has used it",
            next_review=since + QUARANTINE,
        )
    return DiscardKey(
        reason=Reason.ORPHAN_UNUSED,
        key=key.id,
        message=f"key {key.id}, whose secret nobody holds, stayed unused in quarantine, so it is deleted",
    )


def _quarantine(case: Case, key: AccessKey) -> Action:
    if _is_only_active(case, key):
        # Were it a person's after all, the user would be left without a key that works.
        return Hold(
            reason=Reason.LAST_ACTIVE_KEY,
            key=key.id,
            message=f"key {key.id} may be one whose secret nobody holds, but it is the user's only Active key: "
            "use it once if it is yours, or delete it",
        )
    return QuarantineKey(
        reason=Reason.SUSPECTED_ORPHAN,
        key=key.id,
        message=f"key {key.id} was made by a run that died before it stored the secret: it is made Inactive now and "
        "deleted a day later, if nobody has used it",
        next_review=case.now + QUARANTINE,
    )


def _is_only_active(case: Case, key: AccessKey) -> bool:
    return key.active and not any(other.active for other in case.keys if other != key)
