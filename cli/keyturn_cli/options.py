"""The options that commands share, handed over as one value each."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from keyturn_cli.output import Format, Output

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True)
class Target:
    """Which stack, with whose credentials, where; None is what AWS's own tools take by themselves."""

    stack: str | None = None
    profile: str | None = None
    region: str | None = None


def output_options(function: Command) -> Command:
    """Add --output and --full; the command gets `output`."""

    @click.option(
        "--output",
        "-o",
        "format_",
        type=click.Choice(list(map(str, Format))),
        default="table",
        help="How to show the answer.",
    )
    @click.option("--full", is_flag=True, help="Show access key IDs whole, not as AKIA…WXYZ.")
    @functools.wraps(function)
    def with_output(*args: object, format_: str, full: bool, **others: object) -> object:
        return function(*args, output=Output(Format(format_), full), **others)

    return with_output  # type: ignore[return-value] # click's decorators change what a function takes


def stack_options(function: Command) -> Command:
    """Add --stack, --profile and --region; the command gets `connect`, which finds the stack that they name."""

    @click.option(
        "--stack",
        "stack_name",
        envvar="KEYTURN_STACK",
        metavar="NAME",
        help="The deployed stack; by default Keyturn, or else the one that is tagged keyturn:stack.",
    )
    @click.option("--profile", metavar="NAME", help="The AWS profile, as AWS_PROFILE would say.")
    @click.option("--region", metavar="NAME", help="The stack's region, as AWS_REGION would say.")
    @functools.wraps(function)
    def with_stack(
        *args: object, stack_name: str | None, profile: str | None, region: str | None, **others: object
    ) -> object:
        from keyturn_cli import sessions, stack  # noqa: PLC0415 - boto3 is not loaded before it is needed

        target = Target(stack_name, profile, region)
        with sessions.explained(target):
            return function(*args, connect=lambda: stack.find(target), **others)

    return with_stack  # type: ignore[return-value] # click's decorators change what a function takes


exit_code_option = click.option(
    "--exit-code", is_flag=True, help="End with exit code 3 when there is something to look at."
)
