"""The accounts of an organization: which the tour goes to, and how they are asked side by side."""

import json
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, TypeVar

import click

from keyturn.settings import Keeper, Settings
from keyturn_cli.progress import counting, working
from keyturn_cli.stack import Stack
from keyturn_cli.trouble import Trouble, WrongUsage

ROSTER: Final = "RosterFunctionName"
MACHINE: Final = "TourStateMachineArn"
Answer = TypeVar("Answer")

account_option = click.option(
    "--account",
    "account",
    metavar="ACCOUNT",
    callback=lambda _context, _option, value: _numbers([value])[0] if value else None,
    help="Another account that lends its role to the stack; by default the stack's own.",
)
accounts_option = click.option(
    "--account",
    "accounts",
    multiple=True,
    metavar="ACCOUNT",
    callback=lambda _context, _option, values: _numbers(values),
    help="This account instead of the stack's own; with --org, these of its accounts (may be repeated).",
)
at_once_option = click.option(
    "--at-once",
    type=click.IntRange(1, 64),
    default=10,
    show_default=True,
    help="With --org: how many accounts are asked side by side.",
)


@dataclass(frozen=True)
class Roster:
    """The accounts of a tour, in its order, and what the roster had to remark."""

    accounts: tuple[str, ...]
    notes: tuple[str, ...] = ()


def _numbers(values: Iterable[str]) -> tuple[str, ...]:
    for value in values:
        if not (len(value) == 12 and value.isascii() and value.isdigit()):  # noqa: PLR2004 - an account's number
            raise click.BadParameter(f"{value!r} is not an account: allowed is its number of 12 digits.")
    return tuple(dict.fromkeys(values))


def roster(stack: Stack, only: Sequence[str] = ()) -> Roster:
    """Give the accounts that a tour would go to now: the roster is asked what the tour's state machine asks it.

    Raises:
        Trouble: when the stack looks after one account alone, or the tour goes to none, or not to one that is named.
    """
    if ROSTER not in stack.outputs or MACHINE not in stack.outputs:
        raise Trouble(
            f"stack {stack.name} goes on no tour through an organization, so --org has no accounts to ask: set "
            '"organization": true in cdk.json and deploy (docs/organization.md), or leave --org out'
        )
    with working("listing the accounts"):
        described = stack.client("stepfunctions").describe_state_machine(stateMachineArn=stack.output(MACHINE))
        states = json.loads(described["definition"])["States"]
        answer = stack.ask(states["ListAccounts"]["Parameters"]["Payload"], ROSTER)
    accounts = tuple(account for wave in answer["waves"] for account in wave)
    if not accounts:
        raise Trouble("a tour would go to no account now: waves and exclude_accounts in cdk.json leave none")
    if strangers := [each for each in only if each not in accounts]:
        raise Trouble(
            f"the tour does not go to {', '.join(strangers)}: it is closed, excluded, or not of the organization; "
            "without --org it may still be asked"
        )
    return Roster(tuple(each for each in accounts if each in only) if only else accounts, tuple(answer["notes"]))


def side_by_side(accounts: Sequence[str], at_once: int, doing: str, ask: Callable[[str], Answer]) -> list[Answer]:
    """Ask for each account, some at a time; the answers come in the accounts' order."""
    with (
        counting(f"{doing} {len(accounts)} accounts", len(accounts)) as tick,
        ThreadPoolExecutor(at_once) as pool,
    ):

        def asked(account: str) -> Answer:
            try:
                return ask(account)
            finally:
                tick()

        return list(pool.map(asked, accounts))


def one(accounts: Sequence[str]) -> str | None:
    """Give the account that is meant where only one can be.

    Raises:
        WrongUsage: when several are.
    """
    if len(accounts) > 1:
        raise WrongUsage("several accounts: name one, or add --org")
    return accounts[0] if accounts else None


def of(account: str | None) -> dict[str, str]:
    """Give what a request says of the account that it is about."""
    return {"account": account} if account else {}


def kept_here(settings: Settings, account: str | None, stack: Stack) -> bool:
    """Whether the secrets of an account's users are in the stack's own account."""
    return account in {None, stack.account} or settings.secrets_in is Keeper.HUB


def secret_prefix(settings: Settings, account: str | None, stack: Stack) -> str:
    """Give the prefix of the secrets of an account's users, wherever they are."""
    from keyturn.membership import folder_of_members  # noqa: PLC0415 - boto3 is not loaded before it is needed

    if account in {None, stack.account} or settings.secrets_in is not Keeper.HUB:
        return settings.secret_prefix
    return f"{folder_of_members(settings.secret_prefix)}{account}/"


def option(account: str | None) -> str:
    """Give the option that names an account, as a command that is shown to people has it."""
    return f" --account {account}" if account else ""
