"""For all tests: programs that can be interrupted, and at the end the table of what was tried."""

import signal
from collections import Counter
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module")
def interruptible() -> Iterator[None]:
    """Start programs as a terminal does: a job in the background has SIGINT ignored, and hands that on.

    Of a module, since other fixtures of that scope start programs, too.
    """
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, former)


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
