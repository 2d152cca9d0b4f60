"""The runbook's pages, and the commands that they show."""

import re
from dataclasses import dataclass
from typing import Final

from infra.bundle import ROOT
from tests.shown import commands

FOLDER: Final = ROOT / "docs/runbook"
SECTIONS: Final = ["What it means", "Does anything break today?", "Check", "Fix", "Undo", "Whom to call"]


@dataclass(frozen=True)
class Page:
    """One page: its name and its text."""

    name: str

    @property
    def text(self) -> str:
        """All of it."""
        return (FOLDER / f"{self.name}.md").read_text(encoding="utf-8")

    @property
    def headings(self) -> list[str]:
        """Its sections' headings."""
        return re.findall(r"^## (.*)$", self.text, re.MULTILINE)

    @property
    def commands(self) -> list[str]:
        """What it shows to be run, a block each."""
        return commands(f"docs/runbook/{self.name}.md")


INDEX: Final = Page("README")
PAGES: Final = [Page(path.stem) for path in sorted(FOLDER.glob("*.md")) if path.stem != INDEX.name]
