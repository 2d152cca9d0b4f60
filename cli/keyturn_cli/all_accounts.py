"""`keyturn status --org`: a line for each account of the organization, and what is the matter where something is."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from keyturn_cli import run_report
from keyturn_cli.organization import Roster, roster, side_by_side
from keyturn_cli.output import Column, Output
from keyturn_cli.stack import Refusal, Stack
from keyturn_cli.trouble import FAILED, FINDINGS, Trouble, say

Row = dict[str, Any]
_UNREACHABLE: Final = "AccountUnreachable"


class State(StrEnum):
    """What is the matter with an account; the worst that there is."""

    OK = "OK"
    INCOMPLETE = "Incomplete"
    BLOCKED = "Blocked"
    OVERDUE = "Overdue"
    FAILED = "Failed"
    UNREADABLE = "Unreadable"
    UNREACHABLE = "Unreachable"


# Of these nothing is known, or not all.
_UNKNOWN: Final = (State.UNREACHABLE, State.UNREADABLE)
_DO: Final = {
    State.INCOMPLETE: "ask again: the run had no time for all of its users",
    State.BLOCKED: "keyturn status --account {account} --blocked",
    State.OVERDUE: "keyturn status --account {account}",
    State.FAILED: "mend what is named, then: keyturn status --account {account}",
    State.UNREADABLE: "mend what is named, then: keyturn status --account {account}",
    State.UNREACHABLE: "deploy the member's stack in it, or leave it out by exclude_accounts (docs/organization.md)",
}
_FIGURES: Final = {
    "users": ("UsersScanned",),
    "due": ("KeysDue",),
    "begun": ("StageRotating", "StageGrace", "StageRecovery"),
    "blocked": ("UsersBlocked",),
    "overdue": ("KeysOverdue",),
    "oldest_active_key_age_days": ("OldestActiveKeyAgeDays",),
}
_COLUMNS: Final = (
    Column("account", "Account"),
    Column("state", "Status"),
    Column("mode", "Mode"),
    Column("users", "Users", number=True),
    Column("due", "Due", number=True),
    Column("begun", "Begun", number=True),
    Column("blocked", "Blocked", number=True),
    Column("overdue", "Overdue", number=True),
    Column("oldest_active_key_age_days", "Oldest key, days", number=True),
)


def show(stack: Stack, only: Sequence[str], at_once: int, output: Output, *, exit_code: bool) -> int:
    """Ask for all accounts, or some, and show a line for each; give the exit code."""
    toured = roster(stack, only)
    rows = side_by_side(toured.accounts, at_once, "asking for the status of", lambda account: _asked(stack, account))
    output.answer(_document(stack, toured, rows), rows, _COLUMNS)
    for note in toured.notes:
        say(note)
    for row in rows:
        if row["reason"]:
            output.line(f"\n{row['account']} is {row['state'].lower()}: {row['reason']}\n  do this: {row['do']}")
    output.line(_summary(stack, rows))
    if any(row["state"] in {*_UNKNOWN, State.FAILED} for row in rows):
        return FAILED
    return FINDINGS if exit_code and any(row["state"] != State.OK for row in rows) else 0


def _asked(stack: Stack, account: str) -> Row:
    """Ask for one account; whatever goes wrong is its own matter."""
    try:
        report = stack.ask({"action": "status", "account": account, "brief": True})
    except Refusal as refusal:
        return _row(account, State.UNREACHABLE if refusal.kind == _UNREACHABLE else State.UNREADABLE, refusal.told)
    except Trouble as trouble:
        return _row(account, State.UNREADABLE, trouble.message)
    figures = {name: sum(report["figures"][each] for each in of) for name, of in _FIGURES.items()}
    return _row(account, *_judged(report, figures), report["mode"], figures)


def _row(
    account: str, state: State, reason: str, mode: str | None = None, figures: Mapping[str, int] | None = None
) -> Row:
    do = _DO[state].format(account=account) if state in _DO else None
    known = figures or dict.fromkeys(_FIGURES)
    return {"account": account, "state": state.value, "mode": mode, **known, "reason": reason or None, "do": do}


def _judged(report: Mapping[str, Any], figures: Mapping[str, int]) -> tuple[State, str]:
    if run_report.wrong(report):
        return State.FAILED, "; ".join(f"{line['user']}: {line['message']}" for line in report["users"])
    if figures["overdue"]:
        oldest = figures["oldest_active_key_age_days"]
        return State.OVERDUE, f"{figures['overdue']} Active keys are older than they may get, the oldest {oldest} days"
    if figures["blocked"]:
        return State.BLOCKED, f"{figures['blocked']} users wait until somebody acts"
    if report["remaining"]:
        return State.INCOMPLETE, f"{report['remaining']} users were not looked at"
    return State.OK, ""


def _document(stack: Stack, toured: Roster, rows: list[Row]) -> dict[str, Any]:
    return {
        "kind": "keyturn organization",
        "schema": 1,
        "stack": stack.name,
        "account": stack.account,
        "region": stack.region,
        "totals": {"accounts": len(rows), "states": _states(rows), **_totals(rows)},
        "accounts": rows,
        "notes": list(toured.notes),
    }


def _states(rows: Iterable[Row]) -> dict[str, int]:
    counted = Counter(row["state"] for row in rows)
    return {state.value: counted[state] for state in State if counted[state]}


def _totals(rows: Iterable[Row]) -> dict[str, int]:
    """Sums over the accounts that answered, and the oldest key of them all."""
    known = [row for row in rows if row["state"] not in _UNKNOWN]
    *summed, oldest = _FIGURES
    sums = {name: sum(row[name] for row in known) for name in summed}
    return {**sums, oldest: max((row[oldest] for row in known), default=0)}


def _summary(stack: Stack, rows: list[Row]) -> str:
    it, unknown = _totals(rows), sum(row["state"] in _UNKNOWN for row in rows)
    states = ", ".join(f"{number} {state}" for state, number in _states(rows).items())
    missing = f" Without the {unknown} of which nothing is known:" if unknown else ""
    text = f"\n{len(rows)} accounts: {states or 'none'}.{missing} {it['users']} users, {it['due']} keys due, "
    text += f"{it['begun']} rotations begun, {it['blocked']} users blocked, {it['overdue']} keys overdue; "
    return text + f"oldest Active key {it['oldest_active_key_age_days']} days. Stack {stack.name}, {stack.account}."
