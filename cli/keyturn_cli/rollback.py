"""`keyturn rollback`: makes a user's old key Active again."""

import click

from keyturn_cli import organization, run_report
from keyturn_cli.options import output_options, stack_options
from keyturn_cli.output import Output
from keyturn_cli.stack import Connect
from keyturn_cli.trouble import FAILED, say


@click.command("rollback", short_help="Make a user's old key Active again.")
@click.argument("user")
@organization.account_option
@output_options
@stack_options
def command(*, user: str, account: str | None, output: Output, connect: Connect) -> int:
    """Make USER's old key Active again, while it still exists, and begin a new grace period.

    It does not ask: nothing is lost by it, and somebody may be waiting.

    \b
    Examples:
      keyturn rollback alice
      keyturn rollback alice --account 444455556666
    """
    request = {"action": "rollback", **organization.of(account), "users": [user]}
    report = connect().invoke(request, f"rolling back {user}")
    output.answer(run_report.document(report), report["users"], run_report.WHAT)
    if any(line["outcome"] == "Planned" for line in report["users"]):
        say('the stack is in mode observe, so nothing was done: set "mode": "enforce" in cdk.json and deploy to act')
        return FAILED
    return FAILED if run_report.wrong(report) or run_report.blocked(report["users"]) else 0
