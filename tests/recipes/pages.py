"""The recipes' pages, and the lines in them that are tried."""

import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
RECIPES: Final = ROOT / "docs" / "recipes"


def page(name: str) -> str:
    """The text of a recipe."""
    return (RECIPES / f"{name}.md").read_text(encoding="utf-8")


def blocks(name: str, language: str) -> list[str]:
    """The code blocks of a recipe in one language, in their order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", page(name), re.MULTILINE | re.DOTALL)
