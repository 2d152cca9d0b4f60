"""Gathers the evidence of a deployed stack: what the rotator says, what IAM says, and what the logs say."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from keyturn_cli import run_report
from keyturn_cli.journal import RESPONDER, turns
from keyturn_cli.organization import secret_prefix, side_by_side
from keyturn_cli.progress import counting, working
from keyturn_cli.reporting import inventory
from keyturn_cli.reporting.evidence import Account, Deed, Evidence, Holding, Line, Subject
from keyturn_cli.reporting.visits import Visits
from keyturn_cli.stack import ROTATOR, Refusal, Stack
from keyturn_cli.trouble import Trouble

_DENIED: Final = {"AccessDeniedException", "AccessDenied"}
_OF_A_DEED: Final = ("source", "account", "user", "action", "outcome", "key", "reason", "message")
_TOLD: Final = ("Done", "Failed")
# Most of what is logged says that nothing was done; the rest is left where it is.
_PATTERN: Final = '{ ($.user_turn.outcome = "Done") || ($.user_turn.outcome = "Failed") }'


@dataclass(frozen=True)
class _Found:
    """What was found in one account; `wrong` is whether the rotator failed there, or could not be asked."""

    account: Account
    holdings: Iterable[Holding]
    lines: Mapping[str, Line]
    notes: Iterable[str]
    wrong: bool


def gather(stack: Stack, days: int, now: datetime) -> tuple[Evidence, bool]:
    """Gather the evidence of the last `days` days in the stack's own account; give whether anything is wrong there."""
    account = _at(_own(stack, days, now), stack.account)
    report = stack.invoke({"action": "status"}, "asking for the status")
    with working("listing the users"):
        users = inventory.users(stack.client("iam"))
    with counting(f"reading the keys of {len(users)} users", len(users)) as tick:
        holdings = inventory.holdings(stack.client("iam"), users, tick)
    found = _found(stack, replace(account, mode=report["mode"]), holdings, report)
    return _evidence(stack, account, days, [found], list(report["notes"])), found.wrong


def gather_all(stack: Stack, visits: Visits, days: int, now: datetime) -> tuple[Evidence, bool]:
    """The same in accounts of the organization, several at once; what can't be read in one is told and stops no other.

    The keys are read with a role that each of them lends to the operator; the stack's own needs none.
    """
    own = _own(stack, days, now)

    def visit(account: str) -> _Found:
        return _visited(stack, _at(own, account), visits)

    found = side_by_side(visits.accounts, visits.at_once, "reading", visit)
    notes = [*visits.notes, *(f"account {each.account.id}: {note}" for each in found for note in each.notes)]
    return _evidence(stack, own, days, found, notes), any(each.wrong or each.account.unreadable for each in found)


def _own(stack: Stack, days: int, now: datetime) -> Account:
    return Account(stack.name, stack.account, stack.region, stack.settings(), now - timedelta(days=days), now)


def _at(own: Account, account: str) -> Account:
    """Give an account with the rules that the settings have for it."""
    return replace(own, id=account, settings=own.settings.of_account(account))


def _visited(stack: Stack, account: Account, visits: Visits) -> _Found:
    holdings, why = inventory.whole(lambda: stack.lent("iam", account.id, visits.role, visits.external_id))
    by = "" if account.id == stack.account else f"role {visits.role}, "
    account = replace(account, unreadable=f"{by}{why}" if why else None)
    try:
        report = stack.ask({"action": "status", "account": account.id})
    except Refusal as refusal:
        return _Found(replace(account, silent=refusal.told), holdings, {}, (), wrong=True)
    except Trouble as trouble:
        return _Found(replace(account, silent=trouble.message), holdings, {}, (), wrong=True)
    return _found(stack, replace(account, mode=report["mode"]), holdings, report)


def _found(stack: Stack, account: Account, holdings: Iterable[Holding], report: Mapping[str, Any]) -> _Found:
    prefix = secret_prefix(account.settings, account.id, stack)
    lines = {line["user"]: run_report.advised(line, prefix) for line in report["users"]}
    return _Found(account, holdings, lines, report["notes"], run_report.wrong(report))


def _evidence(stack: Stack, own: Account, days: int, found: Iterable[_Found], notes: list[str]) -> Evidence:
    accounts = tuple(each.account for each in found)
    about = {account.id for account in accounts}
    with working(f"reading the logs of {days} days"):
        told = _deeds(stack, own.since, notes)
        # The logs are of all accounts.
        deeds = sorted((deed for deed in told if deed.account in about), key=lambda deed: deed.at)
    by_user = defaultdict(list)
    for deed in deeds:
        by_user[deed.account, deed.user].append(deed)
    subjects = tuple(subject for each in found for subject in _subjects(each, by_user))
    return Evidence(own, accounts, subjects, tuple(deeds), tuple(notes))


def _subjects(found: _Found, by_user: Mapping[tuple[str, str], list[Deed]]) -> Iterator[Subject]:
    for holding in found.holdings:
        name = holding.user.name
        # Of a user that was deleted and made anew, what was done before was done to somebody else.
        done = by_user.get((found.account.id, name), ())
        own = tuple(deed for deed in done if deed.at >= holding.user.created)
        yield Subject(found.account, holding, found.lines.get(name), own)


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
    return Deed(at=at, **{name: entry[name] for name in _OF_A_DEED})
