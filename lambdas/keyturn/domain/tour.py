"""A tour: what became of each account, and what people are told of all of them together."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

# SNS takes 256 KB, and nobody reads more; the results in S3 have them all.
_MOST_LINES: Final = 100
_LONGEST: Final = 500


@dataclass(frozen=True)
class Stop:
    """What became of one account.

    Attributes:
        status: the run report's, or `NOT_RUN` when no run of the account came to its end.
        trouble: what went wrong; empty when nothing did.
        totals: the run report's counts, of the last run if it took several.
        figures: the state of the account's users after it, by the metrics' names; nothing is known of one not run.
    """

    account: str
    status: str
    trouble: str = ""
    totals: Mapping[str, int] = field(default_factory=dict)
    figures: Mapping[str, int] = field(default_factory=dict)


def stop(record: Mapping[str, Any]) -> Stop:
    """Read the record of one execution, as Step Functions writes it."""
    if record["Status"] != "SUCCEEDED":
        account = json.loads(record["Input"])["account"]
        return Stop(
            account, "NOT_RUN", f"{record.get('Error') or record['Status']}: {_cause(record.get('Cause') or '')}"
        )
    output = json.loads(record["Output"])
    report = output["report"]
    faults = [f"{each['user']}: {each['message']}" for each in report["users"]]
    left = [f"{report['remaining']} users are left for the next tour"] if report["remaining"] else []
    figures = report.get("figures", {})  # a tour may have begun before the deployment that added them
    return Stop(output["account"], report["status"], "; ".join([*faults, *left]), report["totals"], figures)


def _cause(cause: str) -> str:
    """A Lambda's cause is its error as JSON."""
    try:
        return str(json.loads(cause)["errorMessage"])
    except (ValueError, KeyError, TypeError):
        return cause


def missing(accounts: Iterable[str], stops: Iterable[Stop]) -> list[Stop]:
    """Give the accounts of which no record was written: silence is no success."""
    seen = {each.account for each in stops}
    return [Stop(each, "NOT_RUN", "no result was written") for each in accounts if each not in seen]


def measured(stops: Iterable[Stop]) -> dict[str, float]:
    """The metrics of all accounts together: sums and the worst, since a metric for each account would cost by it."""
    stops = tuple(stops)

    def all_of(name: str) -> list[int]:
        return [each.figures.get(name, 0) for each in stops]

    return {
        "AccountsToured": len(stops),
        "AccountsNotWell": sum(each.status != "OK" for each in stops),
        "AccountsNotRun": sum(each.status == "NOT_RUN" for each in stops),
        "OrganizationUsersScanned": sum(all_of("UsersScanned")),
        "OrganizationUsersBlocked": sum(all_of("UsersBlocked")),
        "OrganizationKeysOverdue": sum(all_of("KeysOverdue")),
        "OrganizationOldestActiveKeyAgeDays": max(all_of("OldestActiveKeyAgeDays"), default=0),
    }


def roundup(stops: list[Stop], notes: Iterable[str]) -> tuple[str, str]:
    """Write the one message about all accounts: its subject and its text."""
    statuses = Counter(each.status for each in stops)
    done = sum((Counter(each.totals) for each in stops), Counter())
    failed = len(stops) - statuses["OK"]
    subject = (
        f"Keyturn: {len(stops)} accounts, {failed} of them not well" if failed else f"Keyturn: {len(stops)} accounts OK"
    )
    counts = ", ".join(f"{name} {number}" for name, number in sorted(done.items()) if number)
    head = [f"{number} {status}" for status, number in sorted(statuses.items())]
    return subject, "\n".join([", ".join(head) or "no accounts", counts, *_lines(stops), *notes])


def _lines(stops: Iterable[Stop]) -> Iterator[str]:
    troubled = sorted((each for each in stops if each.status != "OK"), key=lambda each: (each.status, each.account))
    for each in troubled[:_MOST_LINES]:
        yield f"- {each.account} {each.status}: {each.trouble[:_LONGEST]}"
    if len(troubled) > _MOST_LINES:
        yield f"- and {len(troubled) - _MOST_LINES} more, in the tour's results"
