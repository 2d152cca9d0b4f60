"""`keyturn`: the commands, the exit codes, and how any error becomes one line."""

import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Final

import click

from keyturn import __version__
from keyturn_cli.trouble import FAILED, INTERRUPTED, USAGE, say

# In the order in which they are usually needed.
COMMANDS: Final = (
    "forecast",
    "doctor",
    "verify",
    "plan",
    "rotate",
    "status",
    "rollback",
    "history",
    "report",
    "completion",
)


class _Commands(click.Group):
    """Loads a command when it is asked for, from the module of its name."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"keyturn_cli.{cmd_name}").command
        return command


@click.group(
    cls=_Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="keyturn")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Rotate the access keys of IAM users, and see what is done to them and why.

    \b
    Try it on your own account's data, without any access to AWS:
      keyturn forecast credential-report.csv
    With a deployed stack:
      keyturn doctor
      keyturn plan
      keyturn status alice

    Exit codes: 0 done, 1 failed, 2 asked for in a wrong way; with --exit-code, 3 when there is something to look at.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command and answer its exit code."""
    try:
        code = cli.main(arguments, prog_name="keyturn", standalone_mode=False)
        sys.stdout.flush()
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx else "keyturn"
        say(f"{error.format_message()} See '{path} --help'.")
        return USAGE
    except click.ClickException as error:
        say(error.format_message())
        return error.exit_code
    except (click.exceptions.Abort, KeyboardInterrupt):
        say("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        # Nobody reads any more; what is still buffered must not fail once more at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as error:  # noqa: BLE001 - told by kind and place: a message might carry what must not be seen
        place = traceback.extract_tb(error.__traceback__)[-1]
        say(f"unexpected {type(error).__name__} in {place.name} ({place.filename}:{place.lineno}): please report it")
        return FAILED
    return code if isinstance(code, int) else 0


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character shows its spelling, rather than end the command.
        getattr(stream, "reconfigure", lambda **_: None)(errors="backslashreplace")
    sys.exit(run())


if __name__ == "__main__":
    main()
