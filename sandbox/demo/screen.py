"""The screen: tells the story as it happens, on a terminal with progress and timelines, elsewhere in plain lines."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from sandbox.demo import timeline
from sandbox.demo.life import Day
from sandbox.demo.people import Person

# Beside the timeline: the longest name and the padding.
MARGIN, NARROWEST = 26, 30
# Where nobody says how wide it is: in a log.
LINE = 120
STYLES = {"CreateKey": "green", "DeactivateKey": "yellow", "DeleteKey": "blue", "ReactivateKey": "magenta"}


class Screen:
    """Knows what to show, and whether the terminal can show it moving."""

    def __init__(self, people: Sequence[Person], days: int, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False, soft_wrap=True)
        if not self.console.is_terminal:
            self.console.width = LINE
        self._shown = [person for person in people if not person.name.startswith("worker-")]
        self._signs: dict[str, str] = defaultdict(str)
        self._held: dict[str, str] = {}
        self._progress = Progress(
            TextColumn("[bold]day {task.completed:>3}"), BarColumn(None), TimeElapsedColumn(), console=self.console
        )
        self._task = self._progress.add_task("", total=days)

    def say(self, text: str) -> None:
        """Tell a step of the way."""
        self.console.print(text)

    @contextmanager
    def living(self) -> Iterator[None]:
        """Keep progress and timelines below the story while the block runs."""
        if not self.console.is_terminal:
            yield
            return
        with Live(console=self.console, get_renderable=self._picture, refresh_per_second=8, transient=True):
            yield

    def tell(self, day: Day) -> None:
        """Tell a day: what was done and why, and who waits for a person."""
        turns = {turn["user"]: turn for turn in day.run.turns}
        for person in self._shown:
            turn = turns.get(person.name)
            self._signs[person.name] += timeline.sign(turn, day.sights[person.name])
            if turn and self._is_news(turn):
                self.console.print(line(day, turn))
        if others := Counter(
            turn["action"] for turn in day.run.turns if turn["user"].startswith("worker-") and turn["action"] != "Hold"
        ):
            counted = ", ".join(f"{action} {count}" for action, count in sorted(others.items()))
            self.console.print(f"day {day.number:>3}  ordinary users: {counted}")
        for sentence in day.broken:
            self.console.print(Text(f"day {day.number:>3}  BROKEN  {sentence}", style="bold red"))
        self._progress.update(self._task, completed=day.number)

    def introduce(self) -> None:
        """Tell who lives here."""
        table = Table(box=None, padding=(0, 1), show_header=False)
        for person in self._shown:
            table.add_row(person.name, Text(person.situation, style="dim"))
        self.console.print(table)

    def timelines(self, columns: int | None = None) -> Table:
        """Show every user's timeline, as wide as the screen is unless told otherwise."""
        width = max((columns or self.console.width) - MARGIN, NARROWEST)
        table = Table(box=None, padding=(0, 1), show_header=False)
        for person in self._shown:
            signs = Text(timeline.fit(self._signs[person.name], width))
            for action, style in STYLES.items():
                signs.highlight_words([timeline.SIGNS[action]], style)
            signs.highlight_words([timeline.HELD, timeline.FAILED], "bold red")
            table.add_row(person.name, signs)
        return table

    def _picture(self) -> RenderableType:
        return Group(self.timelines(), Text(timeline.LEGEND, style="dim"), self._progress)

    def _is_news(self, turn: dict[str, Any]) -> bool:
        user, reason = turn["user"], turn["reason"] if timeline.is_held(turn) else ""
        known, self._held[user] = self._held.get(user, ""), reason
        return turn["action"] != "Hold" or (bool(reason) and reason != known)


def line(day: Day, turn: dict[str, Any]) -> Text:
    """Say in a line what a day brought a user, and why."""
    style = "bold red" if turn["outcome"] == "Failed" else STYLES.get(turn["action"], "cyan")
    said = Text(f"day {day.number:>3}  {turn['user']:<13} ")
    said.append(f"{turn['action']:<14}", style=style)
    said.append(f" {turn['reason']:<22} {turn['message']}", style="dim" if turn["action"] == "Hold" else "")
    return said
