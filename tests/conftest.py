"""At the end of the tests, the table of what was tried."""

from collections import Counter

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Add up the numbers that tests, and their fixtures, gave to `record_property`, also in other processes."""
    stats = terminalreporter.stats
    passed = {report.nodeid for report in stats.get("passed", ())}
    figures = Counter[str]()
    for report in stats.get("", ()):
        if report.when == "teardown" and report.nodeid in passed:  # by then all of them are given
            figures.update({name: value for name, value in report.user_properties if isinstance(value, int)})
    if figures:
        terminalreporter.section("what was tried")
        for name, number in sorted(figures.items()):
            terminalreporter.write_line(f"{number:>13,} {name}")
