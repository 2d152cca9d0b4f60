"""The check that a person's rollback asks for: make the predecessor Active again while it still exists."""

from datetime import datetime

from keyturn.domain.access_key import AccessKey
from keyturn.domain.action import Action, Hold, ReactivateKey
from keyturn.domain.lifecycle import Case, day, days
from keyturn.domain.policy import LEASE, WANDER
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
    over = _recovery_over_at(case, key)
    if over is not None and case.now >= over - LEASE:
        return Hold(
            reason=Reason.RECOVERY_OVER,
            key=key.id,
            message=f"key {key.id} may be deleted by a run at any moment, since its recovery period is over at "
            f"{day(over)}: if no run is at work, 'aws iam update-access-key --user-name {case.state.user.name} "
            f"--access-key-id {key.id} --status Active' brings it back",
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


def _recovery_over_at(case: Case, key: AccessKey) -> datetime | None:
    """When a run may delete the key: a rollback keeps a run's life away from that, as nothing else parts the two."""
    since = None if key.active else case.recorded_inactive_since(key)
    return since + case.policy.recovery if since else None


def _retired(case: Case, key: AccessKey) -> bool:
    """Whether a rotation, or the retirement of an unused key, is behind this key."""
    if case.secret is None or key.id == case.secret.current_key:
        return False
    if (intent := case.secret.open_intent) and intent.key_id == key.id:
        return False  # a successor that is stored and not promoted: nobody's predecessor, to be healed
    return case.secret.knows(key.id) or (not key.active and case.recorded_inactive_since(key) is not None)
