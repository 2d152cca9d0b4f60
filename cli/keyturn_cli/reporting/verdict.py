"""The headline: whether any key is older than it may get, and what else wants a look."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from keyturn.settings import Mode
from keyturn_cli.reporting.evidence import Account, Evidence, Subject

_NAMED: Final = 10


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
    dark = [account for account in evidence.accounts if account.unreadable or account.silent]
    attention = excused or unread or dark or evidence.notes or any(map(_wants_a_look, evidence.subjects))
    closed = [account for account in evidence.accounts if account.unreadable]
    if closed and len(closed) == len(evidence.accounts):
        return Verdict(State.ATTENTION, "No account's keys could be read: nothing is proven", tuple(sentences))
    known = " that could be read" if unread or closed else ""
    beside = ", but for exempt users" if excused else ""
    headline = f"No Active key{known} is over the limit{beside}"
    return Verdict(State.ATTENTION if attention else State.PASS, headline, tuple(sentences))


def _sentences(evidence: Evidence, over: list[Subject], excused: list[Subject], unread: list[Subject]) -> list[str]:
    limit = evidence.account.settings.max_age_days
    outside = sum(subject.out_of_scope for subject in over)
    blocked = sum(bool(subject.line and subject.line["blocked"]) for subject in evidence.subjects)
    past = sum(subject.past_deadline for subject in evidence.subjects)
    failed = sum(subject.failure is not None for subject in evidence.subjects)
    told = (
        (True, f"The limit is {limit} days; a user's tag may ask for less.{_others(evidence)}"),
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
    )
    return [*(sentence for there, sentence in told if there), *_of_accounts(evidence.accounts)]


def _others(evidence: Evidence) -> str:
    """Say which limits the accounts have, where the settings have rules for some."""
    limits = sorted({account.settings.max_age_days for account in evidence.accounts})
    return f" Accounts have limits of their own: {', '.join(map(str, limits))} days." if len(limits) > 1 else ""


def _of_accounts(accounts: Sequence[Account]) -> Iterator[str]:
    """Say which accounts the verdict knows nothing of, or not all, and where nothing is rotated."""
    if closed := [account.id for account in accounts if account.unreadable]:
        yield f"The keys of {_few(closed)} could not be read: that none of them is over the limit is not proven."
    if silent := [account.id for account in accounts if account.silent]:
        yield f"Keyturn could not look at {_few(silent)}: who is blocked there is not known."
    observed = [account.id for account in accounts if account.mode == Mode.OBSERVE]
    if observed and len(observed) == len(accounts):
        yield "The stack is in mode observe: it reports, and rotates nothing."
    elif observed:
        yield f"Nothing is rotated in {_few(observed)}, in mode observe."


def _wants_a_look(subject: Subject) -> bool:
    return bool((subject.line and subject.line["blocked"]) or subject.failure)


def _few(accounts: list[str]) -> str:
    """Count and name accounts, not too many; the list of accounts has them all."""
    more = f" and {len(accounts) - _NAMED} more" if len(accounts) > _NAMED else ""
    return f"{_counted(len(accounts), 'account')} ({', '.join(accounts[:_NAMED])}{more})"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
