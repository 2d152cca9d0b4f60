"""What ends a command early: one line on standard error, and an exit code."""

from pathlib import Path

import click

from keyturn_cli.text import plain

FAILED, USAGE, FINDINGS = 1, 2, 3
# As shells report a process that Ctrl-C ended.
INTERRUPTED = 130


class Trouble(click.ClickException):
    """The command cannot be done; the sentence says why, and what to do."""

    exit_code = FAILED


class WrongUsage(Trouble):
    """The command was asked for in a way that means nothing."""

    exit_code = USAGE


def say(message: str) -> None:
    """Write one line on standard error."""
    click.echo(f"keyturn: {plain(message)}", err=True)


def write(text: str, path: Path | None) -> None:
    """Write an answer to a file, or on standard output.

    Raises:
        Trouble: when it can't be written.
    """
    if path is None:
        click.echo(text, nl=False)
        return
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Trouble(f"{path} cannot be written: {error.strerror}") from None
