"""IAM's nouns: a user, an access key, and one recorded use of it."""

from dataclasses import dataclass, field
from datetime import datetime

from tests.fakes.calls import Caller
from tests.fakes.ses import smtp_password, telltale

SECRET_MARK = "fake-secret-of-"  # stands in every fake secret, so that a leak is found by one search


@dataclass(frozen=True, slots=True)
class Use:
    """A call that was signed with a key, as IAM keeps it."""

    at: datetime
    service: str
    region: str


@dataclass(slots=True, eq=False)
class AccessKey:
    """A key with all that became of it; a deleted key stays here, for lagging answers and for the audit."""

    id: str
    user: "User"
    slot: int
    created_at: datetime
    created_by: Caller
    status: str = "Active"
    history: list[tuple[datetime, str]] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    deleted_at: datetime | None = None
    stored: bool = False
    promoted: bool = False
    lost_by: Caller | None = None

    @property
    def given(self) -> bool:
        """Whether somebody may hold it: a person made it, it was promoted, or it was used by more than a check."""
        return not self.created_by.run or self.promoted or any(use.service != "sts" for use in self.uses)

    @property
    def secret(self) -> str:
        return f"{SECRET_MARK}{self.id}-fake"

    @property
    def telltales(self) -> tuple[str, ...]:
        """What a text that gives the key away has in it: its secret, or what SES takes for it by the user's tag.

        Neither has a character that JSON, a URL or XML would escape.
        """
        region = self.user.tags.get("keyturn:ses-smtp")
        return (self.secret, telltale(smtp_password(self.secret, region))) if region else (self.secret,)

    def status_at(self, moment: datetime) -> str | None:
        """What the key was at the moment, None when it did not exist."""
        if self.created_at > moment or (self.deleted_at is not None and self.deleted_at <= moment):
            return None
        return next((status for at, status in reversed(self.history) if at <= moment), self.history[0][1])

    def set_status(self, now: datetime, status: str) -> None:
        self.status = status
        self.history.append((now, status))


@dataclass(slots=True, eq=False)
class User:
    """A user with every key it ever had."""

    name: str
    id: str
    account_id: str
    path: str
    created_at: datetime
    tags: dict[str, str] = field(default_factory=dict)
    policies: list[str] = field(default_factory=list)
    keys: list[AccessKey] = field(default_factory=list, repr=False)

    @property
    def arn(self) -> str:
        return f"arn:aws:iam::{self.account_id}:user{self.path}{self.name}"

    @property
    def living(self) -> list[AccessKey]:
        return [key for key in self.keys if key.deleted_at is None]
