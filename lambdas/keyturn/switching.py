"""Switches keys off and on, each with a note on the secret, and looks again whether switching off was right."""

from keyturn.domain import tags as tag
from keyturn.domain.access_key import User
from keyturn.domain.action import Action, DeactivateKey
from keyturn.domain.reason import Reason
from keyturn.domain.refusal import AwsError
from keyturn.domain.state import AlarmState, UserState
from keyturn.doors import Run
from keyturn.user_secret import mirrored_tags

Trouble = tuple[Reason, str]


def deactivate(action: DeactivateKey, arn: str, state: UserState, run: Run) -> Trouble | None:
    """Say so first, then do it, then look; answer why it had to be undone, if so.

    Were the tag written after, a crash between would leave an Inactive key that looks like a person's doing, which no
    alarm may undo. Written first and not followed by the deactivation, it is written anew by the next attempt.
    """
    note_inactive(action, arn, state.user, run, by="keyturn")
    run.doors.iam.deactivate(state.user.name, action.key or "")
    try:
        trouble = _trouble(action, arn, state, run)
    except AwsError:  # switching off can be done again a day later, a lock-out is felt at once
        run.doors.iam.activate(state.user.name, action.key or "")
        raise
    if trouble is not None:
        rang = trouble[0] is Reason.GUARD_ALARM_RINGING
        reactivate(action, arn, state, run, undone=_undone(state) + 1 if rang else 0)
    return trouble


def _undone(state: UserState) -> int:
    """How often the guard alarm has undone this before: a responder that undoes it now, too, counts from the same."""
    return tag.count(state.secret.tags, tag.GUARD_UNDONE) if state.secret else 0


def note_inactive(action: Action, arn: str, user: User, run: Run, by: str) -> None:
    """Start the recovery clock of a key; also what a run says before it deactivates one."""
    # The guard alarm is looked at by every run while it may undo the deactivation, and found by its name on the secret.
    review = run.now if isinstance(action, DeactivateKey) else action.next_review or run.now
    run.doors.secrets.tag(
        arn,
        {
            **mirrored_tags(user),
            tag.DEACTIVATED_KEY: action.key or "",
            tag.DEACTIVATED_AT: tag.written(run.now),
            tag.DEACTIVATED_BY: by,
            tag.NEXT_REVIEW: tag.written(review),
        },
    )


def _trouble(action: DeactivateKey, arn: str, state: UserState, run: Run) -> Trouble | None:
    if _leaves_none(run, state.user.name, action.key or ""):
        return Reason.LAST_ACTIVE_KEY, "no other Active key can be seen any more: someone has taken it away"
    if _rolled_back(arn, state, run):
        return Reason.ROLLBACK_REQUESTED, "a rollback was asked for at the same moment"
    name = state.user.tags.get(tag.GUARD_ALARM)
    return _alarmed(name, run) if name else None


def _leaves_none(run: Run, user_name: str, key_id: str) -> bool:
    """Whether no Active key is left beside one that was made Inactive a moment ago.

    IAM can't make the one depend on the other, so somebody may have taken the other away since it was read.
    """
    return not any(key.active for key in run.doors.iam.keys(user_name) if key.id != key_id)


def _rolled_back(arn: str, state: UserState, run: Run) -> bool:
    """Whether a new grace period has begun since the state was read; the rollback may have come before, and lost."""
    seen = state.secret.tags.get(tag.GRACE_FROM) if state.secret else None
    return run.doors.secrets.tags(arn).get(tag.GRACE_FROM) != seen


def _alarmed(name: str, run: Run) -> Trouble | None:
    try:
        alarm = run.doors.alarms.state(name)
    except AwsError as error:
        return Reason.GUARD_ALARM_RINGING, f"guard alarm {name!r} can no longer be read ({error})"
    if alarm is AlarmState.ALARM:
        return Reason.GUARD_ALARM_RINGING, f"guard alarm {name!r} went to ALARM"
    return None


def reactivate(action: Action, arn: str, state: UserState, run: Run, *, undone: int = 0) -> None:
    """Begin a new grace period, make the key Active, and only then forget its deactivation.

    In this order a crash leaves either an Inactive key, which its guard alarm or another request makes Active again, or
    an Active one whose old deactivation is voided by the later grace period.
    """
    run.doors.secrets.tag(
        arn,
        {
            tag.GRACE_FROM: tag.written(run.now),
            tag.NEXT_REVIEW: tag.written(action.next_review or run.now),
            **({tag.GUARD_UNDONE: str(undone)} if undone else {}),
        },
    )
    run.doors.iam.activate(state.user.name, action.key or "")
    run.doors.secrets.untag(arn, tag.DEACTIVATED_KEY, tag.DEACTIVATED_AT, tag.DEACTIVATED_BY)


def quarantine(run: Run, arn: str, user_name: str, key_id: str) -> bool:
    """Make a suspected orphan Inactive; the tag comes first, or a crash would leave an Inactive key unexplained.

    Answer whether it stays so: were it a person's after all, and the user's only Active key by now, nothing would work.
    """
    run.doors.secrets.tag(arn, {tag.QUARANTINED_KEY: key_id, tag.QUARANTINED_AT: tag.written(run.now)})
    run.doors.iam.deactivate(user_name, key_id)
    try:
        stays = not _leaves_none(run, user_name, key_id)
    except AwsError:
        run.doors.iam.activate(user_name, key_id)
        raise
    if not stays:
        run.doors.iam.activate(user_name, key_id)
    return stays
