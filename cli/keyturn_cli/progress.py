"""Says on standard error that something is under way: a spinner on a terminal, else a line after a second."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from keyturn_cli.output import console_of
from keyturn_cli.trouble import say

_PATIENCE: Final = 1.0


@contextmanager
def working(text: str) -> Iterator[None]:
    """Say what is done while the block runs."""
    console = console_of(sys.stderr)
    if console.is_terminal:
        with console.status(text):
            yield
        return
    with _told_later(f"{text} …"):
        yield


@contextmanager
def counting(text: str, total: int) -> Iterator[Callable[[], object]]:
    """Show how far the block is, which calls what it is given once for each of `total` steps."""
    console = console_of(sys.stderr)
    if console.is_terminal:
        columns = TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn()
        with Progress(*columns, console=console, transient=True) as progress:
            task = progress.add_task(text, total=total)
            yield lambda: progress.advance(task)
        return
    with _told_later(f"{text} …"):
        yield lambda: None


@contextmanager
def _told_later(line: str) -> Iterator[None]:
    timer = threading.Timer(_PATIENCE, say, [line])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
