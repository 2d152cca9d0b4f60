"""What a check finds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from botocore.exceptions import ClientError

from keyturn_cli.sessions import code_of
from keyturn_cli.stack import Stack
from keyturn_cli.trouble import Trouble

_DENIED: Final = {"AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation"}


class State(StrEnum):
    """How good it is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's."""

    check: str
    state: State
    message: str
    do: str | None = None


@dataclass(frozen=True)
class Patient:
    """What is checked, and when."""

    stack: Stack
    now: datetime


Check = Callable[[Patient], Iterator[Finding]]


def ok(check: str, message: str) -> Finding:
    """All is well."""
    return Finding(check, State.OK, message)


def warn(check: str, message: str, do: str) -> Finding:
    """Not broken, and yet."""
    return Finding(check, State.WARN, message, do)


def fail(check: str, message: str, do: str) -> Finding:
    """Something that has to be mended."""
    return Finding(check, State.FAIL, message, do)


def examined(name: str, check: Check, patient: Patient) -> Iterator[Finding]:
    """Go through a check; one that cannot be made is a finding, too, and stops no other."""
    try:
        yield from check(patient)
    except ClientError as error:
        if code_of(error) in _DENIED:
            yield warn(name, f"could not be looked at: {error.operation_name} is denied", "ask for that permission")
        else:
            yield fail(name, f"could not be looked at: {error.operation_name}: {code_of(error)}", "see the error")
    except Trouble as trouble:
        yield fail(name, trouble.message, "mend what it says")
