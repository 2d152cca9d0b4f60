"""`keyturn status`: where each user's keys are in their life, what comes next, who acts, and what unblocks."""

from typing import Any, Final

import click

from keyturn_cli import all_accounts, organization, run_report
from keyturn_cli.options import exit_code_option, output_options, stack_options
from keyturn_cli.output import Column, Output
from keyturn_cli.stack import Connect
from keyturn_cli.trouble import FAILED, FINDINGS, WrongUsage

_COLUMNS: Final = (
    Column("user", "User"),
    Column("stage", "Stage"),
    Column("reason", "Reason"),
    Column("key", "Key"),
    Column("next_review", "Until"),
    Column("next", "Then"),
    Column("who", "Who acts"),
)


@click.command("status", short_help="Show each user's stage, what comes next, and what unblocks it.")
@click.argument("users", nargs=-1, metavar="[USER]...")
@click.option("--blocked", "blocked_only", is_flag=True, help="Show blocked users only.")
@click.option("--org", "everywhere", is_flag=True, help="Show all accounts of the organization, a line for each.")
@organization.accounts_option
@organization.at_once_option
@exit_code_option
@output_options
@stack_options
def command(
    *,
    users: tuple[str, ...],
    blocked_only: bool,
    everywhere: bool,
    accounts: tuple[str, ...],
    at_once: int,
    exit_code: bool,
    output: Output,
    connect: Connect,
) -> int:
    """Show each user's stage, why, until when, what comes next and who acts; for a blocked one, what unblocks it.

    With --org, show each account that the tour goes to: what is the matter, and how many users are due, begun, blocked
    and overdue. An account that cannot be asked is named with the reason, and stops no other.

    With --exit-code, 3 says that somebody is blocked; with --org, that an account is not well.

    \b
    Examples:
      keyturn status
      keyturn status alice
      keyturn status --blocked --full
      keyturn status --output csv > status.csv
      keyturn status --account 444455556666
      keyturn status --org
      keyturn status --org --account 444455556666 --account 777788889999
    """
    if everywhere:
        if users or blocked_only:
            raise WrongUsage("--org shows accounts: USER and --blocked go with --account ACCOUNT instead")
        return all_accounts.show(connect(), accounts, at_once, output, exit_code=exit_code)
    account = organization.one(accounts)
    request = {"action": "status", **organization.of(account), **({"users": list(users)} if users else {})}
    stack = connect()
    report = stack.invoke(request, "asking for the status")
    settings = stack.settings()
    prefix = organization.secret_prefix(settings, account, stack)
    lines = [run_report.advised(line, prefix) for line in report["users"]]
    blocked = [line for line in lines if line["blocked"]]
    shown = blocked if blocked_only else lines
    output.answer({**report, "kind": "keyturn status", "schema": 1, "users": shown}, shown, _COLUMNS)
    _explain(blocked, output)
    if blocked and account not in {None, stack.account}:
        but = ", but for those about secrets" if organization.kept_here(settings, account, stack) else ""
        output.line(f"\nThe commands are for somebody who is signed in to account {account}{but}.")
    if run_report.wrong(report):
        return FAILED
    return FINDINGS if exit_code and blocked else 0


def _explain(blocked: list[dict[str, Any]], output: Output) -> None:
    for line in blocked:
        output.line(f"\n{line['user']} is blocked: {line['message']}\n  do this: {line['do']}")
        if line["command"]:
            output.line(f"  {line['command']}")
    if blocked and not output.full:
        output.line("\nKey IDs are shortened; with --full the commands can be copied as they are.")
