"""Settles a create that was not answered: what it may have left is found, and made Inactive at once."""

from dataclasses import replace
from typing import Final

from keyturn.domain.outcome import Outcome
from keyturn.domain.refusal import Ambiguous, AwsError
from keyturn.domain.state import UserState
from keyturn.doors import Run
from keyturn.switching import quarantine

# ListAccessKeys has been seen to lag three to four seconds behind (third-party measurement; IAM documents no bound).
_SETTLE_WAITS: Final = (1.0, 2.0, 4.0, 8.0)
_SETTLE_RESERVE: Final = 15.0


def settle(error: Ambiguous, outcome: Outcome, arn: str, state: UserState, run: Run) -> Outcome:
    """Find out what an unanswered create has done: a key not seen before is a suspected orphan, made Inactive now.

    The intent stays open, so that a key that shows up later is found by a later run.
    """
    for _ in run.deadline.attempts(_SETTLE_WAITS, _SETTLE_RESERVE):
        try:
            orphans = [
                key.id
                for key in run.doors.iam.keys(state.user.name)
                if _is_orphan(key.id, state, run) and quarantine(run, arn, state.user.name, key.id)
            ]
        except AwsError as trouble:
            return outcome.failed(
                f"CreateAccessKey was not answered ({error.code}), and what it left could not be settled "
                f"({trouble}); the next run looks again"
            )
        if orphans:
            message = (
                f"CreateAccessKey was not answered ({error.code}) and left key {', '.join(orphans)}, whose secret "
                "nobody holds; it is Inactive now and is deleted a day later, if nobody has used it"
            )
            return replace(outcome.failed(message), key=orphans[0])
    return outcome.failed(
        f"CreateAccessKey was not answered ({error.code}) and left no key that can be seen; the next run looks again"
    )


def _is_orphan(key_id: str, state: UserState, run: Run) -> bool:
    """Whether a key was not there before; one that was used already is a person's."""
    seen = frozenset(key.id for key in state.keys)
    return key_id not in seen and run.doors.iam.last_use(key_id).at is None
