"""The check that a person's rollback asks for: make the predecessor Active again while it still exists."""

from keyturn.domain.access_key import AccessKey
from keyturn.domain.action import Action, Hold, ReactivateKey
from keyturn.domain.lifecycle import Case, day, days
from keyturn.domain.policy import WANDER
from keyturn.domain.reason import Reason


def predecessor(case: Case) -> Action:
    """Reactivate the predecessor, or say clearly that there is none left.

    Its successor may be gone or Inactive: that may be the very reason for the rollback.
    """
    key = next((key for key in case.keys if _retired(case, key)), None)
    if key is None:
        return Hold(
            reason=Reason.PREDECESSOR_GONE,
            message="has no predecessor that could be reactivated: it was deleted when its recovery period was over, "
            "or there was no rotation; the secret's AWSCURRENT version is the credential that works",
        )
    if key.active and (case.successor is None or case.now < case.grace_over_at - WANDER):
        until = case.grace_over_at if case.successor else None
        return Hold(
            reason=Reason.PREDECESSOR_ACTIVE,
            key=key.id,
            message=f"key {key.id} is Active already" + (f", and stays so until {day(until)}" if until else ""),
            next_review=until,
        )
    return ReactivateKey(
        reason=Reason.ROLLBACK_REQUESTED,
        key=key.id,
        message=f"a rollback was asked for: key {key.id} is Active, and a new grace period of "
        f"{days(case.policy.grace)} begins",
        next_review=case.now + case.policy.grace,
    )


def _retired(case: Case, key: AccessKey) -> bool:
    """Whether a rotation, or the retirement of an unused key, is behind this key."""
    if case.secret is None or key.id == case.secret.current_key:
        return False
    if (intent := case.secret.open_intent) and intent.key_id == key.id:
        return False  # a successor that is stored and not promoted: nobody's predecessor, to be healed
    return case.secret.knows(key.id) or (not key.active and case.recorded_inactive_since(key) is not None)
