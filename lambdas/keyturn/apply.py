"""Applies one action to one user: the only effects there are, next to the rotation itself."""

from dataclasses import replace
from typing import assert_never

from keyturn.domain import tags as tag
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
from keyturn.domain.state import UserState
from keyturn.doors import Run
from keyturn.rotation import Rotation
from keyturn.switching import deactivate, note_inactive, quarantine, reactivate
from keyturn.user_secret import secret_arn


def apply(action: Action, state: UserState, run: Run) -> Outcome:
    """Do what the action says; what goes wrong is told in the outcome, not raised."""
    try:
        return _apply(action, state, run)
    except AlreadyExists:
        return _done(action, state).held(
            Reason.ANOTHER_RUN_AT_WORK, "another run is at work on this user at this moment"
        )
    except AwsError as error:
        return _done(action, state).broken_off(
            error, f"{action.message}; but it could not be done to its end: {error}; the next run goes on"
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
            return _quarantine(action, state, run)
        case DeactivateKey():
            return _deactivate(action, state, run)
        case DeleteKey():
            return _delete(action, state, run)
        case RecordInactive():
            note_inactive(action, secret_arn(state, run), state.user, run, by="someone else")
            return _done(action, state)
        case ReactivateKey():
            reactivate(action, secret_arn(state, run), state, run, undone=action.undone)
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


def _quarantine(action: QuarantineKey, state: UserState, run: Run) -> Outcome:
    if quarantine(run, secret_arn(state, run), state.user.name, action.key or ""):
        return _done(action, state)
    return _done(action, state).held(
        Reason.LAST_ACTIVE_KEY,
        f"key {action.key}, whose secret nobody seems to hold, has become the user's only Active key, so it was left "
        "Active: use it once if it is yours, or delete it",
    )


def _deactivate(action: DeactivateKey, state: UserState, run: Run) -> Outcome:
    arn = secret_arn(state, run)
    done = replace(_done(action, state), secret_arn=arn)
    if (trouble := deactivate(action, arn, state, run)) is None:
        return done
    reason, why = trouble
    return done.held(reason, f"key {action.key} was deactivated and reactivated at once, since {why}")


def _delete(action: DeleteKey, state: UserState, run: Run) -> Outcome:
    """Look once more, since a deletion can't be undone, then delete, then take off what named the key.

    IAM has no deletion under a condition: what a person does between the look and the deletion can't be seen.
    """
    key = action.key or ""
    active = {each.id for each in run.doors.iam.keys(state.user.name) if each.active}
    if key in active:
        return _done(action, state).held(
            Reason.PREDECESSOR_ACTIVE, f"key {key} was reactivated by someone a moment ago, so it is not deleted"
        )
    if not active:
        return _done(action, state).held(
            Reason.LAST_ACTIVE_KEY,
            f"key {key} is not deleted, since no Active key can be seen any more: someone has taken the other away",
        )
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
