"""A Chromium, and the pages that it is shown."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Error, sync_playwright

from keyturn_cli.main import run
from keyturn_cli.reporting.deployed import gather
from keyturn_cli.reporting.document import document
from keyturn_cli.reporting.page import report_page
from keyturn_cli.text import masked
from tests.cli.credential_report import START, Key, row, written
from tests.cli.lived import an_account

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


class NoBrowser(Exception):
    """There is no browser to show the pages; the sentence says how to get one."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the Chromium of this machine.

    Raises:
        NoBrowser: when there is none, or it does not start.
    """
    path = os.environ.get("KEYTURN_CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None:
        raise NoBrowser(
            "these tests need a Chromium: install it with your package manager (Debian: apt-get install chromium), "
            "or name it by KEYTURN_CHROMIUM=/path/to/it"
        )
    # Its own sandbox needs rights that root in a container does not have; what it opens here are our own files.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path, args=arguments)
        except Error as error:
            raise NoBrowser(f"{path} does not start: {error.message}") from None
        yield browser
        browser.close()


def write_report(path: Path) -> Path:
    """Write the report of an account that has a user for each thing to tell."""
    stack = an_account()
    whole = masked(document(gather(stack, 90, stack.world.now)[0]))  # type: ignore[arg-type] # a stack in all that is asked of it
    path.write_text(report_page(whole), encoding="utf-8")
    return path


def write_forecast(path: Path) -> Path:
    """Write the page of a forecast with users who are rotated, blocked, and without keys."""
    rows = [row("alice", Key(60, used=0.3)), row("bob", Key(120, used=1), Key(30, used=0.5)), row("carol")]
    report = written(path.parent, *rows, row("dave", Key(300, used=1)))
    assert run(["forecast", str(report), "--start", START.isoformat(), "--report", str(path)]) == 0
    return path
