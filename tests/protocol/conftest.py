"""The SDK's real clients on a wire to the account in memory; and a search of all that any of these tests lets out."""

from collections.abc import Callable, Iterator

import pytest

from keyturn.aws.clients import Clients
from tests.fakes.identities import SECRET_MARK
from tests.protocol.overhearing import Search, every_logger_at_debug
from tests.protocol.wire import Wire, product_clients, wired


@pytest.fixture(scope="session")
def sdk_clients() -> Clients:
    """The product's clients, kept as a Lambda keeps them."""
    return product_clients()


@pytest.fixture
def wire(sdk_clients: Clients) -> Iterator[Wire]:
    """The wire between them and whatever account is plugged in."""
    with wired(sdk_clients) as wire:
        yield wire


@pytest.fixture(autouse=True)
def _no_logger_says_a_secret(
    request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> Iterator[None]:
    """All loggers are at DEBUG, whatever is tried; a test that says secrets on purpose is marked so."""
    search = Search()
    with every_logger_at_debug(search):
        yield
    if request.node.get_closest_marker("says_secrets") is None:
        record_property("characters of logs searched for secrets", search.length)
        assert search.leaked == []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Nor does standard output or standard error hold one."""
    report: pytest.TestReport = yield  # type: ignore[assignment]  # what a wrapper is sent
    printed = report.capstdout + report.capstderr
    if SECRET_MARK in printed and item.get_closest_marker("says_secrets") is None:
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} prints a secret"
    return report  # type: ignore[return-value]  # what a wrapper hands on
