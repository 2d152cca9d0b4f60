"""A Chromium, and the pages in it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, sync_playwright

from keyturn_cli.main import run
from keyturn_cli.reporting.deployed import gather
from keyturn_cli.reporting.document import document
from keyturn_cli.reporting.page import report_page
from keyturn_cli.text import masked
from tests.cli.credential_report import START, Key, row, written
from tests.cli.lived import an_account

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    named = os.environ.get("KEYTURN_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if named is None:
        pytest.fail(
            "these tests need a Chromium: install it with your package manager (Debian: apt-get install chromium), "
            "or name it by KEYTURN_CHROMIUM=/path/to/it",
            pytrace=False,
        )
    # Its sandbox needs rights that root in a container does not have; what it opens here are our own files.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        try:
            found = playwright.chromium.launch(executable_path=named, args=arguments)
        except Error as error:
            pytest.fail(f"{named} does not start: {error.message}", pytrace=False)
        yield found
        found.close()


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    stack = an_account()
    path = tmp_path_factory.mktemp("pages") / "report.html"
    whole = masked(document(gather(stack, 90, stack.world.now)[0]))  # type: ignore[arg-type] # a stack in all that is asked of it
    path.write_text(report_page(whole), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def forecast(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("pages")
    rows = [row("alice", Key(60, used=0.3)), row("bob", Key(120, used=1), Key(30, used=0.5)), row("carol")]
    rows.append(row("dave", Key(300, used=1)))
    path = place / "forecast.html"
    assert run(["forecast", str(written(place, *rows)), "--start", START.isoformat(), "--report", str(path)]) == 0
    return path


@pytest.fixture(params=["report", "forecast"])
def page_file(request: pytest.FixtureRequest) -> Path:
    path: Path = request.getfixturevalue(request.param)
    return path
