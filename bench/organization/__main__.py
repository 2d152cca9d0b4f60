"""Simulates tours through large organizations, and writes what comes out into docs/performance.md."""

import argparse
import sys
import time
from typing import Final

from bench import page
from bench.organization import plots, tables
from bench.organization.findings import findings
from bench.organization.study import Study

_BEGAN: Final = time.monotonic()


def say(what: str) -> None:
    """Tell how far it is."""
    print(f"{time.monotonic() - _BEGAN:5.0f} s  {what}", file=sys.stderr, flush=True)


def main() -> None:
    """Simulate, and fill the page."""
    parser = argparse.ArgumentParser(prog="python -m bench.organization", description=__doc__)
    parser.add_argument("--show", action="store_true", help="print the tables, and leave page and picture alone")
    asked = parser.parse_args()
    study = Study(say)
    made = tables.all_of_them(study) | {"findings": findings(study)}
    if asked.show:
        for name, table in made.items():
            print(f"\n{name}\n\n{table}")
        return
    plots.capacity(study, page.IMAGES / "capacity.svg")
    page.fill(made)
    say(f"{page.PAGE} has {len(made)} new tables")


if __name__ == "__main__":
    main()
