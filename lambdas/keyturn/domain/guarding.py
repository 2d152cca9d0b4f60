"""The checks of a guard alarm that rings: the deactivation that it may be about is undone, and only so often."""

from keyturn.domain import tags as tag
from keyturn.domain.access_key import AccessKey
from keyturn.domain.action import Action, Hold, ReactivateKey
from keyturn.domain.lifecycle import Case, days, hours
from keyturn.domain.reason import Reason

# A consumer that breaks twice will break a third time: then a person has to look.
MOST_UNDONE = 2


def alarm_rang(case: Case) -> Action:
    """Undo a deactivation within its guard hours; anything else that rings the alarm is not our doing."""
    undoing = (undo(case, key) for key in case.keys if not key.active)
    return next(filter(None, undoing), None) or Hold(
        reason=Reason.NOTHING_TO_UNDO,
        message=f"Keyturn has deactivated no key of this user in the last {hours(case.policy.guard)}, or guard alarm "
        f"{case.guard_alarm_name!r} does not ring: there is nothing to undo",
    )


def undo(case: Case, key: AccessKey) -> ReactivateKey | None:
    """Reactivate a key that Keyturn deactivated in the guard hours, if the guard alarm rings.

    What a person deactivated, perhaps because it leaked, an alarm must not switch on again. A key that is Inactive
    though its new grace period has begun is one whose reactivation stopped short: it is gone on with, and counted once.
    """
    at = case.deactivated_at(key)
    ours = case.secret is not None and case.secret.tags.get(tag.DEACTIVATED_BY) == "keyturn"
    if at is None or not ours or case.now - at >= case.policy.guard or not case.guard_rings():
        return None
    stopped_short = case.recorded_inactive_since(key) is None
    return ReactivateKey(
        reason=Reason.GUARD_ALARM_RINGING,
        key=key.id,
        message=f"guard alarm {case.guard_alarm_name!r} went to ALARM after key {key.id} was deactivated: "
        f"it is reactivated, and a new grace period of {days(case.policy.grace)} begins",
        next_review=case.now + case.policy.grace,
        undone=case.guard_undone + (0 if stopped_short else 1),
    )


def rang_twice(case: Case, key: AccessKey) -> Hold | None:
    """Hold a key whose deactivation was undone twice, until a person says that its consumer is well."""
    if case.guard_undone < MOST_UNDONE:
        return None
    return Hold(
        reason=Reason.GUARD_RANG_TWICE,
        key=key.id,
        message=f"guard alarm {case.guard_alarm_name!r} undid the deactivation of key {key.id} twice: give its "
        f"consumer the successor, then run 'aws secretsmanager untag-resource --secret-id {case.secret_arn} "
        f"--tag-keys {tag.GUARD_UNDONE}'",
    )
