"""AWS's end of the wire: takes botocore's real HTTP requests to the account in memory, and its answers back.

All above it is real: the product's clients with their settings, serialization, signatures, retries, parsing of answers
and errors. Faults strike here, below the SDK's retries.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from inspect import unwrap
from types import SimpleNamespace
from typing import Any, Final
from urllib.parse import parse_qsl

import botocore.session
import pytest
from botocore import xform_name
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSPreparedRequest, AWSRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials
from botocore.exceptions import ReadTimeoutError
from botocore.httpsession import URLLib3Session
from botocore.model import OperationModel, ServiceModel

from keyturn.aws.clients import Clients, connect
from tests.fakes.calls import Caller, ServiceError
from tests.fakes.world import World
from tests.protocol.query import as_xml, error_as_xml, from_form

# The names that requests are signed for, where they differ.
_SIGNED_AS: Final = {"monitoring": "cloudwatch"}
_READ_TIMEOUT: Final = 20.0
_SESSION: Final = botocore.session.get_session()


def product_clients() -> Clients:
    """The product's own clients, as a Lambda makes them; they sign with a role's credentials that are fake."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ACCESS_KEY_ID", "ASIAFAKEROTATOR00000")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "not-a-secret")
        environment.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        clients: Clients = unwrap(connect)()  # not the cached ones, which other tests may share
        return clients


@contextmanager
def wired(clients: Clients) -> Iterator["Wire"]:
    """Nothing leaves this process: each request, from whatever client, meets the account in memory."""
    wire = Wire(clients)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(URLLib3Session, "send", lambda _session, request: wire.send(request))
        patch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=wire.sleep))
        # What the SDK waits by itself once it was throttled, on a clock that is not the world's.
        patch.setattr("botocore.retries.bucket.TokenBucket.acquire", lambda _bucket: wire.sleep(0))
        yield wire


@dataclass
class Wire:
    """The wire between the product's clients and the account that is plugged in."""

    clients: Clients
    world: World = field(default_factory=World)
    caller: Caller = field(default_factory=lambda: Caller("nobody"))
    sent: int = 0

    def plug(self, world: World) -> Clients:
        """Begin a run on an account, with the clients that a Lambda would have."""
        self.world, self.caller = world, world.clients().caller
        return self.clients

    def sleep(self, _seconds: float) -> None:
        """Wait as the SDK does between its attempts, but for a fixed time: its own is random."""
        self.world.sleep(1)

    def send(self, request: AWSPreparedRequest) -> AWSResponse:
        """Stand in for `URLLib3Session.send`."""
        self.sent += 1
        scope = _scope(request)
        service = _SIGNED_AS.get(scope[3], scope[3])
        model = _SESSION.get_service_model(service)
        operation, params = _asked(model, request)
        try:
            answer = self.world.call(service, xform_name(operation.name), params, self._signer(request, scope))
        except ServiceError as error:
            return _response(request, error.status, _refusal(model, error))
        except ReadTimeoutError:
            self.world.sleep(_READ_TIMEOUT)
            raise
        return _response(request, 200, _told(model, operation, answer))

    def _signer(self, request: AWSPreparedRequest, scope: list[str]) -> Caller:
        """The run itself, or the user whose key has signed, with a secret that is right if the signature is."""
        key = self.world.keys.get(scope[0])
        if key is None:
            return self.caller
        right = _signature(request, scope, key.secret) == _header(request, "Authorization").rpartition("Signature=")[2]
        return Caller(self.caller.name, self.caller.run, key.id, key.secret if right else "another secret")


def _scope(request: AWSPreparedRequest) -> list[str]:
    """The key's ID, date, region and service that a request is signed for."""
    return _header(request, "Authorization").partition("Credential=")[2].partition(",")[0].split("/")


def _header(request: AWSPreparedRequest, name: str) -> str:
    value: str | bytes = request.headers[name]
    return value.decode() if isinstance(value, bytes) else value


def _signature(request: AWSPreparedRequest, scope: list[str], secret: str) -> str:
    """Sign the request once more with a secret (SigV4)."""
    signer = SigV4Auth(Credentials(scope[0], secret), scope[3], scope[2])
    names = _header(request, "Authorization").partition("SignedHeaders=")[2].partition(",")[0].split(";")
    again = AWSRequest(method=request.method, url=request.url, data=request.body)
    for name in names:
        if name != "host":
            again.headers[name] = _header(request, name)
    again.context["timestamp"] = _header(request, "X-Amz-Date")
    return str(signer.signature(signer.string_to_sign(again, signer.canonical_request(again)), again))


def _asked(model: ServiceModel, request: AWSPreparedRequest) -> tuple[OperationModel, Mapping[str, Any]]:
    body = request.body.decode() if isinstance(request.body, bytes) else str(request.body or "")
    if model.resolved_protocol == "query":
        form = dict(parse_qsl(body, keep_blank_values=True))
        operation = model.operation_model(form["Action"])
        return operation, from_form(operation.input_shape, form)
    return model.operation_model(_header(request, "X-Amz-Target").rpartition(".")[2]), json.loads(body)


def _told(model: ServiceModel, operation: OperationModel, answer: Mapping[str, Any]) -> bytes:
    if model.resolved_protocol == "query":
        return as_xml(operation, answer)
    return json.dumps(answer, default=lambda moment: moment.timestamp()).encode()


def _refusal(model: ServiceModel, error: ServiceError) -> bytes:
    if model.resolved_protocol == "query":
        return error_as_xml(error)
    return json.dumps({"__type": error.code, "message": error.message}).encode()


@dataclass(frozen=True)
class _Body:
    content: bytes

    def stream(self) -> Iterator[bytes]:
        yield self.content


def _response(request: AWSPreparedRequest, status: int, body: bytes) -> AWSResponse:
    return AWSResponse(request.url, status, HTTPHeaders(), _Body(body))
