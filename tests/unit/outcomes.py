"""Outcomes as a run makes them, told apart by what a test is about."""

from dataclasses import replace
from datetime import datetime

from keyturn.domain import action as actions
from keyturn.domain.access_key import User
from keyturn.domain.outcome import Outcome, Result
from keyturn.domain.reason import Reason
from keyturn.report import RunReport
from tests.builders import FIRST, NOW, SECRET_ARN, ago

VERSION_ID = "00000000-0000-5000-8000-000000000001"
ACTIONS = ("CreateKey", "DiscardKey", "QuarantineKey", "DeactivateKey", "DeleteKey", "RecordInactive", "ReactivateKey")


def a_user_named(name: str) -> User:
    """A user with an id of its own."""
    return User(name, f"AIDA{name.upper()}", f"arn:aws:iam::111122223333:user/{name}", "/", ago(400))


def outcome(
    action: str,
    result: str,
    reason: Reason = Reason.KEY_DUE,
    *,
    user: str = "alice",
    message: str = "a sentence",
) -> Outcome:
    """An outcome of an action that is named."""
    planned = getattr(actions, action)(reason=reason, message=message, key=FIRST, next_review=ago(-14))
    made = Outcome.of(a_user_named(user), planned, Result(result), secret_arn=SECRET_ARN)
    stored = action == "CreateKey" and result == "Done"
    return replace(made, version_id=VERSION_ID) if stored else made


def held(reason: Reason, *, user: str = "alice", next_review: datetime | None = None) -> Outcome:
    """A user that is held."""
    return replace(outcome("Hold", "Held", reason, user=user), next_review=next_review)


def a_report(*outcomes: Outcome, remaining: int = 0, scanned: int = 7, candidates: int = 3) -> RunReport:
    """A report of these outcomes."""
    return RunReport(
        run_id="run-1",
        mode="enforce",
        dry_run=False,
        started_at=NOW,
        scanned=scanned,
        candidates=candidates,
        remaining=remaining,
        outcomes=outcomes,
    )
