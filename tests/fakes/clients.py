"""boto3's face of the account: clients with its methods, answers, errors and paginators."""

from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError, HTTPClientError, OperationNotPageableError
from botocore.exceptions import ConnectionError as ConnectionFailed
from botocore.paginate import Paginator

from tests.fakes.calls import Caller, Response, ServiceError
from tests.fakes.models import OperationModel, operations

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sts import STSClient

    from tests.fakes.world import World

# botocore's standard mode sends these again (retries/standard.py). Secrets Manager's LimitExceededException is among
# them, IAM's LimitExceeded is not (fact 1.9).
THROTTLES = frozenset({"Throttling", "ThrottlingException", "Throttled", "LimitExceededException"})
TRANSIENT = frozenset({500, 502, 503, 504})


class Client:
    """One service as one caller sees it; `attempts` is botocore's `total_max_attempts`."""

    def __init__(self, world: "World", service: str, caller: Caller, attempts: int) -> None:
        self._world, self._service, self._caller, self._attempts = world, service, caller, attempts
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
                if last or not (error.code in THROTTLES or error.status in TRANSIENT):
                    raise _client_error(error, model.name) from None
            except (ConnectionFailed, HTTPClientError):
                if last:
                    raise
            else:
                return answer | {"ResponseMetadata": {"HTTPStatusCode": 200, "RetryAttempts": attempt - 1}}
        raise ValueError("a client makes at least one attempt")


def _client_error(error: ServiceError, operation: str) -> ClientError:
    told: Any = {
        "Error": {"Code": error.code, "Message": error.message},
        "ResponseMetadata": {"HTTPStatusCode": error.status},
    }
    return ClientError(told, operation)


class Clients:
    """The clients of one caller; `iam_once` never sends a request twice, whatever `attempts` says."""

    def __init__(self, world: "World", caller: Caller, attempts: int = 1) -> None:
        self._world, self.caller = world, caller
        self.iam = cast("IAMClient", Client(world, "iam", caller, attempts))
        self.iam_once = cast("IAMClient", Client(world, "iam", caller, 1))
        self.secretsmanager = cast("SecretsManagerClient", Client(world, "secretsmanager", caller, attempts))
        self.cloudwatch = cast("CloudWatchClient", Client(world, "cloudwatch", caller, attempts))
        self.events = cast("EventBridgeClient", Client(world, "events", caller, attempts))
        self.sns = cast("SNSClient", Client(world, "sns", caller, attempts))
        self.own_sts = cast("STSClient", Client(world, "sts", caller, attempts))

    def sts(self, access_key_id: str, secret_access_key: str, session_token: str | None = None) -> "STSClient":
        """STS, signed with that key; one attempt, since a wait must come between two."""
        signer = Caller(self.caller.name, self.caller.run, access_key_id, secret_access_key, session_token)
        return cast("STSClient", Client(self._world, "sts", signer, 1))
