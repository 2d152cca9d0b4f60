"""Secrets that are read from another account: found by their ARN, if the secret's and the key's policies allow it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sandbox.emulator.upstream import Answer, Record, extend, kms, responses, secretsmanager

# What a reader of another account may do at all (user guide, access from a different account).
_READING = ("_get_secret_value", "_describe_secret")
_caller: ContextVar[str | None] = ContextVar("caller", default=None)


def mend() -> None:
    """Look where the ARN says, and not in the caller's account alone."""
    extend(secretsmanager, "secret_policy_for_arn", _where_it_is)
    extend(kms, "key_policy_for_arn", _where_it_is)
    for name in _READING:
        extend(secretsmanager, name, _at_its_owner)


def caller_account() -> str:
    """Give the account of whoever called, wherever the secret is."""
    return _caller.get() or str(responses.get_account_id())


@contextmanager
def as_the_caller() -> Iterator[None]:
    """Be in the caller's account for a while, whose policies are asked, too."""
    if (account := _caller.get()) is None:
        yield
        return
    with responses.request_scope(account, responses.get_region()):
        yield


def _where_it_is(former: Callable[[str], Any], arn: str) -> Any:
    with responses.request_scope(_owner(arn), responses.get_region()):
        return former(arn)


def _at_its_owner(former: Callable[[Record], Answer], request: Record) -> Answer:
    owner, account = _owner(request.get("SecretId", "")), responses.get_account_id()
    if owner == account:
        return former(request)
    token = _caller.set(account)
    try:
        with responses.request_scope(owner, responses.get_region()):
            return former(request)
    finally:
        _caller.reset(token)


def _owner(arn: str) -> str:
    parts = arn.split(":")
    return parts[4] if arn.startswith("arn:") and parts[4:5] and parts[4] else str(responses.get_account_id())
