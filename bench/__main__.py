"""Measures, and writes the figures into docs/performance.md; with `--counts` only what is the same everywhere."""

import platform
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from bench import asset, bound, calls, cold_start, emulated, lives, page, plots, tables, waits

SIZES_OF_ASSETS: Final = {"as shipped": asset.shipped, "with all of botocore's services": asset.with_all_services}
_BEGAN: Final = time.monotonic()


def say(what: str) -> None:
    """Tell how far it is."""
    print(f"{time.monotonic() - _BEGAN:5.0f} s  {what}", file=sys.stderr, flush=True)


def counts() -> dict[str, str]:
    """Count calls: the same on every machine."""
    scans = []
    for users, due in calls.points():
        scans += [calls.scan(users, due, known=known) for known in (False, True)]
        say(f"calls of runs over {users:,} users, {due:,} due")
    steps, days = lives.steps(), lives.days()
    say("calls of a life and of an average day")
    plots.calls(page.IMAGES / "calls.svg")
    made = {name: steps[name].total() for name in bound.FEWEST}
    plots.steps(made, {name: bound.fewest(name).total() for name in made}, page.IMAGES / "steps.svg")
    return {
        "calls": tables.calls(scans),
        "steps": tables.steps(steps),
        "needed": tables.needed(),
        "day": tables.average_day(days, steps),
        "money": tables.money(days),
    }


def sandboxed() -> dict[str, str]:
    """Count one point in the sandbox, and compare."""
    seen = emulated.counted()
    expected = calls.ours(emulated.USERS, emulated.DUE, known=False)
    say("calls of the deployed function in the sandbox")
    sentence = (
        f"{emulated.USERS} users, {emulated.DUE} first rotations: {seen.total()} calls seen, {expected} by the formula."
    )
    return {"sandbox": sentence}


def times() -> dict[str, str]:
    """Measure what depends on the machine."""
    taken = waits.waits(say)
    plots.waits(taken, page.IMAGES / "waits.svg")
    with tempfile.TemporaryDirectory() as scratch:
        assets = {name: lay_out(Path(scratch, name)) for name, lay_out in SIZES_OF_ASSETS.items()}
        sizes = {name: asset.size(place) for name, place in assets.items()}
        assets["compiled beforehand"] = asset.compiled(Path(scratch, "compiled"))
        begun = {name: cold_start.begins(place, say) for name, place in assets.items()}
    return {
        "waits": tables.waits(taken),
        "asset": tables.asset(sizes),
        "begins": tables.begins(begun),
        "machine": f"{platform.system()} on {platform.machine()}, Python {platform.python_version()}.",
    }


def main() -> None:
    """Measure, and fill the page."""
    figures = counts()
    if "--counts" not in sys.argv[1:]:
        figures |= sandboxed() | times()
    page.fill(figures)
    say(f"{page.PAGE} has {len(figures)} new figures")


if __name__ == "__main__":
    main()
