"""`keyturn plan`: what the next run would do, and why; nothing is changed."""

from pathlib import Path
from typing import Any

import click

from keyturn_cli import organization, run_report, saved_plan
from keyturn_cli.options import exit_code_option, output_options, stack_options
from keyturn_cli.output import Output
from keyturn_cli.stack import Connect, Stack
from keyturn_cli.trouble import FAILED, FINDINGS, say


@click.command("plan", short_help="Show what the next run would do, and why.")
@click.argument("users", nargs=-1, metavar="[USER]...")
@click.option("--force", is_flag=True, help="As if the keys were due, whatever their age; no safety rule is skipped.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Save the plan, for rotate --plan.")
@click.option("--all", "everybody", is_flag=True, help="Show users for whom there is nothing to do, too.")
@organization.account_option
@exit_code_option
@output_options
@stack_options
def command(
    *,
    users: tuple[str, ...],
    force: bool,
    out: Path | None,
    everybody: bool,
    account: str | None,
    exit_code: bool,
    output: Output,
    connect: Connect,
) -> int:
    """Show what the next run would do, and why; nothing is changed.

    With --exit-code, 3 says that there is something to do.

    \b
    Examples:
      keyturn plan
      keyturn plan alice bob --force
      keyturn plan --account 444455556666
      keyturn plan --out plan.json && keyturn rotate --plan plan.json
    """
    report, document = made(connect(), users, force=force, account=account)
    if out:
        saved_plan.save(document, out, full=output.full)
        say(f"the plan is saved: 'keyturn rotate --plan {out}' does it, and nothing else")
    output.answer(document, document["users"] if everybody else shown(document), run_report.WHAT)
    output.line(summary(document))
    if run_report.wrong(report):
        return FAILED
    return FINDINGS if exit_code and run_report.planned(document["users"]) else 0


def made(
    stack: Stack, users: tuple[str, ...], *, force: bool, account: str | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Have the rotator plan, and give its report and the plan's document."""
    about = {**organization.of(account), **({"users": list(users)} if users else {})}
    report = stack.invoke({"action": "rotate", "dry_run": True, "force": force, **about}, "planning")
    return report, saved_plan.document(stack, report, users, force=force, account=account)


def account_of(document: dict[str, Any]) -> str:
    """Give the account whose users a plan is about."""
    return str(document["asked"].get("account") or document["account"])


def shown(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The lines that are worth a look: what would be done, and who is blocked; all of named users."""
    if document["asked"]["users"]:
        return list(document["users"])
    lines = document["users"]
    return [*run_report.planned(lines), *run_report.blocked(lines)]


def summary(document: dict[str, Any]) -> str:
    """Count what there is."""
    lines = document["users"]
    acts, blocks = run_report.planned(lines), run_report.blocked(lines)
    text = f"\n{len(acts)} to do, {len(blocks)} blocked, {len(lines) - len(acts) - len(blocks)} others looked at; "
    text += f"{document['remaining']} left for later runs. Stack {document['stack']}, account {account_of(document)}, "
    return text + f"mode {document['mode']}."
