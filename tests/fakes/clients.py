"""boto3's face of the account: clients with its methods, answers, errors and paginators."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError, HTTPClientError, OperationNotPageableError
from botocore.exceptions import ConnectionError as ConnectionFailed
from botocore.paginate import Paginator

from keyturn.aws.clients import Clients as ProductClients
from keyturn.aws.tally import Tally
from keyturn.domain.member_role import MemberRole
from tests.fakes.calls import Caller, Response, ServiceError
from tests.fakes.models import OperationModel, operations

if TYPE_CHECKING:
    from mypy_boto3_sts import STSClient

    from tests.fakes.world import World

# botocore's standard mode sends these again (retries/standard.py). Secrets Manager's LimitExceededException is among
# them, IAM's LimitExceeded is not (fact 1.9).
THROTTLES = frozenset({"Throttling", "ThrottlingException", "Throttled", "LimitExceededException"})
TRANSIENT = frozenset({500, 502, 503, 504})


class Client:
    """One service as one caller sees it; `attempts` is botocore's `total_max_attempts`."""

    def __init__(self, world: "World", service: str, caller: Caller, attempts: int, tally: Tally) -> None:
        self._world, self._service, self._caller, self._attempts = world, service, caller, attempts
        self._tally = tally
        self._models = operations(service)
        self.meta = SimpleNamespace(region_name=world.region, partition="aws")

    def __getattr__(self, name: str) -> Callable[..., Response]:
        """The operation of that name, as a method."""
        model = self._models.get(name) if not name.startswith("_") else None
        if model is None:
            raise AttributeError(f"no operation {name!r}")
        method = partial(self._invoke, name, model)
        self.__dict__[name] = method
        return method

    def can_paginate(self, name: str) -> bool:
        return bool(self._models[name].pages)

    def get_paginator(self, name: str) -> "Paginator[Response]":
        """Botocore's own paginator over this client."""
        model = self._models[name]
        if not model.pages:
            raise OperationNotPageableError(operation_name=name)
        return Paginator(getattr(self, name), model.pages, model.botocore)

    def _invoke(self, name: str, model: OperationModel, /, **params: object) -> Response:
        for token in model.tokens:
            params.setdefault(token, self._world.fresh_token())
        model.validate(params)
        for attempt in range(1, self._attempts + 1):
            last = attempt == self._attempts
            try:
                answer = self._world.call(self._service, name, params, self._caller)
            except ServiceError as error:
                self._tally.count(error.code)
                if last or not (error.code in THROTTLES or error.status in TRANSIENT):
                    raise _client_error(error, model.name) from None
            except (ConnectionFailed, HTTPClientError):
                self._tally.count(None)
                if last:
                    raise
            else:
                self._tally.count(None)
                return answer | {"ResponseMetadata": {"HTTPStatusCode": 200, "RetryAttempts": attempt - 1}}
        raise ValueError("a client makes at least one attempt")


def _client_error(error: ServiceError, operation: str) -> ClientError:
    told: Any = {
        "Error": {"Code": error.code, "Message": error.message},
        "ResponseMetadata": {"HTTPStatusCode": error.status},
    }
    return ClientError(told, operation)


@dataclass(frozen=True)
class Clients(ProductClients):
    """The clients of one caller, in the very form that the product takes; `own_sts` signs as the caller itself."""

    caller: Caller = field(kw_only=True)
    own_sts: "STSClient" = field(kw_only=True)


def connect(world: "World", caller: Caller, attempts: int = 1) -> Clients:
    """Make a caller's clients; `iam_once` and `sts` never send a request twice, whatever `attempts` says."""
    tally = Tally()

    def client(service: str, attempts: int = attempts, signer: Caller = caller) -> Any:  # noqa: ANN401 - any service's
        return Client(world, service, signer, attempts, tally)

    def sts(access_key_id: str, secret_access_key: str, session_token: str | None = None) -> "STSClient":
        signer = Caller(caller.name, caller.run, access_key_id, secret_access_key, session_token)
        return cast("STSClient", client("sts", 1, signer))

    def member(role: MemberRole) -> ProductClients:
        lent = world.lend(role)
        own = ("iam", "iam_once", "secretsmanager", "cloudwatch", "sts")
        return replace(clients, **{name: getattr(lent, name) for name in own})

    clients = Clients(
        iam=client("iam"),
        iam_once=client("iam", 1),
        secretsmanager=client("secretsmanager"),
        cloudwatch=client("cloudwatch"),
        events=client("events"),
        sns=client("sns"),
        ses=client("ses"),
        sts=sts,
        member=member,
        tally=tally,
        caller=caller,
        own_sts=client("sts"),
    )
    return clients
