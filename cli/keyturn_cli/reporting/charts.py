"""Where the page's drawings have their marks; all across is in hundredths of the width, so that it fits any screen."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

Key = Mapping[str, Any]
_MOST_TICKS: Final = 7
_BARS_TO_THE_LIMIT: Final = 6
_ACTIVE_STAGES: Final = {"Current", "Grace"}


def moment(text: str) -> datetime:
    """Read a moment of a document."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


@dataclass(frozen=True)
class Axis:
    """A stretch of time that is drawn from left to right; `today` is where what is planned begins."""

    begins: datetime
    ends: datetime
    today: datetime

    @classmethod
    def of(cls, keys: Iterable[Key], begins: datetime, today: datetime) -> "Axis":
        """Give the axis on which everything that is planned finds its place."""
        planned = [moment(each["to"]) for key in keys for each in key["periods"]]
        return cls(begins, max([*planned, today]) + (today - begins) / 20, today)

    def at(self, when: datetime) -> float:
        """The place of a moment; what is beyond an end is at that end."""
        return round(min(100.0, max(0.0, 100 * (when - self.begins) / (self.ends - self.begins))), 2)

    @property
    def now(self) -> float:
        """The place of today."""
        return self.at(self.today)

    def ticks(self) -> list[tuple[float, str]]:
        """Firsts of months, not too many of them."""
        firsts = list(self._firsts())
        step = -(-len(firsts) // _MOST_TICKS) or 1
        return [(self.at(each), f"{each:%b %Y}") for each in firsts[::step]]

    def _firsts(self) -> Iterator[datetime]:
        each = self.begins.replace(day=1, hour=0, minute=0, second=0)
        while (each := (each + timedelta(days=32)).replace(day=1)) < self.ends:
            yield each


@dataclass(frozen=True)
class Bar:
    """A stretch of a key's life: where, how wide, of which kind, and what it says."""

    x: float
    width: float
    kind: str
    says: str


def bars(key: Key, limit: timedelta, axis: Axis) -> Iterator[Bar]:
    """Draw a key's life, and over it the time in which it is Active and older than it may get."""
    for each in key["periods"]:
        kind = each["stage"].lower() + (" planned" if each["planned"] else "")
        yield from _bar(moment(each["from"]), moment(each["to"]), kind, _said(each), axis)
    active = [each for each in key["periods"] if each["stage"] in _ACTIVE_STAGES and not each["planned"]]
    if active and key["created"] is not None:
        over = max(moment(key["created"]) + limit, moment(active[0]["from"]))
        yield from _bar(over, moment(active[-1]["to"]), "over", f"over the limit since {over:%Y-%m-%d}", axis)


def _bar(begins: datetime, ends: datetime, kind: str, says: str, axis: Axis) -> Iterator[Bar]:
    left, right = axis.at(begins), axis.at(ends)
    if begins < ends and left < 100 and right > 0:  # noqa: PLR2004 - the whole width
        yield Bar(left, round(max(right - left, 0.2), 2), kind, says)


def _said(period: Mapping[str, Any]) -> str:
    planned = ", planned" if period["planned"] else ""
    return f"{period['stage']} from {period['from'][:10]} to {period['to'][:10]}{planned}"


def sentence(keys: Iterable[Key]) -> str:
    """Say what the drawing of a user's keys shows."""
    said = (f"{key['id']}: {'; '.join(map(_said, key['periods']))}" for key in keys)
    return ". ".join(said) or "no keys"


@dataclass(frozen=True)
class Column:
    """A column of the ages' drawing."""

    x: float
    width: float
    height: float
    number: int
    first: int
    last: int | None
    over: bool

    @property
    def label(self) -> str:
        """Its range of days."""
        return f"over {self.first - 1}" if self.last is None else f"{self.first} to {self.last}"

    @property
    def short(self) -> str:
        """The same, next to its neighbours."""
        return "older" if self.last is None else f"to {self.last}"


def ages(days: Iterable[float], limit: int) -> list[Column]:
    """Sort ages in days into columns: six up to the limit, and two beyond it, be it by an hour."""
    edges = [round(limit * each / _BARS_TO_THE_LIMIT) for each in range(_BARS_TO_THE_LIMIT)]
    starts = [*edges, limit + 1, 2 * limit + 1]
    numbers = [0] * len(starts)
    for age in days:
        within = sum(age >= edge for edge in edges[1:])
        numbers[within if age <= limit else len(edges) + (age > 2 * limit)] += 1
    most = max([*numbers, 1])
    width = 100 / len(starts)
    return [
        Column(
            x=round(index * width + width / 8, 2),
            width=round(width * 3 / 4, 2),
            height=round(100 * number / most, 1),
            number=number,
            first=start,
            last=starts[index + 1] - 1 if index + 1 < len(starts) else None,
            over=start > limit,
        )
        for index, (start, number) in enumerate(zip(starts, numbers, strict=True))
    ]


def steps(series: Iterable[int], most: int) -> str:
    """Give the points of a polygon that shows a number a day, in a box of 1000 by 100 with zero at its bottom."""
    numbers = list(series)
    wide = 1000 / max(1, len(numbers))
    top = max(1, most)
    points = [(0.0, 100.0)]
    for day, number in enumerate(numbers):
        height = 100 - 100 * number / top
        points += [(day * wide, height), ((day + 1) * wide, height)]
    points.append((1000.0, 100.0))
    return " ".join(f"{x:.4g},{y:.4g}" for x, y in points)
