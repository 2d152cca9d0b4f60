"""The actions: a closed union of frozen values that can be printed, compared and applied."""

from dataclasses import dataclass
from datetime import datetime

from keyturn.domain.reason import Reason


@dataclass(frozen=True, kw_only=True)
class _Action:
    """What all actions say.

    Attributes:
        reason: why.
        message: the same as a sentence; for a user that is blocked, also what to do.
        key: the access key ID that the action is about.
        next_review: when there will be something to do or to look at again.
    """

    reason: Reason
    message: str
    key: str | None = None
    next_review: datetime | None = None

    @property
    def name(self) -> str:
        """The action's name in reports and events."""
        return type(self).__name__


@dataclass(frozen=True, kw_only=True)
class Hold(_Action):
    """Leave the user's keys as they are.

    Attributes:
        closes_intent: take AWSPENDING off an intent whose run made no key, so that no later run takes a key that a
            person makes for our orphan.
    """

    closes_intent: bool = False


class SendTestMail(Hold):
    """Leave the user's keys as they are, and try whether a letter reaches its owner."""


@dataclass(frozen=True, kw_only=True)
class ReactivateKey(_Action):
    """Make a predecessor Active again and start a new grace period.

    Attributes:
        undone: how often its guard alarm has undone a deactivation, this time included; 0 when a person asks for it.
    """

    undone: int = 0


# The rest have no fields of their own: they inherit the dataclass, whose equality and representation know the class.
class CreateKey(_Action):
    """Create a successor, store it, verify it, promote it."""


class DiscardKey(_Action):
    """Deactivate and delete a key that a run made and nobody was ever given."""


class QuarantineKey(_Action):
    """Deactivate a key whose secret nobody seems to hold; it is deleted later, if it stays unused."""


class DeactivateKey(_Action):
    """Begin a key's recovery period."""


class DeleteKey(_Action):
    """Delete a key whose recovery period is over."""


class RecordInactive(_Action):
    """Start the recovery clock of a key that somebody else made Inactive."""


class RetireSecret(_Action):
    """Schedule the deletion of a secret whose user is gone."""


Action = (
    Hold
    | CreateKey
    | DiscardKey
    | QuarantineKey
    | DeactivateKey
    | DeleteKey
    | RecordInactive
    | ReactivateKey
    | RetireSecret
)
