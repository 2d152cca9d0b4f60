"""What a report rests on: the users with their keys, what was done, and what could not be read."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from keyturn.domain import tags as tag
from keyturn.domain.access_key import AccessKey, LastUse, User
from keyturn.domain.policy import Policy, PolicyDoesNotFit
from keyturn.domain.reason import Stage
from keyturn.domain.standing import exempt_until
from keyturn.settings import Settings

Line = Mapping[str, Any]
OUT_OF_SCOPE: Final = "OutOfScope"
UNKNOWN: Final = "Unknown"


@dataclass(frozen=True)
class Deed:
    """Something that was done, or went wrong, as the functions logged it."""

    at: datetime
    source: str
    account: str
    user: str
    action: str
    outcome: str
    key: str | None
    reason: str
    message: str


@dataclass(frozen=True)
class Holding:
    """A user with its keys, as IAM shows them.

    Attributes:
        uses: the last use of each key, by its ID.
        unreadable: why the keys are not known, if so.
    """

    user: User
    keys: tuple[AccessKey, ...] = ()
    uses: Mapping[str, LastUse] | None = None
    unreadable: str | None = None

    @property
    def active(self) -> tuple[AccessKey, ...]:
        """The keys that work."""
        return tuple(key for key in self.keys if key.active)

    def used(self, key: AccessKey) -> LastUse:
        """The last use of a key."""
        return (self.uses or {}).get(key.id, LastUse())


def policy_of(user: User, policy: Policy) -> Policy:
    """Give a user's own ages; those of the account where its tags cannot be read, or do not fit."""
    try:
        return policy.for_user(user.tags)
    except (tag.InvalidTag, PolicyDoesNotFit):
        return policy


@dataclass(frozen=True)
class Account:
    """Where and when, under which settings, and what of it could not be had.

    Attributes:
        mode: whether the rotator acts in it; None when it could not be asked.
        silent: why the rotator could not be asked about it, if so.
        unreadable: why its users and their keys are not known, if so.
    """

    stack: str
    id: str
    region: str
    settings: Settings
    since: datetime
    now: datetime
    mode: str | None = None
    silent: str | None = None
    unreadable: str | None = None

    def policy_of(self, user: User) -> Policy:
        """Give a user's own ages."""
        return policy_of(user, self.settings.policy)

    def exempt_until(self, user: User) -> date | None:
        """Give the last day of a user's exemption; a tag that cannot be read exempts nobody."""
        try:
            return exempt_until(user.tags, self.now)
        except tag.InvalidTag:
            return None


@dataclass(frozen=True)
class Subject:
    """One user of the report.

    Attributes:
        line: what the rotator says of it, with advice; None when it is out of scope.
        deeds: what was done to it in the period, the oldest first.
    """

    account: Account
    holding: Holding
    line: Line | None
    deeds: tuple[Deed, ...] = ()

    @property
    def user(self) -> User:
        """The user."""
        return self.holding.user

    @property
    def stage(self) -> str:
        """Where its keys are in their life."""
        if self.line is None:
            return UNKNOWN if self.account.silent else OUT_OF_SCOPE
        # The rotator goes by the credential report where it looks no closer, which does not have a new key yet.
        if self.line["reason"] == "NoKey" and self.holding.active:
            return Stage.CURRENT
        return str(self.line["stage"])

    @property
    def out_of_scope(self) -> bool:
        """Whether it is known that Keyturn does not look after it."""
        return self.stage == OUT_OF_SCOPE

    @property
    def limit(self) -> timedelta:
        """The oldest that its keys may get."""
        return self.account.policy_of(self.user).max_age

    def age(self, key: AccessKey) -> timedelta:
        """How old a key is; one that was made just now may be of a moment that the operator's clock has not reached."""
        return max(timedelta(), self.account.now - key.created)

    @property
    def over_limit(self) -> tuple[AccessKey, ...]:
        """Its Active keys that are older than they may get."""
        return tuple(key for key in self.holding.active if self.age(key) > self.limit)

    @property
    def past_deadline(self) -> bool:
        """Whether a key is kept Active beyond its last day, for it is in use or nobody has fetched its successor."""
        if self.line is None or self.line["reason"] not in {"KeyInUse", "SuccessorNotAdopted"}:
            return False
        deadline = self.account.policy_of(self.user).deadline_age
        return any(key.id == self.line["key"] and self.age(key) >= deadline for key in self.holding.active)

    @property
    def failure(self) -> Deed | None:
        """What went wrong last, within two days: a run tries each day anew, so a failure that lasts shows again."""
        done = [deed for deed in self.deeds if deed.outcome in {"Done", "Failed"}]
        last = done[-1] if done else None
        fresh = last is not None and self.account.now - last.at < timedelta(days=2)
        return last if last and fresh and last.outcome == "Failed" else None


@dataclass(frozen=True)
class Evidence:
    """All that a report is made of.

    Attributes:
        account: the stack's own, in which it was made.
        accounts: those that it is about, also such as could not be read.
        deeds: what was done in the period, of all users, those that are gone as well.
        notes: what had to be left out, and why.
    """

    account: Account
    accounts: tuple[Account, ...]
    subjects: tuple[Subject, ...]
    deeds: tuple[Deed, ...]
    notes: tuple[str, ...] = ()

    def by_account(self) -> "list[Evidence]":
        """Give what each account has of it."""
        subjects, deeds = defaultdict(list), defaultdict(list)
        for subject in self.subjects:
            subjects[subject.account.id].append(subject)
        for deed in self.deeds:
            deeds[deed.account].append(deed)
        return [Evidence(each, (each,), tuple(subjects[each.id]), tuple(deeds[each.id])) for each in self.accounts]

    def name_of(self, subject: Subject) -> str:
        """Give a user's name; with its account, where it may be in several."""
        return f"{subject.account.id}/{subject.user.name}" if len(self.accounts) > 1 else subject.user.name
