"""Tells people by the topic: at once what can't wait, and a digest at the end of a run."""

import json
import re
from dataclasses import replace
from threading import Lock
from typing import Final

from keyturn import chat
from keyturn.announce import detail_type
from keyturn.digest import digest
from keyturn.domain.outcome import Outcome, Result
from keyturn.domain.refusal import AwsError
from keyturn.doors import Run
from keyturn.report import RunReport, went_wrong

# More would be one fault that many users share, and nobody reads the eleventh message; the digest has them all.
_MOST_AT_ONCE: Final = 10
# IAM's own names; a secret's tag, from which the name of a user that is gone is read, may hold anything.
_FITS_A_SUBJECT: Final = re.compile(r"[A-Za-z0-9_+=,.@-]{1,64}")
# SNS takes 256 KB, of which the form for chat applications needs less than 50.
_MOST_BYTES: Final = 200_000


class AtOnce:
    """Messages about one user each, sent at the moment when it happens; a run has few of them."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._left = _MOST_AT_ONCE
        self._lock = Lock()

    def tell(self, outcome: Outcome) -> Outcome:
        """Send the outcome's message, if it can't wait; answer the outcome with a note when it could not be sent."""
        title = _title(outcome)
        if title is None or not self._take():
            return outcome
        user = outcome.user
        text = f"{user.name} ({user.account}), {outcome.action.name}: {outcome.message}"
        note = chat.notification(
            f"Keyturn: {title}: {user.name} ({user.account})",
            outcome.message,
            thread=f"keyturn-{user.account}-{user.id}",
            event_type=detail_type(outcome) or title,
            resources=(user.arn,),
        )
        named = user.name if _FITS_A_SUBJECT.fullmatch(user.name) else "a user"
        try:
            self._run.doors.topic.send(f"Keyturn: {title}: {named}", _fitting(f"{text}\n\nRun {self._run.id}."), note)
        except AwsError as error:
            return replace(outcome, notes=(*outcome.notes, f"people could not be told at once: {error}"))
        return outcome

    def _take(self) -> bool:
        with self._lock:
            self._left -= 1
            return self._left >= 0


def _title(outcome: Outcome) -> str | None:
    if went_wrong(outcome):
        return "failed"
    if outcome.result is Result.DONE and outcome.action.name == "ReactivateKey":
        return "key reactivated"
    return "waits for somebody" if outcome.reason.blocks else None


def tell_people(report: RunReport, run: Run) -> RunReport:
    """Send the run's digest, if there is something to say; answer the report with a note when it could not be sent."""
    message = digest(report)
    if message is None:
        return report
    subject, text = message
    note = chat.notification(subject, text, thread=f"keyturn-{run.id}", event_type="Run Digest")
    try:
        run.doors.topic.send(subject, _fitting(text), note)
    except AwsError as error:  # the rotation is done: a lost message must not make it look otherwise
        return replace(report, notes=(*report.notes, f"the digest could not be sent: {error}"))
    return report


def _fitting(text: str) -> str:
    whole = text
    while len(json.dumps(text)) > _MOST_BYTES:
        text = text[: len(text) * 9 // 10]
    return text if text == whole else f"{text}\n… and more, in the run's log"
