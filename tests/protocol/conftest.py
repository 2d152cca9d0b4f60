"""The SDK's real clients on a wire to the account in memory."""

from inspect import unwrap
from types import SimpleNamespace

import pytest
from botocore.httpsession import URLLib3Session

from keyturn.aws.clients import Clients, connect
from tests.protocol.wire import Wire


@pytest.fixture(scope="session")
def sdk_clients() -> Clients:
    """The product's own clients, kept as a Lambda keeps them; they sign with a role's credentials that are fake."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ACCESS_KEY_ID", "ASIAFAKEROTATOR00000")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "not-a-secret")
        environment.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        clients: Clients = unwrap(connect)()  # not the cached ones, which other tests may share
        return clients


@pytest.fixture
def wire(sdk_clients: Clients, monkeypatch: pytest.MonkeyPatch) -> Wire:
    """Nothing leaves this process: each request, from whatever client, meets the account in memory."""
    wire = Wire(sdk_clients)
    monkeypatch.setattr(URLLib3Session, "send", lambda _session, request: wire.send(request))
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=wire.sleep))
    return wire
