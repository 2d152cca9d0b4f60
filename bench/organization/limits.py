"""The figures that the model rests on: each with what it is, where it is from, and how far that can be trusted."""

from dataclasses import Field, dataclass, field, fields, replace
from enum import StrEnum
from math import inf
from typing import Any, Final, cast

from infra.config import Config
from infra.keyturn_function import MEMORY_MB
from keyturn.pace import _AT_ONCE, _QUICKEST
from keyturn.settings import Settings


class Grade(StrEnum):
    """How far a figure can be trusted."""

    OURS = "ours"
    PUBLISHED = "published"
    MEASURED = "measured here"
    ASSUMED = "assumed"


def _figure(default: float, what: str, grade: Grade, source: str, *, eased: float = 2.0) -> Any:  # noqa: ANN401 - as dataclasses.field
    """A figure; times `eased` it is twice as kind."""
    return field(default=default, metadata={"what": what, "grade": grade, "source": source, "eased": eased})


_SFN: Final = "Step Functions quotas, regions other than N. Virginia, Oregon and Ireland"
_SECRETS: Final = "Secrets Manager quotas"
_SHORTER: Final = 0.5


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What holds a tour up. Rates are calls a second; a bucket's burst is what it holds when it is full.

    The first part is the hub's and shared by all accounts, the second an account's own, the third the function's.
    """

    accounts_at_once: float = _figure(
        Config().account_concurrency, "accounts at once (`account_concurrency`)", Grade.OURS, "default"
    )
    map_children: float = _figure(
        10_000, "executions of a Distributed Map at once", Grade.PUBLISHED, "Step Functions, Distributed Map"
    )
    lambda_concurrency: float = _figure(
        1_000, "Lambda's concurrency, all of it for the tour", Grade.PUBLISHED, "Lambda quotas"
    )
    environments: float = _figure(
        100, "new environments of a function, 1,000 at first", Grade.PUBLISHED, "Lambda, scaling behavior"
    )
    invokes: float = _figure(
        10_000, "invocations, ten times the concurrency", Grade.PUBLISHED, "Lambda, scaling behavior"
    )
    starts: float = _figure(150, "StartExecution, 800 at first", Grade.PUBLISHED, _SFN)
    transitions: float = _figure(500, "state transitions, 800 at first", Grade.PUBLISHED, _SFN)
    put_events: float = _figure(
        400, "PutEvents (400 to 10,000 by region)", Grade.PUBLISHED, "EventBridge quotas, the smallest regions"
    )
    assume_roles: float = _figure(100, "AssumeRole in the hub", Grade.ASSUMED, "IAM and STS quotas have no figure")
    account_pages: float = _figure(
        2, "ListAccounts, 20 accounts a page", Grade.ASSUMED, "Organizations has no published rate"
    )

    iam: float = _figure(20, "each IAM operation, in each account", Grade.ASSUMED, "buckets not published; swept below")
    secret_writes: float = _figure(
        50, "PutSecretValue and UpdateSecretVersionStage together", Grade.PUBLISHED, _SECRETS
    )
    secret_creates: float = _figure(50, "CreateSecret", Grade.PUBLISHED, f"{_SECRETS}, an older copy")
    secret_others: float = _figure(
        50, "ListSecretVersionIds, ListSecrets, tagging: each", Grade.ASSUMED, "the figure was in no copy read"
    )

    users_at_once: float = _figure(
        Settings().concurrency, "users at once in a run (`concurrency`)", Grade.OURS, "default"
    )
    rotations_a_run: float = _figure(
        Settings().max_rotations_per_run, "rotations a run (`max_rotations_per_run`)", Grade.OURS, "default"
    )
    creates: float = _figure(
        1 / _QUICKEST, f"creates of a run, {_AT_ONCE} at first, paced by the rotator", Grade.OURS, "constant"
    )
    memory: float = _figure(
        MEMORY_MB, "MB of a function; 1,769 are one processor", Grade.OURS, "stack; Lambda, memory and CPU"
    )
    call: float = _figure(0.060, "seconds a call takes", Grade.ASSUMED, "as elsewhere on this page", eased=_SHORTER)
    cpu: float = _figure(
        0.001,
        "seconds of a processor a call takes",
        Grade.ASSUMED,
        "0.35 ms measured without a network; the rest for TLS",
        eased=_SHORTER,
    )
    cold: float = _figure(
        0.6,
        "seconds of a processor a cold start takes",
        Grade.MEASURED,
        "the rotator and its clients, above",
        eased=_SHORTER,
    )
    accepted_after: float = _figure(
        5.0, "seconds until STS takes a new key", Grade.ASSUMED, "others wait up to 120; swept below", eased=_SHORTER
    )
    report_takes: float = _figure(
        5.0, "seconds until the credential report is made", Grade.ASSUMED, "IAM says: some seconds", eased=_SHORTER
    )

    # No figure, but where it is that Secrets Manager's buckets are asked.
    secrets_in_hub: bool = False

    @property
    def processor(self) -> float:
        """Which share of a processor the function has."""
        return min(self.memory / A_PROCESSOR_MB, 1.0)

    @property
    def of_an_account(self) -> tuple[float, ...]:
        """All that an account's own runs depend on."""
        return tuple(getattr(self, name) for name in OF_AN_ACCOUNT)

    def eased(self, name: str) -> "Limits":
        """Make one figure twice as kind, and leave the others."""
        return self.times(name, figures()[name].metadata["eased"])

    def tightened(self, name: str) -> "Limits":
        """Make one figure half as kind, and leave the others."""
        return self.times(name, 1 / figures()[name].metadata["eased"])

    def times(self, name: str, factor: float) -> "Limits":
        """Change one figure by a factor."""
        return self.at(name, getattr(self, name) * factor)

    def at(self, name: str, value: float) -> "Limits":
        """Set one figure."""
        changed: dict[str, Any] = {name: value}
        return replace(self, **changed)


# Lambda developer guide, Configure Lambda function memory: at 1,769 MB a function has the equivalent of one vCPU.
A_PROCESSOR_MB: Final = 1_769
OF_AN_ACCOUNT: Final = (
    "iam",
    "secret_writes",
    "secret_creates",
    "secret_others",
    "users_at_once",
    "rotations_a_run",
    "creates",
    "memory",
    "call",
    "cpu",
    "accepted_after",
    "report_takes",
    "secrets_in_hub",
)
# What a full bucket holds, in seconds of its rate where nothing else is published.
BURST_SECONDS: Final = 1.0
BURSTS: Final = {"environments": 1_000, "starts": 800, "transitions": 800}
# Secrets Manager's buckets: the figure that is their rate, and the operations that take from them.
SECRET_BUCKETS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("secret_writes", ("put_secret_value", "update_secret_version_stage")),
    ("secret_creates", ("create_secret",)),
    ("secret_others", ("list_secrets",)),
    ("secret_others", ("list_secret_version_ids",)),
    ("secret_others", ("tag_resource", "untag_resource")),
)
UNLIMITED: Final = inf


def figures() -> dict[str, Field[float]]:
    """Give each figure's description by its name."""
    return {each.name: cast("Field[float]", each) for each in fields(Limits) if each.metadata}
