"""What the pages show in blocks: which are commands, and which test runs them."""

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from infra.bundle import ROOT

COMMANDS: Final = "sh"
OTHERS: Final = {"hcl", "ini", "json", "mermaid", "python", "text", "yaml"}
# Pages with a suite of their own, which runs all their commands. Every other page is tests/e2e/test_pages.py's.
SUITES: Final = {
    "docs/cli.md": "tests/e2e/test_cli_page.py",
    "docs/organization.md": "tests/e2e/test_org_console.py",
    "docs/report.md": "tests/e2e/test_cli_page.py",
    "docs/runbook/": "tests/e2e/test_runbook.py",
}
# `make` sets up environments before all else and some targets run for minutes, the tests among them, which would run
# themselves without an end: so a test asks it what it would do (`make -n`). What the targets do is done here.
MADE_BY: Final = {
    "setup": "whoever runs the tests: it made their environments",
    "demo": "tests/e2e/test_recording.py, whole",
    "recording": "tests/e2e/test_recording.py, into another file",
    "test": "whoever runs the tests",
    "sandbox": "tests/e2e/test_pages.py, for all pages",
    "diff": "tests/e2e/test_pages.py, in docs/sandbox.md",
    "deploy": "sandbox/cdk.py, with the same CLI, for every end-to-end test",
}
_BLOCK: Final = re.compile(r"^( *)```([^\n]*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """What stands between two fences."""

    page: str
    line: int
    language: str
    text: str


def pages() -> list[str]:
    """Name every page, by its path in the checkout."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    return sorted(path.relative_to(ROOT).as_posix() for path in found)


def blocks(page: str) -> Iterator[Block]:
    """Give a page's blocks in their order."""
    text = (ROOT / page).read_text(encoding="utf-8")
    for found in _BLOCK.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        yield Block(page, line, found[2], textwrap.dedent(found[3]))


def commands(page: str) -> list[str]:
    """Give the commands that a page shows, a text for each block."""
    return [block.text for block in blocks(page) if block.language == COMMANDS]


def suite(page: str) -> str | None:
    """Name the suite that a page has for itself."""
    return next((test for path, test in SUITES.items() if page.startswith(path)), None)
