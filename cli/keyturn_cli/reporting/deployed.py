"""Gathers the evidence of a deployed stack: what the rotator says, what IAM says, and what the logs say."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from keyturn_cli import run_report
from keyturn_cli.journal import RESPONDER, turns
from keyturn_cli.progress import counting, working
from keyturn_cli.reporting import inventory
from keyturn_cli.reporting.evidence import Account, Deed, Evidence, Holding, Line, Subject
from keyturn_cli.stack import ROTATOR, Stack

_DENIED: Final = {"AccessDeniedException", "AccessDenied"}
_TOLD: Final = ("Done", "Failed")
# Most of what is logged says that nothing was done; the rest is left where it is.
_PATTERN: Final = '{ ($.user_turn.outcome = "Done") || ($.user_turn.outcome = "Failed") }'


def gather(stack: Stack, days: int, now: datetime) -> tuple[Evidence, dict[str, Any]]:
    """Gather the evidence of the last `days` days; give it with the rotator's own report."""
    report = stack.invoke({"action": "status"}, "asking for the status")
    account = Account(stack.name, stack.account, stack.region, stack.settings(), now - timedelta(days=days), now)
    prefix = account.settings.secret_prefix
    lines: dict[str, Line] = {line["user"]: run_report.advised(line, prefix) for line in report["users"]}
    with working("listing the users"):
        users = inventory.users(stack.client("iam"))
    with counting(f"reading the keys of {len(users)} users", len(users)) as tick:
        holdings = inventory.holdings(stack.client("iam"), users, tick)
    notes: list[str] = list(report["notes"])
    with working(f"reading the logs of {days} days"):
        deeds = sorted(_deeds(stack, account.since, notes), key=lambda deed: deed.at)
    subjects = tuple(_subjects(account, holdings, lines, deeds))
    return Evidence(account, subjects, tuple(deeds), report["mode"], tuple(notes)), report


def _subjects(
    account: Account, holdings: Iterable[Holding], lines: dict[str, Line], deeds: Iterable[Deed]
) -> Iterator[Subject]:
    by_user = defaultdict(list)
    for deed in deeds:
        by_user[deed.user].append(deed)
    for holding in holdings:
        name = holding.user.name
        # Of a user that was deleted and made anew, what was done before was done to somebody else.
        own = tuple(deed for deed in by_user[name] if deed.at >= holding.user.created)
        yield Subject(account, holding, lines.get(name), own)


def _deeds(stack: Stack, since: datetime, notes: list[str]) -> Iterator[Deed]:
    refusals = stack.client("logs").exceptions
    for function in (ROTATOR, RESPONDER):
        try:
            for entry in turns(stack, function, since, _PATTERN):
                if entry["outcome"] in _TOLD:
                    yield _deed(entry)
        except refusals.ClientError as error:
            if error.response["Error"]["Code"] not in _DENIED:
                raise
            notes.append(
                f"what was done is not told: reading the logs of {stack.output(function)} is denied "
                "(logs:FilterLogEvents)"
            )


def _deed(entry: dict[str, Any]) -> Deed:
    at = datetime.strptime(entry["at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    told = {name: entry[name] for name in ("source", "user", "action", "outcome", "key", "reason", "message")}
    return Deed(at=at, **told)
