"""The digest: one message a run for people, sent only when there is something to say."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from keyturn.domain.outcome import Outcome, Result
from keyturn.domain.reason import Reason
from keyturn.report import RunReport, went_wrong

# SNS takes 256 KB; nobody reads more than this, and the log has all of it.
_MOST_LINES: Final = 50

_SECTIONS: Final[tuple[tuple[str, Callable[[Outcome], bool]], ...]] = (
    ("Failed", went_wrong),
    ("Done", lambda outcome: outcome.result is Result.DONE),
    ("Would be done", lambda outcome: outcome.result is Result.PLANNED),
    ("Throttled, left for the next run", lambda outcome: outcome.reason is Reason.THROTTLED),
    ("Waits for somebody", lambda outcome: outcome.reason.blocks and not went_wrong(outcome)),
)


def digest(report: RunReport) -> tuple[str, str] | None:
    """Write subject and text; None when the run found nothing to do and nobody has to act."""
    sections = [(title, [each for each in report.outcomes if belongs(each)]) for title, belongs in _SECTIONS]
    told = [(title, outcomes) for title, outcomes in sections if outcomes]
    if not told:
        return None
    counts = ", ".join(f"{len(outcomes)} {title.lower()}" for title, outcomes in told)
    # A response to an alarm or an exposed key looks at nobody else.
    looked_at = f": {report.scanned} users in scope, {report.remaining} left for later" if report.scanned else ""
    head = f"Run {report.run_id}, mode {report.mode}{looked_at}."
    return f"Keyturn {report.status}: {counts}", "\n".join([head, *_lines(told), *report.notes])


def _lines(sections: Iterable[tuple[str, list[Outcome]]]) -> Iterator[str]:
    for title, outcomes in sections:
        yield f"\n{title}:"
        for outcome in outcomes[:_MOST_LINES]:
            yield f"- {outcome.user.name} ({outcome.user.account}), {outcome.action.name}: {outcome.message}"
        if len(outcomes) > _MOST_LINES:
            yield f"- and {len(outcomes) - _MOST_LINES} more, in the run's log"
