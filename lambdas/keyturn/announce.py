"""Tells programs by events; that nobody listens never stops a rotation."""

from dataclasses import replace
from typing import Final

from keyturn.domain import tags as tag
from keyturn.domain.outcome import Outcome, Result
from keyturn.domain.refusal import AwsError
from keyturn.doors import Run
from keyturn.report import went_wrong

# The version of the details' shape, as schemas/event.schema.json publishes it; docs/events.md says when it changes.
VERSION: Final = "1"

_DONE: Final = {
    "CreateKey": "Access Key Rotated",
    "QuarantineKey": "Access Key Deactivated",
    "DeactivateKey": "Access Key Deactivated",
    "DeleteKey": "Access Key Deleted",
    "ReactivateKey": "Access Key Reactivated",
    "DiscardKey": "Orphan Key Removed",
}


def detail_type(outcome: Outcome) -> str | None:
    """Name the event; None when nobody has to know."""
    if went_wrong(outcome):
        return "Rotation Failed"
    if outcome.result is Result.DONE:
        return _DONE.get(outcome.action.name)
    return "Rotation Held" if outcome.reason.blocks else None


def announce(outcome: Outcome, run: Run) -> Outcome:
    """Send the outcome's event, if it has one; answer the outcome with a note when it could not be sent."""
    name = detail_type(outcome)
    if name is None:
        return outcome
    detail = {
        "version": VERSION,
        "run_id": run.id,
        "user": outcome.user.name,
        "account": outcome.user.account,
        "action": outcome.action.name,
        "key": outcome.key,
        "secret_arn": outcome.secret_arn,
        "version_id": outcome.version_id,
        "reason": outcome.reason.label,
        "message": outcome.message,
        "outcome": outcome.result.value,
        "next_review": tag.written(outcome.next_review) if outcome.next_review else None,
    }
    try:
        run.doors.events.send(name, detail, [outcome.user.arn])
    except AwsError as error:
        return replace(outcome, notes=(*outcome.notes, f"event {name!r} could not be sent: {error}"))
    return outcome
