"""The ages that govern a key's life, for the account and, narrowed by its tags, for one user."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Final

from keyturn.domain import tags as tag

RUN_INTERVAL: Final = timedelta(days=1)
# Runs wander within the schedule's flexible window. Without this hour a run a little earlier in the day than the one
# that began a period would miss its end by minutes, and the key would live a day longer than promised.
WANDER: Final = timedelta(hours=1)
# A Lambda function runs for 15 minutes at most: an intent older than this has no living author.
LEASE: Final = timedelta(minutes=20)
# A key made by the author of an intent is made within the Lambda's 15 minutes; IAM's and Secrets Manager's clocks, and
# IAM's whole seconds, may put it a little before the intent.
INTENT_REACH: Final = timedelta(minutes=15)
CLOCK_SKEW: Final = timedelta(minutes=1)
# Less than a day, so that the daily run after the quarantine finds it over.
QUARANTINE: Final = timedelta(hours=20)


class AtDeadline(StrEnum):
    """What becomes of a predecessor that is still in use, or whose successor nobody fetched, when its time is up."""

    HOLD = "hold"
    DEACTIVATE = "deactivate"


class PolicyDoesNotFit(ValueError):
    """A user's own ages leave no day between two rotations."""


@dataclass(frozen=True)
class Policy:
    """All ages as durations.

    Attributes:
        max_age: the oldest that an Active key may get.
        grace: how long both keys stay Active.
        recovery: how long the predecessor stays Inactive before it is deleted.
        idle: a key used more recently is in use.
        unused: a key unused for so long may be retired without a successor.
        guard: how long after a deactivation its guard alarm may undo it.
        at_deadline: what is done about a key in use when `deadline` has come.
    """

    max_age: timedelta
    grace: timedelta
    recovery: timedelta
    idle: timedelta
    unused: timedelta
    guard: timedelta
    at_deadline: AtDeadline

    @property
    def due_age(self) -> timedelta:
        """The age at which a key needs a successor, so that it is Inactive before `max_age` in spite of daily runs."""
        return self.max_age - self.grace - RUN_INTERVAL - WANDER

    @property
    def deadline_age(self) -> timedelta:
        """The age at which a run is the last one before `max_age`."""
        return self.max_age - RUN_INTERVAL - WANDER

    def for_user(self, tags: Mapping[str, str]) -> "Policy":
        """Narrow the policy by a user's tags; recovery shrinks to fit, down to one day.

        Raises:
            InvalidTag: when a tag can't be read, or asks for a longer age than the account's.
            PolicyDoesNotFit: when even one day of recovery is too long.
        """
        max_age = tag.days(tags, tag.MAX_AGE_DAYS, self.max_age.days, high=self.max_age.days)
        grace = tag.days(tags, tag.GRACE_DAYS, self.grace.days, high=365)
        # A successor falls due `max_age - grace - 1` days after it began; its predecessor, by then `grace + recovery`
        # days older, must have left the second slot.
        room = max_age - 2 * grace - 1
        if room < 1:
            raise PolicyDoesNotFit(
                f"max age {max_age} days and grace {grace} days leave no day for recovery: allowed is a max age of "
                f"{2 * grace + 2} days or more with this grace; change {tag.MAX_AGE_DAYS} or {tag.GRACE_DAYS}"
            )
        return replace(
            self,
            max_age=timedelta(days=max_age),
            grace=timedelta(days=grace),
            recovery=min(self.recovery, timedelta(days=room)),
        )
