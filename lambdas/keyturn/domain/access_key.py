"""IAM's nouns: users, their access keys, and the last use of a key."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class KeyStatus(StrEnum):
    """IAM's `statusType`; when a key is Expired is not documented, so it is only ever reported."""

    ACTIVE = "Active"
    INACTIVE = "Inactive"
    EXPIRED = "Expired"


@dataclass(frozen=True)
class AccessKey:
    """One access key as `ListAccessKeys` shows it; `created` is aware, in UTC, to the second."""

    id: str
    status: KeyStatus
    created: datetime

    @property
    def active(self) -> bool:
        """Whether requests signed with the key are accepted."""
        return self.status is KeyStatus.ACTIVE


@dataclass(frozen=True)
class LastUse:
    """The last use of a key as `GetAccessKeyLastUsed` shows it, in steps of 15 minutes; `at` is None if never used."""

    at: datetime | None = None
    service: str = "N/A"
    region: str = "N/A"

    def by_other_than(self, *services: str) -> bool:
        """Whether the key was used, and last by a service that is none of `services`."""
        return self.at is not None and self.service not in services


@dataclass(frozen=True)
class NewKey:
    """What `CreateAccessKey` answers, once: the only place where a secret access key is ever held.

    Attributes:
        secret: the secret access key; left out of the representation, so that no log or traceback can show it.
    """

    id: str
    secret: str = field(repr=False)
    user_name: str
    created: datetime


@dataclass(frozen=True)
class User:
    """An IAM user; `id` is the UserId (AIDA…), which survives renaming and differs after re-creation.

    Attributes:
        policies: the names of the managed policies attached to the user itself.
    """

    name: str
    id: str
    arn: str
    path: str
    created: datetime
    tags: Mapping[str, str] = field(default_factory=dict)
    policies: tuple[str, ...] = ()

    @property
    def quarantine(self) -> str | None:
        """The policy by which AWS fences in a user whose key it found exposed; there are several versions of it."""
        return next((name for name in self.policies if name.startswith("AWSCompromisedKeyQuarantine")), None)

    @property
    def account(self) -> str:
        """The account's 12 digits."""
        return self.arn.split(":")[4]
