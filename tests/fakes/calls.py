"""What passes between a client and the account: the caller, the call, the refusal, and the table of operations."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.fakes.account import Account

Params = Mapping[str, Any]
Response = dict[str, Any]
Handler = Callable[["Account", "Caller", Params], Response]


class ServiceError(Exception):
    """A service's refusal, as it travels on the wire."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status = code, message, status


class Killed(BaseException):
    """The end of the process: no `except Exception` outlives it, and the run makes no further call."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: a run of the rotator (`run` counts from 1), a person, or a program that signs with a user's key."""

    name: str
    run: int = 0
    access_key_id: str = ""
    secret_access_key: str = field(default="", repr=False)
    session_token: str | None = None


@dataclass(slots=True)
class Call:
    """One request, as an interceptor meets it."""

    index: int
    service: str
    operation: str
    params: Params
    caller: Caller


@dataclass(slots=True)
class Entry:
    """One line of the log: the call, what the caller was told, and whether the account has done it."""

    call: Call
    outcome: str
    committed: bool
    mutating: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """How the account answers one operation."""

    handler: Handler
    mutating: bool


OPERATIONS: dict[tuple[str, str], Operation] = {}


def operation(service: str, *, mutating: bool = False) -> Callable[[Handler], Handler]:
    """Enter the function in the table under its own name, which is boto3's."""

    def enter(handler: Handler) -> Handler:
        OPERATIONS[service, handler.__name__] = Operation(handler, mutating)
        return handler

    return enter
