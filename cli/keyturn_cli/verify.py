"""`keyturn verify`: rotates the key of a throwaway user in the real account, looks at everything, and removes it."""

import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import click

from keyturn.domain.address import ADDRESS
from keyturn.settings import Mode, Settings
from keyturn_cli.options import output_options, stack_options
from keyturn_cli.output import Column, Format, Output
from keyturn_cli.stack import Connect, Stack
from keyturn_cli.trouble import FAILED, Trouble, WrongUsage, say

if TYPE_CHECKING:
    from keyturn_cli.canary.user import Canary

_COLUMNS: Final = (Column("check", "Check"), Column("state", "State"), Column("message", "Found"))


@click.command("verify", short_help="Try a rotation on a throwaway user in your account, and remove it.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@click.option(
    "--notify-test",
    is_flag=False,
    flag_value="",
    metavar="[ADDRESS]",
    help="Have a test letter sent, too; without an address to the one that the stack's letters come from.",
)
@output_options
@stack_options
def command(*, yes: bool, notify_test: str | None, output: Output, connect: Connect) -> int:
    """Try a rotation on a throwaway user: its report, keys, secret, labels, credential and event; then remove it all.

    It says first what it will do, and asks. Everything is removed also after a failure, or Ctrl-C; what could not be
    removed is told with the command that removes it.

    \b
    Examples:
      keyturn verify
      keyturn verify --yes --notify-test me@example.com
    """
    if not yes and not sys.stdin.isatty():
        raise WrongUsage("verify asks before it makes a user, and there is no terminal to ask at: add --yes")
    stack = connect()
    settings = stack.settings()
    if settings.mode is not Mode.ENFORCE:
        raise Trouble(
            "the stack is in mode observe, in which nothing is rotated, so there is nothing to verify and nothing was "
            'made: set "mode": "enforce" in cdk.json and deploy'
        )
    canary = _canary(stack, settings, _owner(notify_test, settings))
    output.line(_announcement(canary), err=output.format is not Format.TABLE)
    if not (yes or click.confirm(f"Do this in account {stack.account}?", err=True)):
        raise Trouble("nothing was made")
    rows, left = _try(canary)
    good = all(row["state"] == "ok" for row in rows) and not left
    document = {"kind": "keyturn verify", "schema": 1, "user": canary.name, "good": good, "checks": rows, "left": left}
    output.answer(document, rows, _COLUMNS)
    output.line("\nRemoved: the user, its keys, its policy and its secret." if not left else "")
    for each in left:
        say(f"could not be removed: {each}")
    return 0 if good else FAILED


def _owner(notify_test: str | None, settings: Settings) -> str | None:
    """Say who shall get the letters about the canary."""
    if notify_test is None:
        return None
    if settings.notify_from is None:
        raise Trouble(
            "the stack sends no letters, and nothing was made: set notify_from in cdk.json and deploy, "
            "or leave --notify-test out"
        )
    owner = notify_test or settings.notify_from
    if not re.fullmatch(ADDRESS, owner):
        raise WrongUsage(f"--notify-test is {owner!r}: allowed is an e-mail address")
    return owner


def _canary(stack: Stack, settings: Settings, owner: str | None) -> "Canary":
    from keyturn_cli.canary.user import Canary  # noqa: PLC0415 - it knows botocore, which is not loaded for --help

    return Canary(stack, settings, f"keyturn-verify-{uuid4().hex[:12]}", owner=owner)


def _announcement(canary: "Canary") -> str:
    mail = [f"have letters about it sent to {canary.owner}, a test letter among them"] if canary.owner else []
    steps = [
        f"create user {canary.path}{canary.name} with one access key and the policy to read its own secret",
        f"have the rotator ({canary.stack.output('RotatorFunctionName')}) rotate that key; people are told as usual",
        "look at its report, both keys, the secret and its labels, and read the secret as that user",
        *mail,
        f"delete the user, its keys and its secret {canary.secret} (at once, without a recovery window)",
    ]
    return "\n".join(["This will", *(f"  {number}. {step}" for number, step in enumerate(steps, 1))])


def _try(canary: "Canary") -> tuple[list[dict[str, Any]], list[str]]:
    """Go through the trial; whatever ends it, remove what was made."""
    from keyturn_cli.canary.trial import Trial  # noqa: PLC0415 - it knows botocore, which is not loaded for --help

    rows: list[dict[str, Any]] = []
    ended = False
    # Python ends at once by SIGTERM, without a chance to remove anything: turn it into an exit.
    former = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        canary.make()
        rows.extend(checked.as_dict() for checked in Trial(canary).checks())
        ended = True
    except Trouble as trouble:
        rows.append({"check": "rotation", "state": "fail", "message": trouble.message})
        ended = True
    finally:
        with _uninterrupted():
            left = canary.remove(rotating=not ended)
        signal.signal(signal.SIGTERM, former)
        if not ended:  # an error or Ctrl-C is on its way out: nobody else will tell
            say(f"user {canary.name} and what belongs to it: {'; '.join(left) or 'removed'}")
    return rows, left


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let nobody interrupt the removal; it takes seconds."""
    former = {each: signal.signal(each, signal.SIG_IGN) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for each, handler in former.items():
            signal.signal(each, handler)
