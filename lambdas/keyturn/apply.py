"""Applies one action to one user: the only effects there are, next to the rotation itself."""

from dataclasses import replace
from typing import assert_never

from keyturn.domain import tags as tag
from keyturn.domain.access_key import User
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
from keyturn.domain.outcome import Outcome, Result
from keyturn.domain.reason import Reason
from keyturn.domain.refusal import AlreadyExists, AwsError
from keyturn.domain.secret_labels import PENDING, Secret, before
from keyturn.domain.state import AlarmState, UserState
from keyturn.doors import Run
from keyturn.rotation import Rotation, mirrored_tags, quarantine, secret_arn


def apply(action: Action, state: UserState, run: Run) -> Outcome:
    """Do what the action says; what goes wrong is told in the outcome, not raised."""
    try:
        return _apply(action, state, run)
    except AlreadyExists:
        return _done(action, state).held(
            Reason.ANOTHER_RUN_AT_WORK, "another run is at work on this user at this moment"
        )
    except AwsError as error:
        return _done(action, state).failed(
            f"{action.message}; but it could not be done to its end: {error}; the next run goes on"
        )


def _apply(action: Action, state: UserState, run: Run) -> Outcome:  # noqa: PLR0911 - one return a member of the union
    match action:
        case Hold():
            return _hold(action, state, run)
        case CreateKey():
            return Rotation(state, action, run).perform()
        case DiscardKey():
            return _discard(action, state, run)
        case QuarantineKey():
            quarantine(run, secret_arn(state, run), state.user.name, action.key or "")
            return _done(action, state)
        case DeactivateKey():
            return _deactivate(action, state, run)
        case DeleteKey():
            return _delete(action, state, run)
        case RecordInactive():
            _record(action, secret_arn(state, run), state.user, run, by="someone else")
            return _done(action, state)
        case ReactivateKey():
            _reactivate(action, secret_arn(state, run), state, run, undone=action.undone)
            return _done(action, state)
        case RetireSecret():
            run.doors.secrets.retire(state.secret.arn if state.secret else "")
            return _done(action, state)
        case _:
            assert_never(action)


def _done(action: Action, state: UserState) -> Outcome:
    arn = state.truth.secret.arn if state.truth and state.truth.secret else None
    return Outcome.of(state.user, action, Result.DONE, secret_arn=arn)


def _hold(action: Hold, state: UserState, run: Run) -> Outcome:
    secret = state.truth.secret if state.truth else None
    if action.closes_intent and secret and secret.open_intent:
        run.doors.secrets.drop(secret.arn, PENDING, secret.open_intent.id)
    return replace(_done(action, state), result=Result.HELD)


def _record(action: Action, arn: str, user: User, run: Run, by: str) -> None:
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


def _deactivate(action: DeactivateKey, state: UserState, run: Run) -> Outcome:
    """Say so first, then do it, then see whether the guard alarm rings.

    Were the tag written after, a crash between would leave an Inactive key that looks like a person's doing, which no
    alarm may undo. Written first and not followed by the deactivation, it is written anew by the next attempt.
    """
    arn = secret_arn(state, run)
    _record(action, arn, state.user, run, by="keyturn")
    run.doors.iam.deactivate(state.user.name, action.key or "")
    done = replace(_done(action, state), secret_arn=arn)
    name = state.user.tags.get(tag.GUARD_ALARM)
    if name is None or (trouble := _trouble(name, run)) is None:
        return done
    before_this = tag.count(state.secret.tags, tag.GUARD_UNDONE) if state.secret else 0
    # A responder that undoes the same deactivation at this moment writes the same number.
    _reactivate(action, arn, state, run, undone=before_this + 1)
    return done.held(
        Reason.GUARD_ALARM_RINGING,
        f"key {action.key} was deactivated and reactivated at once, since guard alarm {name!r} {trouble}",
    )


def _trouble(name: str, run: Run) -> str | None:
    try:
        alarm = run.doors.alarms.state(name)
    except AwsError as error:
        return f"can no longer be read ({error})"
    return "went to ALARM" if alarm is AlarmState.ALARM else None


def _reactivate(action: Action, arn: str, state: UserState, run: Run, *, undone: int = 0) -> None:
    """Begin a new grace period, make the key Active, and only then forget its deactivation.

    In this order a crash leaves either an Inactive key that the next run reactivates again, or an Active one whose
    old deactivation is voided by the later grace period.
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


def _delete(action: DeleteKey, state: UserState, run: Run) -> Outcome:
    key = action.key or ""
    run.doors.iam.delete(state.user.name, key)
    if state.secret is not None:
        for label in (key, before(key)):
            _drop(label, state.secret, run)
        run.doors.secrets.untag(
            state.secret.arn,
            tag.DEACTIVATED_KEY,
            tag.DEACTIVATED_AT,
            tag.DEACTIVATED_BY,
            tag.GRACE_FROM,
            tag.GUARD_UNDONE,
        )
        run.doors.secrets.tag(state.secret.arn, {tag.NEXT_REVIEW: tag.written(action.next_review or run.now)})
    return _done(action, state)


def _discard(action: DiscardKey, state: UserState, run: Run) -> Outcome:
    """Deactivate before deleting: the key is known by what an earlier run left, so a mistake has to be reversible."""
    key = action.key or ""
    run.doors.iam.deactivate(state.user.name, key)
    run.doors.iam.delete(state.user.name, key)
    if state.secret is not None:
        _drop(key, state.secret, run)
        run.doors.secrets.untag(state.secret.arn, tag.QUARANTINED_KEY, tag.QUARANTINED_AT)
    return _done(action, state)


def _drop(label: str, secret: Secret, run: Run) -> None:
    if holder := secret.holder(label):
        run.doors.secrets.drop(secret.arn, label, holder.id)
