"""Shows an answer: a table for people, JSON and CSV for programs; colours on a terminal only, never a pager."""

import csv
import io
import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TextIO

import click
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from keyturn_cli.text import masked, plain

Row = Mapping[str, Any]
# Wide enough for any line: what a pipe reads is never cut or wrapped.
_WIDE: Final = 100_000
_STYLES: Final = {
    "ok": "green",
    "OK": "green",
    "Done": "green",
    "Planned": "cyan",
    "warn": "yellow",
    "Blocked": "yellow",
    "fail": "bold red",
    "Failed": "bold red",
    "Overdue": "bold red",
    "Unreachable": "bold red",
    "Unreadable": "bold red",
    "Incomplete": "yellow",
}


class Format(StrEnum):
    """How an answer is shown."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


@dataclass(frozen=True)
class Column:
    """One column of a table: the rows' field, its heading, and whether it is a number."""

    field: str
    title: str
    number: bool = False


@dataclass(frozen=True)
class Output:
    """Where and how a command's answer goes."""

    format: Format = Format.TABLE
    full: bool = False

    def answer(self, document: Mapping[str, Any], rows: Iterable[Row], columns: Sequence[Column]) -> None:
        """Show an answer: JSON is the whole document, CSV the rows with all their fields, a table the columns."""
        match self.format:
            case Format.JSON:
                # In ASCII, so that nothing in it moves a terminal.
                click.echo(json.dumps(self._shown(document), indent=2))
            case Format.CSV:
                click.echo(as_csv([self._shown(row) for row in rows], columns), nl=False)
            case Format.TABLE:
                self.table(rows, columns)

    def table(self, rows: Iterable[Row], columns: Sequence[Column], *, err: bool = False) -> None:
        """Show rows as a table, in whatever format the answer is."""
        console = console_of(sys.stderr if err else sys.stdout)
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
        for column in columns:
            table.add_column(column.title, justify="right" if column.number else "left", overflow="fold")
        for row in rows:
            shown = self._shown(row)
            table.add_row(*(_cell(shown.get(column.field)) for column in columns))
        console.print(table)

    def line(self, text: str = "", *, err: bool = False) -> None:
        """Show lines beside a table; a program that reads JSON or CSV gets them on standard error only."""
        if err or self.format is Format.TABLE:
            click.echo("\n".join(map(plain, self._shown(text).split("\n"))), err=err)

    def _shown(self, value: Any) -> Any:  # noqa: ANN401 - whatever JSON may hold
        return value if self.full else masked(value)


def console_of(stream: TextIO) -> Console:
    """Make a console that writes no escape sequence where nobody, or nobody who wants it, would see its effect."""
    terminal = stream.isatty()
    coloured = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Console(
        file=stream,
        force_terminal=coloured,
        color_system="auto" if coloured else None,
        width=None if terminal else _WIDE,
        markup=False,
        highlight=False,
        emoji=False,
    )


def _cell(value: Any) -> Text:  # noqa: ANN401 - whatever JSON may hold
    text = _written(value)
    return Text(text, style=_STYLES.get(text, ""))


def _written(value: Any) -> str:  # noqa: ANN401 - whatever JSON may hold
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case list():
            return "; ".join(map(_written, value))
        case dict():
            return json.dumps(value)
        case _:
            return plain(str(value))


def as_csv(rows: Sequence[Row], columns: Sequence[Column]) -> str:
    """Write rows with all their fields, those of the columns first."""
    fields = list(dict.fromkeys([*(column.field for column in columns), *(field for row in rows for field in row)]))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(fields)
    writer.writerows([_written(row.get(field)) for field in fields] for row in rows)
    return text.getvalue()
