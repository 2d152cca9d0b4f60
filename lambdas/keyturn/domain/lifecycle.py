"""The life of a key, and the one case of it that a plan decides on.

 day 0            75                89               119
  | CURRENT        | GRACE           | RECOVERY        |
  +----------------+-----------------+-----------------+
  created          successor         deactivated       deleted
                   created, stored,  (idle, guard      (Inactive the
                   verified,         alarm quiet)      whole time)
                   promoted

keys in IAM       secret says                       then
{P}               nothing, or AWSCURRENT on P       CreateKey when P is due
{P, ?}            an open intent                    heal: see healing
{P, K}            AWSCURRENT on K, P Active         DeactivateKey after grace: see retiring
{P·, K}           AWSCURRENT on K, P Inactive       DeleteKey after recovery
{K}               AWSCURRENT on K                   CreateKey when K is due
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from keyturn.domain import tags as tag
from keyturn.domain.access_key import AccessKey, KeyStatus, LastUse
from keyturn.domain.action import Hold
from keyturn.domain.policy import Policy
from keyturn.domain.reason import Reason
from keyturn.domain.secret_labels import Secret
from keyturn.domain.state import AlarmState, UserState


@dataclass(frozen=True)
class Case:
    """A user's state under its own policy at one moment; all questions that the checks ask are answered here."""

    state: UserState
    policy: Policy
    now: datetime
    force: bool = False

    @property
    def keys(self) -> tuple[AccessKey, ...]:
        """All keys, oldest first."""
        return self.state.keys

    @property
    def secret(self) -> Secret | None:
        """The user's secret."""
        return self.state.secret

    @property
    def secret_name(self) -> str:
        """The name of the user's secret, for people."""
        return self.secret.name if self.secret else ""

    @property
    def secret_arn(self) -> str:
        """The ARN of the user's secret, for the commands that messages give."""
        return self.secret.arn if self.secret else ""

    def age(self, key: AccessKey) -> timedelta:
        """How long ago the key was created."""
        return self.now - key.created

    def due(self, key: AccessKey) -> bool:
        """Whether an Active key is old enough to need a successor."""
        return key.active and self.age(key) >= self.policy.due_age

    @cached_property
    def successor(self) -> AccessKey | None:
        """The Active key that is stored and promoted: its owner has it, or can have it."""
        current = self.secret.current_key if self.secret else None
        return next((key for key in self.keys if key.id == current and key.active), None)

    def other(self, key: AccessKey) -> AccessKey | None:
        """The user's other key, if any."""
        return next((each for each in self.keys if each.id != key.id), None)

    @cached_property
    def grace_over_at(self) -> datetime:
        """When the grace period ends, counted from the promotion or from the last rollback.

        A key's version is created moments before it is promoted; Secrets Manager keeps no time of the promotion itself.
        """
        if self.secret is None or self.successor is None or not (version := self.secret.holder(self.successor.id)):
            raise ValueError("grace is only counted for a promoted successor")
        begun = [version.created or self.successor.created, self.given_back_at]
        return max(filter(None, begun)) + self.policy.grace

    def deactivated_at(self, key: AccessKey) -> datetime | None:
        """When the key was last noted to be switched off, whatever became of that."""
        if self.secret is None or self.secret.tags.get(tag.DEACTIVATED_KEY) != key.id:
            return None
        return tag.moment(self.secret.tags, tag.DEACTIVATED_AT)

    def recorded_inactive_since(self, key: AccessKey) -> datetime | None:
        """When the recovery clock of an Inactive key began; None when nobody has noted it, or a rollback voided it."""
        since, voided = self.deactivated_at(key), self.given_back_at
        return None if since and voided and since <= voided else since

    @property
    def given_back_at(self) -> datetime | None:
        """When a rollback or a guard alarm last began a new grace period."""
        return tag.moment(self.secret.tags, tag.GRACE_FROM) if self.secret else None

    def last_use(self, key: AccessKey) -> LastUse:
        """The last use of a key."""
        return self.state.last_use(key)

    def used_within(self, key: AccessKey, span: timedelta) -> bool:
        """Whether the key was used less than `span` ago."""
        used = self.last_use(key).at
        return used is not None and self.now - used < span

    @property
    def guard_alarm_name(self) -> str | None:
        """The alarm that guards the user's deactivations, by the tag on the user.

        Raises:
            InvalidTag: when the tag names none.
        """
        return tag.alarm(self.state.user.tags, tag.GUARD_ALARM)

    def guard_rings(self) -> bool:
        """Whether the user has a guard alarm and it is in ALARM."""
        name = self.guard_alarm_name
        return name is not None and self.state.guard_alarm(name) is AlarmState.ALARM

    @property
    def guard_undone(self) -> int:
        """How often the guard alarm has undone the deactivation of the present predecessor."""
        return tag.count(self.secret.tags, tag.GUARD_UNDONE) if self.secret else 0

    def held_by_guard(self, key: AccessKey, purpose: str) -> Hold | None:
        """Hold while the guard alarm rings, or does not exist: an alarm that can't ring guards nothing."""
        name = self.guard_alarm_name
        if name is None:
            return None
        match self.state.guard_alarm(name):
            case AlarmState.ALARM:
                return Hold(
                    reason=Reason.GUARD_ALARM_RINGING,
                    key=key.id,
                    message=f"guard alarm {name!r} is in ALARM, so key {key.id} is not {purpose}: "
                    "find out whether the key's consumer is well",
                )
            case AlarmState.MISSING:
                return Hold(
                    reason=Reason.GUARD_ALARM_MISSING,
                    key=key.id,
                    message=f"guard alarm {name!r} does not exist, so key {key.id} is not {purpose}: "
                    f"create the alarm, or correct or remove the user's tag {tag.GUARD_ALARM}",
                )
            case AlarmState.OK | AlarmState.INSUFFICIENT_DATA:
                return None

    def expired(self) -> AccessKey | None:
        """A key whose status is neither Active nor Inactive."""
        return next((key for key in self.keys if key.status is KeyStatus.EXPIRED), None)


def day(at: datetime) -> str:
    """Write a moment for people, who think in dates."""
    return at.strftime("%Y-%m-%d %H:%M UTC")


def hours(span: timedelta) -> str:
    """Write a short span for people, in whole hours."""
    return f"{span // timedelta(hours=1)} hours"


def days(span: timedelta) -> str:
    """Write an age for people, in whole days."""
    return "1 day" if span.days == 1 else f"{span.days} days"
