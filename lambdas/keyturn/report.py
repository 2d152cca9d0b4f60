"""The run report: what was looked at, what was done and why, as people, programs and metrics want it."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from keyturn.domain import tags as tag
from keyturn.domain.outcome import Outcome, Result
from keyturn.domain.reason import Reason

# Lambda's synchronous answer may have 6 MB; the rest is room for the envelope and for characters escaped on the way.
MOST_BYTES: Final = 5_500_000
_FAULTS_IN_BRIEF: Final = 10
# Of the state of an account's users, what is told of all accounts together; the names are the metrics'.
FIGURES: Final = (
    "UsersScanned",
    "UsersBlocked",
    "KeysDue",
    "KeysOverdue",
    "OldestActiveKeyAgeDays",
    "StageRotating",
    "StageGrace",
    "StageRecovery",
)


class Status(StrEnum):
    """How a run ended."""

    OK = "OK"
    FAILED = "FAILED"
    INCOMPLETE = "INCOMPLETE"


@dataclass(frozen=True, kw_only=True)
class RunReport:
    """The answer to a request.

    Attributes:
        scanned: users in scope.
        candidates: users that were shortlisted.
        remaining: candidates that are left for another run.
        notes: what the run had to do without.
        state: the users' state by the metrics' names, of runs that looked at everybody.
    """

    run_id: str
    mode: str
    dry_run: bool
    started_at: datetime
    scanned: int
    candidates: int
    remaining: int
    outcomes: tuple[Outcome, ...]
    notes: tuple[str, ...] = ()
    state: Mapping[str, float] = field(default_factory=dict)

    @property
    def status(self) -> Status:
        """FAILED when something went wrong or could not be read; INCOMPLETE when users are left for another run."""
        if any(went_wrong(outcome) for outcome in self.outcomes):
            return Status.FAILED
        return Status.INCOMPLETE if self.remaining else Status.OK

    @property
    def totals(self) -> dict[str, int]:
        """Outcomes counted by result, and what was done by action."""
        results = Counter(outcome.result.value.lower() for outcome in self.outcomes)
        done = Counter(outcome.action.name for outcome in self.outcomes if outcome.result is Result.DONE)
        blocked = sum(outcome.reason.blocks for outcome in self.outcomes)
        return {**{each.value.lower(): results[each.value.lower()] for each in Result}, "blocked": blocked, **done}

    def in_brief(self) -> dict[str, Any]:
        """The report without the users with whom all is well, within what Step Functions hands on (256 KB)."""
        faults = [line(outcome) for outcome in self.outcomes if went_wrong(outcome)][:_FAULTS_IN_BRIEF]
        return self._with(faults) | {"figures": {name: int(self.state.get(name, 0)) for name in FIGURES}}

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON, within what a Lambda may answer: users left out are counted as `omitted`."""
        return self._with(_fitting(sorted(self.outcomes, key=_importance)))

    def _with(self, users: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "run_id": self.run_id,
            "mode": self.mode,
            "dry_run": self.dry_run,
            "started_at": tag.written(self.started_at),
            "scanned": self.scanned,
            "candidates": self.candidates,
            "remaining": self.remaining,
            "status": self.status.value,
            "totals": self.totals,
            "notes": list(self.notes),
            "users": users,
            "omitted": len(self.outcomes) - len(users),
        }


def went_wrong(outcome: Outcome) -> bool:
    """Whether an operator has to know: it failed, or it could not be read."""
    return outcome.result is Result.FAILED or outcome.reason is Reason.UNREADABLE


def _importance(outcome: Outcome) -> tuple[int, str]:
    """What is shown first, and so left out last: failures, what was done, who is blocked, the rest."""
    if went_wrong(outcome):
        return 0, outcome.user.name
    if outcome.result is not Result.HELD:
        return 1, outcome.user.name
    return (2 if outcome.reason.blocks else 3), outcome.user.name


def _fitting(outcomes: Iterable[Outcome]) -> list[dict[str, Any]]:
    entries, room = [], MOST_BYTES
    for outcome in outcomes:
        entry = line(outcome)
        room -= len(json.dumps(entry)) + 2
        if room < 0:
            break
        entries.append(entry)
    return entries


def line(outcome: Outcome) -> dict[str, Any]:
    """One user's line of the report."""
    return {
        "user": outcome.user.name,
        "account": outcome.user.account,
        "action": outcome.action.name,
        "stage": None if outcome.reason is Reason.TEST_MAIL_REQUESTED else outcome.reason.stage.value,
        "key": outcome.key,
        "reason": outcome.reason.label,
        "message": outcome.message,
        "outcome": outcome.result.value,
        "next_review": tag.written(outcome.next_review) if outcome.next_review else None,
        **({"notes": list(outcome.notes)} if outcome.notes else {}),
    }
