"""Observers: calls whose user agent says so leave no trace, neither as a key's use nor as a secret's access.

Who judges a rotation from outside reads secrets and tries keys every day. On AWS that would look as if the owner had
adopted the successor; here it must not, or the judge would change what he judges.
"""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from sandbox.emulator.upstream import app, extend

MARK = b"sandbox-observer"
_observing: ContextVar[bool] = ContextVar("observing", default=False)


def mend() -> None:
    """Look at the user agent of every request."""
    extend(app, "pin_signed_request", _pin)


def observing() -> bool:
    """Tell whether the request in work is an observer's."""
    return _observing.get()


def _pin(former: Callable[..., None], *request: Any, **more: Any) -> None:
    raw_headers = request[3]
    _observing.set(any(name.lower() == b"user-agent" and MARK in value for name, value in raw_headers))
    former(*request, **more)
