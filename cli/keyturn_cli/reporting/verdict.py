"""The headline: whether any key is older than it may get, and what else wants a look."""

from dataclasses import dataclass
from enum import StrEnum

from keyturn.settings import Mode
from keyturn_cli.reporting.evidence import Evidence, Subject


class State(StrEnum):
    """How good it is."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    ATTENTION = "attention"
    FAIL = "fail"


@dataclass(frozen=True)
class Verdict:
    """The headline, and what has to be said beside it."""

    state: State
    headline: str
    sentences: tuple[str, ...] = ()


def verdict(evidence: Evidence) -> Verdict:
    """Judge an account: a key over its limit fails it, unless an exemption that ends covers the user."""
    exempt = evidence.account.exempt_until
    over = [subject for subject in evidence.subjects if subject.over_limit and not exempt(subject.user)]
    excused = [subject for subject in evidence.subjects if subject.over_limit and exempt(subject.user)]
    unread = [subject for subject in evidence.subjects if subject.holding.unreadable]
    sentences = [*_sentences(evidence, over, excused, unread)]
    if over:
        keys = sum(len(subject.over_limit) for subject in over)
        headline = f"{_counted(keys, 'Active key')} of {_counted(len(over), 'user')} {_are(keys)} over the limit"
        return Verdict(State.FAIL, headline, tuple(sentences))
    attention = excused or unread or evidence.notes or any(map(_wants_a_look, evidence.subjects))
    known = " that could be read" if unread else ""
    beside = ", but for exempt users" if excused else ""
    headline = f"No Active key{known} is over the limit{beside}"
    return Verdict(State.ATTENTION if attention else State.PASS, headline, tuple(sentences))


def _sentences(evidence: Evidence, over: list[Subject], excused: list[Subject], unread: list[Subject]) -> list[str]:
    limit = evidence.account.settings.max_age_days
    outside = sum(subject.line is None for subject in over)
    blocked = sum(bool(subject.line and subject.line["blocked"]) for subject in evidence.subjects)
    past = sum(subject.past_deadline for subject in evidence.subjects)
    failed = sum(subject.failure is not None for subject in evidence.subjects)
    told = (
        (True, f"The limit is {limit} days; a user's tag may ask for less."),
        (outside, f"{_counted(outside, 'user')} over the limit {_are(outside)} out of Keyturn's scope."),
        (excused, f"{_counted(len(excused), 'user')} over the limit {_are(len(excused))} exempt, until a date."),
        (
            past,
            f"{_counted(past, 'key')} {_are(past)} kept past the last day: in use, or the successor not fetched.",
        ),
        (blocked, f"{_counted(blocked, 'user')} {_are(blocked)} blocked until somebody acts."),
        (failed, f"What was tried for {_counted(failed, 'user')} failed, and is tried again each day."),
        (unread, f"The keys of {_counted(len(unread), 'user')} could not be read, so nothing is said of them."),
        (evidence.notes, "Part of the evidence could not be had; the notes say which."),
        (evidence.mode == Mode.OBSERVE, "The stack is in mode observe: it reports, and rotates nothing."),
    )
    return [sentence for there, sentence in told if there]


def _wants_a_look(subject: Subject) -> bool:
    return bool((subject.line and subject.line["blocked"]) or subject.failure)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
