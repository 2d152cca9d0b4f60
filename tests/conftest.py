"""At the end of the tests, the table of what was tried."""

from collections import Counter

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Add up the numbers that tests gave to `record_property`, also those that other processes ran."""
    figures = Counter[str]()
    for report in terminalreporter.stats.get("passed", ()):
        figures.update({name: value for name, value in report.user_properties if isinstance(value, int)})
    if figures:
        terminalreporter.section("what was tried")
        for name, number in figures.items():
            terminalreporter.write_line(f"{number:>9,} {name}")
