"""Secrets Manager's nouns: a secret, its versions, and where the staging labels go when one moves."""

import re
from dataclasses import dataclass, field
from datetime import datetime

from tests.fakes.calls import Caller
from tests.fakes.identities import SECRET_MARK

CURRENT, PREVIOUS, PENDING = "AWSCURRENT", "AWSPREVIOUS", "AWSPENDING"
STORED_KEY = re.compile(SECRET_MARK + r"(\w{20})")


@dataclass(slots=True, eq=False)
class Version:
    """A version with its value; `holds` names the keys whose secret stands in it."""

    id: str
    value: str | bytes
    created_at: datetime
    created_by: Caller
    labels: list[str] = field(default_factory=list)
    accessed_on: datetime | None = None
    holds: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Find the keys in the value."""
        self.holds = tuple(STORED_KEY.findall(self.value)) if isinstance(self.value, str) else ()


@dataclass(slots=True, eq=False)
class Secret:
    """A secret with its versions, oldest first."""

    name: str
    arn: str
    created_at: datetime
    changed_at: datetime
    description: str = ""
    kms_key_id: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    policy: str = ""
    versions: dict[str, Version] = field(default_factory=dict)
    accessed_on: datetime | None = None
    deletion_at: datetime | None = None

    def holder(self, label: str) -> Version | None:
        return next((version for version in self.versions.values() if label in version.labels), None)

    @property
    def labels(self) -> set[str]:
        return {label for version in self.versions.values() for label in version.labels}

    @property
    def stages(self) -> dict[str, list[str]]:
        """The labelled versions, as DescribeSecret and ListSecrets show them."""
        return {version.id: list(version.labels) for version in self.versions.values() if version.labels}

    def attach(self, label: str, version: Version) -> None:
        """Move a label here; AWSPREVIOUS follows AWSCURRENT to the version that it left (fact 4.4)."""
        former = self.holder(label)
        if former is version:
            return
        if former is not None:
            former.labels.remove(label)
        version.labels.append(label)
        if label == CURRENT and former is not None:
            self.attach(PREVIOUS, former)
