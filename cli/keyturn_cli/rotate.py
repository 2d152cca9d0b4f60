"""`keyturn rotate`: shows the plan, asks, and has it done: that, and nothing else."""

import sys
from pathlib import Path
from typing import Any

import click

from keyturn_cli import organization, run_report, saved_plan
from keyturn_cli import plan as planning
from keyturn_cli.options import output_options, stack_options
from keyturn_cli.output import Format, Output
from keyturn_cli.stack import Connect, Stack
from keyturn_cli.trouble import FAILED, Trouble, WrongUsage, say


@click.command("rotate", short_help="Rotate keys: show the plan, ask, do it.")
@click.argument("users", nargs=-1, metavar="[USER]...")
@click.option(
    "--plan", "file", type=click.Path(path_type=Path), metavar="FILE", help="Do a saved plan, if it still holds."
)
@click.option("--force", is_flag=True, help="Rotate keys that are not due, too; no safety rule is skipped.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@organization.account_option
@output_options
@stack_options
def command(
    *,
    users: tuple[str, ...],
    file: Path | None,
    force: bool,
    yes: bool,
    account: str | None,
    output: Output,
    connect: Connect,
) -> int:
    """Show the plan, ask, and do it; without USER, for everybody in scope.

    Only what is shown is done. A saved plan is made anew first, and refused when it comes out otherwise.

    \b
    Examples:
      keyturn rotate alice
      keyturn rotate alice --force --yes
      keyturn plan --out plan.json && keyturn rotate --plan plan.json --yes
    """
    if file and (users or force or account):
        raise WrongUsage("--plan says who is rotated: USER, --force and --account belong to 'keyturn plan'")
    if not yes and not sys.stdin.isatty():
        raise WrongUsage("rotate asks before it acts, and there is no terminal to ask at: add --yes")
    stack = connect()
    document = _plan(stack, file, users, force=force, account=account)
    # Programs that read the answer get the run's report alone; people see the plan beside it.
    output.table(planning.shown(document), run_report.WHAT, err=output.format is not Format.TABLE)
    output.line(planning.summary(document), err=output.format is not Format.TABLE)
    names = _to_do(document)
    if not names:
        say("there is nothing to do")
        return _blocked_by_name(document)
    if document["mode"] != "enforce":
        raise Trouble(
            'the stack is in mode observe, so nothing was done: set "mode": "enforce" in cdk.json and deploy to act'
        )
    where = planning.account_of(document)
    many = f"{len(names)} users" if len(names) > 1 else f"user {names[0]}"
    if not (yes or click.confirm(f"Do this to {many} in account {where}?", err=True)):
        raise Trouble("nothing was done")
    about = organization.of(document["asked"].get("account"))
    request = {"action": "rotate", **about, "users": names, "force": document["asked"]["force"]}
    return _show(stack.invoke(request, f"rotating {len(names)} users"), output) or _blocked_by_name(document)


def _plan(
    stack: Stack, file: Path | None, users: tuple[str, ...], *, force: bool, account: str | None
) -> dict[str, Any]:
    if file is None:
        return planning.made(stack, users, force=force, account=account)[1]
    saved = saved_plan.read(file)
    saved_plan.check_place(saved, stack)
    asked = saved["asked"]
    _, now = planning.made(stack, tuple(asked["users"]), force=asked["force"], account=asked.get("account"))
    saved_plan.check_fresh(saved, now)
    return now


def _to_do(document: dict[str, Any]) -> list[str]:
    lines = run_report.planned(document["users"])
    if gone := [line["user"] for line in lines if line["action"] == "RetireSecret"]:
        say(f"the secrets of users that are gone ({', '.join(gone)}) are left to the scheduled run")
    return list(dict.fromkeys(line["user"] for line in lines if line["action"] != "RetireSecret"))


def _show(report: dict[str, Any], output: Output) -> int:
    output.answer(run_report.document(report), report["users"], run_report.WHAT)
    totals = report["totals"]
    output.line(f"\n{totals['done']} done, {totals['held']} held, {totals['failed']} failed. Run {report['run_id']}.")
    for note in report["notes"]:
        say(note)
    if report["remaining"]:
        say(f"{report['remaining']} users are left for the next run: max_rotations_per_run, or the time, was used up")
    return FAILED if run_report.wrong(report) else 0


def _blocked_by_name(document: dict[str, Any]) -> int:
    """Whether a user that was asked for by name is blocked: then not all was done that was asked for."""
    held = run_report.blocked(document["users"]) if document["asked"]["users"] else []
    if held:
        names = ", ".join(line["user"] for line in held)
        where = organization.option(document["asked"].get("account"))
        say(f"blocked: {names}; 'keyturn status {held[0]['user']}{where}' says what unblocks")
    return FAILED if held else 0
