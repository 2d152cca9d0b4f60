"""What can go wrong with a call, and when: faults, and the triggers that a world's `intercept` takes.

    world.intercept.append(at(3, killed_before))
    world.intercept.append(at(1, response_lost, operation="put_secret_value"))
    world.intercept.append(always(throttled, operation="get_access_key_last_used"))
    world.intercept.append(at(5, refused("AccessDenied", 403)))
    world.intercept.append(at(5, meanwhile(another_run)))

A fault raises before the account does anything, or returns what is to be raised once it has done it.
"""

from collections.abc import Callable, Mapping

from botocore.exceptions import ConnectionClosedError, EndpointConnectionError, ReadTimeoutError

from tests.fakes.calls import Call, Killed, ServiceError
from tests.fakes.signing import QUERY_SERVICES

Fault = Callable[[Call], BaseException | None]


def refused(code: str, status: int = 400, message: str = "refused by the test") -> Fault:
    """A definite answer: the account has not done it."""

    def fault(_call: Call) -> None:
        raise ServiceError(code, message, status)

    return fault


def throttled(call: Call) -> None:
    code = "Throttling" if call.service in QUERY_SERVICES else "ThrottlingException"
    raise ServiceError(code, "Rate exceeded", 400)


def failed_before(call: Call) -> None:
    """A 500 of a service that has not done it; the caller cannot know."""
    raise _failure(call)


def failed_after(call: Call) -> BaseException:
    """A 500 of a service that has done it."""
    return _failure(call)


def unreachable(call: Call) -> None:
    raise EndpointConnectionError(endpoint_url=_url(call))


def connection_closed(call: Call) -> None:
    """The connection is dropped before the request has arrived; the caller cannot know."""
    raise ConnectionClosedError(endpoint_url=_url(call))


def response_lost(call: Call) -> BaseException:
    """The account has done it, and the answer never comes."""
    return ReadTimeoutError(endpoint_url=_url(call))


def killed_before(call: Call) -> None:
    raise Killed(f"before call {call.index}")


def killed_after(call: Call) -> BaseException:
    return Killed(f"after call {call.index}")


def meanwhile(act: Callable[[], object]) -> Fault:
    """No fault: somebody else acts just before the call, perhaps a whole other run."""

    def fault(_call: Call) -> None:
        act()

    return fault


# Every fault that any call can meet, by name, for tests that try them all.
EVERY: dict[str, Fault] = {
    "refused": refused("AccessDenied", 403),
    "throttled": throttled,
    "failed before": failed_before,
    "failed after": failed_after,
    "unreachable": unreachable,
    "connection closed": connection_closed,
    "response lost": response_lost,
    "killed before": killed_before,
    "killed after": killed_after,
}


def at(number: int, fault: Fault, *, operation: str | None = None, run: int | None = None) -> Fault:
    """The fault at the n-th call from now on, of that operation or of that run if one is named."""
    return upon([number], fault, operation=operation, run=run)


def upon(numbers: list[int], fault: Fault, *, operation: str | None = None, run: int | None = None) -> Fault:
    """The fault at each of these calls."""
    return each_at(dict.fromkeys(numbers, fault), operation=operation, run=run)


def each_at(struck: Mapping[int, Fault], *, operation: str | None = None, run: int | None = None) -> Fault:
    """Another fault at each of these calls, counted from now on."""
    seen = 0

    def trigger(call: Call) -> BaseException | None:
        nonlocal seen
        if operation not in (None, call.operation) or run not in (None, call.caller.run):
            return None
        seen += 1
        return struck[seen](call) if seen in struck else None

    return trigger


def always(fault: Fault, *, operation: str | None = None, run: int | None = None) -> Fault:
    """The fault at every call."""

    def trigger(call: Call) -> BaseException | None:
        if operation not in (None, call.operation) or run not in (None, call.caller.run):
            return None
        return fault(call)

    return trigger


def _failure(call: Call) -> ServiceError:
    code = {"iam": "ServiceFailure", "secretsmanager": "InternalServiceError"}.get(call.service, "InternalFailure")
    return ServiceError(code, "An internal error occurred.", 500)


def _url(call: Call) -> str:
    return f"https://{call.service}.amazonaws.com/"
