"""The SDK's real clients on a wire to the account in memory."""

from collections.abc import Iterator

import pytest

from keyturn.aws.clients import Clients
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
