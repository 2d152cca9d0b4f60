"""The recording: what the demo shows, shortened, as a picture of a terminal that plays by itself."""

import io
import re
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path
from string import Template
from typing import Final

from rich.console import Console, RenderableType
from rich.table import Table
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from sandbox.demo import screen, timeline
from sandbox.demo.life import Day
from sandbox.demo.summary import Figure

COLUMNS: Final = 104
# Whose days are told in words, up to the end of its first key.
HERO, LAST = "payments", "DeleteKey"
SECONDS: Final = 12
# GitHub's dark pages have these; dim text, too, is easily read in them. On a light page it is a terminal all the same.
BLACK, WHITE = (13, 17, 23), (230, 237, 243)
RED, GREEN, YELLOW, BLUE = (255, 123, 114), (63, 185, 80), (210, 153, 34), (88, 166, 255)
MAGENTA, CYAN = (210, 168, 255), (57, 197, 207)
THEME: Final = TerminalTheme(BLACK, WHITE, [BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE])
# In the place of rich's own, which asks another host for a font.
_PICTURE: Final = Template(Path(__file__).with_suffix(".svg").read_text(encoding="utf-8"))
# As high as rich draws a line.
_LINE: Final = 24.4
_KEY_ID: Final = re.compile(r"(AKIA)\w+(\w{4})")


class Recording:
    """A terminal at which nobody sits."""

    def __init__(self) -> None:
        self._console = Console(record=True, file=io.StringIO(), width=COLUMNS, force_terminal=True, highlight=False)
        self._print(Text("$ make demo", style="bold"))
        self._is_told = False

    def tell(self, day: Day) -> None:
        """Tell what was done for one user until its first key is gone."""
        for turn in day.run.turns:
            if turn["user"] == HERO and turn["outcome"] == "Done" and not self._is_told:
                self._print(screen.line(day, {**turn, "message": _KEY_ID.sub(r"\1…\2", turn["message"])}))
                self._is_told = turn["action"] == LAST

    def picture(self, timelines: Table, figures: Sequence[Figure], excuses: Sequence[str], verdict: str) -> str:
        """Give the picture: the story so far, everybody's timelines, the figures and the verdict."""
        self._print(Text())
        top = self._rows
        self._print(timelines)
        bottom = self._rows
        signs = timeline.LEGEND.split("   ")
        half = -(-len(signs) // 2)
        for part in (signs[:half], signs[half:]):
            self._print(Text(" " + "   ".join(part), style="dim"))
        below = self._rows
        self._print(Text())
        self._print(_two_by_two(figures))
        for excuse in excuses:
            self._print(Text(f"     {excuse}", style="dim"))
        self._print(Text(f"\n {verdict}", style="bold green"))
        template = _PICTURE.substitute(
            label=f"A recording of make demo: {verdict}",
            background=THEME.background_color.hex,
            seconds=SECONDS,
            columns=COLUMNS,
            top=top * _LINE,
            high=(bottom - top) * _LINE,
            below=below * _LINE,
        )
        return self._console.export_svg(title="Keyturn", theme=THEME, code_format=template, unique_id="demo")

    @property
    def _rows(self) -> int:
        return self._console.export_text(clear=False).count("\n")

    def _print(self, what: RenderableType) -> None:
        self._console.print(what, no_wrap=True, overflow="ellipsis")


def _two_by_two(figures: Sequence[Figure]) -> Table:
    table = Table(box=None, padding=(0, 1), show_header=False)
    half = -(-len(figures) // 2)
    for left, right in zip_longest(figures[:half], figures[half:], fillvalue=Figure("", "")):
        table.add_row(left.what, left.value, "", right.what, right.value)
    return table
