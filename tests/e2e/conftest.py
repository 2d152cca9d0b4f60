"""The sandbox for the end-to-end tests: one account for the emulator's own tests, one with the stack deployed."""

import itertools
from collections.abc import Callable, Iterator

import pytest

from sandbox.local_aws import LocalAws, local_aws

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def account() -> Iterator[LocalAws]:
    """An account without the stack, shared by the tests of the emulator."""
    with local_aws() as aws:
        yield aws


@pytest.fixture
def new_user(account: LocalAws) -> Callable[..., str]:
    """Create a user nobody else has, and give its name."""

    def create(**attributes: object) -> str:
        name = f"user-{next(_numbers)}"
        account.client("iam").create_user(UserName=name, **attributes)
        return name

    return create


@pytest.fixture
def new_secret(account: LocalAws) -> Callable[..., str]:
    """Create a secret without a value, and give its name."""

    def create(**attributes: object) -> str:
        name = f"keyturn/owner{next(_numbers)}/access-key"
        account.client("secretsmanager").create_secret(Name=name, **attributes)
        return name

    return create
