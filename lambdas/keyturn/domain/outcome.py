"""What came of an action."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from keyturn.domain.access_key import User
from keyturn.domain.action import Action
from keyturn.domain.reason import Reason
from keyturn.domain.refusal import AwsError, Throttled


class Result(StrEnum):
    """How an action ended."""

    PLANNED = "Planned"
    DONE = "Done"
    HELD = "Held"
    FAILED = "Failed"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One line of the run report.

    Attributes:
        action: what was planned, with its reason.
        result: how it ended.
        message: a sentence for people: the plan's, or what went wrong and what follows.
        key: the access key ID concerned; for CreateKey that went well, the successor's.
        secret_arn: the user's secret, once known.
        version_id: the version in which the successor is stored.
        notes: what went wrong beside the main thing, such as an event that could not be sent.
    """

    user: User
    action: Action
    result: Result
    reason: Reason
    message: str
    key: str | None = None
    next_review: datetime | None = None
    secret_arn: str | None = None
    version_id: str | None = None
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, user: User, action: Action, result: Result, *, secret_arn: str | None = None) -> "Outcome":
        """Carry the plan's reason and sentence into the outcome unchanged."""
        return cls(
            user=user,
            action=action,
            result=result,
            reason=action.reason,
            message=action.message,
            key=action.key,
            next_review=action.next_review,
            secret_arn=secret_arn,
        )

    def held(self, reason: Reason, message: str) -> "Outcome":
        """The action was not done after all, and nothing is wrong."""
        return replace(self, result=Result.HELD, reason=reason, message=message)

    def failed(self, message: str) -> "Outcome":
        """The action went wrong; the reason stays the plan's."""
        return replace(self, result=Result.FAILED, message=message)

    def broken_off(self, error: AwsError, message: str) -> "Outcome":
        """The action went wrong; but a throttle is no failure, it only says later."""
        return self.held(Reason.THROTTLED, message) if isinstance(error, Throttled) else self.failed(message)
