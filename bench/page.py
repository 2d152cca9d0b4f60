"""docs/performance.md: the figures stand between marks, the words around them are written by hand."""

import re
from pathlib import Path
from typing import Final

from release.parts import ROOT

PAGE: Final = ROOT / "docs" / "performance.md"
IMAGES: Final = ROOT / "docs" / "images"
_PART: Final = re.compile(r"(<!-- measured: ([a-z]+) -->)\n(.*?)(<!-- end -->)", re.DOTALL)


def parts(text: str) -> dict[str, str]:
    """Give what stands between the marks, by name."""
    return {found[2]: found[3].strip() for found in _PART.finditer(text)}


def fill(figures: dict[str, str], page: Path = PAGE) -> None:
    """Put figures in the places that are named for them; the others stay.

    Raises:
        KeyError: when there is no place for one.
    """
    text = page.read_text(encoding="utf-8")
    if missing := figures.keys() - parts(text).keys():
        raise KeyError(f"{page.name} has no place for {', '.join(sorted(missing))}")
    text = _PART.sub(lambda found: f"{found[1]}\n\n{figures.get(found[2], found[3].strip())}\n\n{found[4]}", text)
    page.write_text(text, encoding="utf-8")
