"""The sandbox for the end-to-end tests: one account for the emulator's own tests, one with the stack deployed."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sandbox.local_aws import Deployment, LocalAws, local_aws, synthesis
from tests.e2e.surroundings import MALLORY, SENDER, surround

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


@dataclass(frozen=True)
class Observed:
    """A stack as it is freshly deployed, and what one run in observe mode did to a user with an old key."""

    deployment: Deployment
    report: dict[str, Any]
    before: list[dict[str, Any]]
    after: list[dict[str, Any]]
    secrets: list[str]


@pytest.fixture(scope="session")
def observed() -> Iterator[Observed]:
    """Deploy with cdk.json as it is, and let it run once."""
    with synthesis({}) as assembly, local_aws() as aws:
        iam = aws.client("iam")
        iam.create_user(UserName="watched")
        iam.create_access_key(UserName="watched")
        aws.clock.move_by(timedelta(days=80))
        deployment = aws.deploy(assembly)
        before = iam.list_access_keys(UserName="watched")["AccessKeyMetadata"]
        report = deployment.invoke({"action": "rotate"})
        after = iam.list_access_keys(UserName="watched")["AccessKeyMetadata"]
        listed = aws.client("secretsmanager").list_secrets()["SecretList"]
        yield Observed(deployment, report, before, after, [secret["Name"] for secret in listed])


@pytest.fixture(scope="session")
def stack(observed: Observed) -> Iterator[Deployment]:
    """Turn the deployed stack to enforce and let it mail owners, by a second deployment as an operator would.

    Its schedule is off, for tests that move the clock and invoke the rotator themselves.
    """
    with synthesis({"mode": "enforce", "notify_from": SENDER}) as assembly:
        observed.deployment.aws.client("ses").verify_email_identity(EmailAddress=SENDER)
        deployment = observed.deployment.aws.deploy(assembly)
        set_schedule(deployment, "DISABLED")
        yield deployment


@pytest.fixture(scope="session")
def narrow() -> Iterator[Deployment]:
    """A stack with a path and with opt-in, which both narrow its roles; no run starts by itself."""
    settings: dict[str, object] = {
        "mode": "enforce",
        "notify_from": SENDER,
        "user_path": "/services/",
        "opt_in": True,
    }
    with synthesis(settings) as assembly, local_aws() as aws:
        deployment = aws.deploy(assembly)
        for address in (SENDER, MALLORY):
            aws.client("ses").verify_email_identity(EmailAddress=address)
        aws.client("scheduler").delete_schedule(Name=deployment.outputs["ScheduleName"])
        cloudwatch = aws.client("cloudwatch")
        own = cloudwatch.describe_alarms()["MetricAlarms"]
        cloudwatch.delete_alarms(AlarmNames=[alarm["AlarmName"] for alarm in own])
        yield deployment


@pytest.fixture(scope="session")
def others(narrow: Deployment) -> dict[str, str]:
    """What is in that account, for the roles to be kept from, by the names that calls have for it."""
    return surround(narrow)


def set_schedule(stack: Deployment, state: str) -> None:
    """Turn the stack's schedule on or off."""
    scheduler = stack.aws.client("scheduler")
    now = scheduler.get_schedule(Name=stack.outputs["ScheduleName"])
    kept = ("Name", "ScheduleExpression", "FlexibleTimeWindow", "Target")
    scheduler.update_schedule(State=state, **{name: now[name] for name in kept})


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", "e2e: runs in the sandbox (all of tests/e2e)")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder, so that `-m "not e2e"` leaves out what needs the sandbox."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("e2e")
