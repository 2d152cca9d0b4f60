"""The run report as the console shows it: each user's line with what comes next, who acts and what unblocks."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from keyturn.domain.secret_labels import secret_name
from keyturn_cli.output import Column
from keyturn_cli.reasons import Known, advice_of, command_for, reason_of

Line = dict[str, Any]
WHAT: Final = (
    Column("user", "User"),
    Column("action", "Action"),
    Column("outcome", "Outcome"),
    Column("key", "Key"),
    Column("reason", "Reason"),
    Column("message", "Why"),
)


def document(report: Mapping[str, Any]) -> dict[str, Any]:
    """The report of a run that acts, as JSON."""
    return {"kind": "keyturn run", "schema": 1, **report}


def advised(line: Mapping[str, Any], secret_prefix: str) -> Line:
    """Add to a user's line what it means for people."""
    reason = reason_of(line["reason"])
    if reason is None:
        unknown = "known to the deployed functions, not to this command line: update it"
        return {**line, "blocked": False, "who": None, "next": unknown, "do": None, "command": None}
    advice = advice_of(reason)
    known = Known(line["user"], line.get("key"), secret_name(secret_prefix, line["user"]), line["message"])
    return {
        **line,
        "blocked": reason.blocks,
        "who": advice.who.value,
        "next": advice.after,
        "do": advice.change or None,
        "command": command_for(reason, known) or None,
    }


def planned(lines: Iterable[Line]) -> list[Line]:
    """The lines of what would be done."""
    return [line for line in lines if line["outcome"] == "Planned"]


def blocked(lines: Iterable[Line]) -> list[Line]:
    """The lines of users for whom somebody has to act."""
    return [line for line in lines if (reason := reason_of(line["reason"])) and reason.blocks]


def wrong(report: Mapping[str, Any]) -> bool:
    """Whether something failed or could not be read."""
    return bool(report["status"] == "FAILED")
