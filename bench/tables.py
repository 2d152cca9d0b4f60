"""The figures as tables in Markdown."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from operator import truediv
from statistics import median
from typing import Final

from bench.asset import Size
from bench.bound import FEWEST, fewest
from bench.calls import PEERS, Scan, ours
from bench.cold_start import Begin
from bench.lives import CYCLE, EVERYBODYS, USERS, Day
from bench.waits import Wait
from keyturn_cli.forecasting import prices

_MEGABYTE: Final = 1_000_000


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Write a table; numbers stand at the right."""
    lines = [list(map(_shown, row)) for row in rows]
    rule = ["---" if not _number(row) else "---:" for row in (lines[0] if lines else head)]
    return "\n".join(f"| {' | '.join(row)} |" for row in [list(head), rule, *lines])


def _shown(cell: object) -> str:
    return f"{cell:,}" if isinstance(cell, int) else str(cell)


def _number(cell: str) -> bool:
    return cell.removesuffix(" %").replace(",", "").replace(".", "").isdigit()


def calls(scans: Iterable[Scan]) -> str:
    """Calls of runs, by users and keys that are due, beside the formulas."""
    pairs: dict[tuple[int, int], dict[bool, Scan]] = {}
    for each in scans:
        pairs.setdefault((each.users, each.due), {})[each.known] = each
    head = ["users", "due", "first rotations", "formula", "later rotations", "formula", *PEERS]
    return table(
        head,
        (
            [users, due, *_counted(users, due, both), *(peer.calls(users, due) for peer in PEERS.values())]
            for (users, due), both in pairs.items()
        ),
    )


def _counted(users: int, due: int, both: Mapping[bool, Scan]) -> list[int]:
    return [figure for known in (False, True) for figure in (both[known].calls, ours(users, due, known=known))]


def steps(counted: Mapping[str, Counter[str]]) -> str:
    """Calls of each step of a life, the fewest that could do it, the ratio, and what is more than that."""
    rows = []
    for step in FEWEST:
        made, least = counted[step], fewest(step)
        more = ", ".join(f"{times} × {_camel(name)}" for name, times in (made - least).items())  # noqa: RUF001 - times
        rows.append([step, made.total(), least.total(), f"{made.total() / least.total():.2f}", more])
    return table(["step", "calls", "fewest", "ratio", "calls beyond the fewest"], rows)


def needed() -> str:
    """Each call of the bound, and what it is for."""
    rows = [[step, need.times, f"`{_camel(need.operation)}`", need.why] for step in FEWEST for need in FEWEST[step]]
    return table(["step", "times", "call", "what it is for"], rows)


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def average_day(days: Sequence[Day], counted: Mapping[str, Counter[str]]) -> str:
    """What a run of an average day makes, by what for, beside the fewest that could do it."""
    made: Counter[str] = sum((day.calls for day in days), Counter())
    cycle = ("a later rotation", "a deactivation", "a deletion")
    acts, least = sum(counted[step].total() for step in cycle), sum(fewest(step).total() for step in cycle)
    lists = round(sum(made[name] for name in EVERYBODYS) / len(days))
    looks = round(made.total() / len(days)) - acts - lists
    each = counted["a look at a user who waits"].total()
    rows = {
        "the lists about everybody, and the message": (lists, lists),
        "one rotation, one deactivation, one deletion": (acts, least),
        f"looks at the {looks // each} users who wait, {each} calls each": (looks, 0),
        "together": (lists + acts + looks, lists + least),
    }
    return table(
        ["calls of a day", f"of {USERS} users", "a user", "fewest"],
        ([name, calls, f"{calls / USERS:.2f}", bound] for name, (calls, bound) in rows.items()),
    )


def money(days: Sequence[Day], users: int = 1_000) -> str:
    """What a number of users costs a month, at list prices."""
    rotations = users / CYCLE * 30
    lines = prices.monthly(users, rotations)
    secret_calls = sum(sum(day.calls[name] for name in _SECRETS) for day in days) / len(days) / USERS * users * 30
    lines["secrets_manager_calls"] = round(secret_calls / 10_000 * prices.TEN_THOUSAND_SECRET_CALLS, 2)
    lines["total"] = round(sum(cost for name, cost in lines.items() if name != "total"), 2)
    rows = [[name.replace("_", " ").replace("kms", "KMS"), f"{cost:.2f}"] for name, cost in lines.items()]
    return table(["paid for", f"US$ a month for {users:,} users"], rows)


_SECRETS: Final = (
    "create_secret",
    "describe_secret",
    "list_secrets",
    "list_secret_version_ids",
    "put_secret_value",
    "tag_resource",
    "untag_resource",
    "update_secret_version_stage",
)


def waits(taken: Iterable[Wait]) -> str:
    """How long runs took, by how many users at once; times as fast as one at once in the same round."""
    by: dict[int, dict[int, Wait]] = {}
    for each in taken:
        by.setdefault(each.at_once, {})[each.milliseconds] = each
    alone = by[1]
    rows = [
        [
            at_once,
            *(
                f"{waits[ms].median:.2f} ({min(waits[ms].seconds):.2f} to {max(waits[ms].seconds):.2f})"
                for ms in sorted(waits)
            ),
            f"{median(each / here for each, here in zip(alone[60].seconds, waits[60].seconds, strict=False)):.1f}",
        ]
        for at_once, waits in by.items()
    ]
    return table(["users at once", "0 ms a call: seconds", "60 ms a call: seconds", "times as fast"], rows)


def asset(sizes: Mapping[str, Size]) -> str:
    """How large the asset is."""
    rows = [
        [name, size.files, f"{size.bytes / _MEGABYTE:.1f}", f"{size.zipped / _MEGABYTE:.1f}"]
        for name, size in sizes.items()
    ]
    return table(["asset", "files", "MB", "MB zipped"], rows)


def begins(taken: Mapping[str, Mapping[str, Begin]]) -> str:
    """How programs begin, by asset; times as long as the first of the same turn."""
    rows = []
    for asset, programs in taken.items():
        first = next(iter(programs.values()))
        for name, begin in programs.items():
            low, high = begin.quartiles
            ratio = f"{median(map(truediv, begin.milliseconds, first.milliseconds)):.2f}"
            rows.append([asset, name, f"{begin.middle:.0f}", f"{low:.0f} to {high:.0f}", ratio, f"{begin.memory:.0f}"])
    return table(["asset", "program", "ms, median", "half lie in", "times the first", "MB at most"], rows)
