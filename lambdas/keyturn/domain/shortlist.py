"""The shortlist: which users deserve a closer look, from hints that cost a handful of calls for thousands of users.

Hints only shortlist. Nothing acts on the credential report, which may be four hours old, on the list of secrets, which
may lag, or on a secret's tag; the truth about each candidate is read before anything is decided.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from keyturn.domain import tags as tag
from keyturn.domain.access_key import User
from keyturn.domain.policy import Policy, PolicyDoesNotFit
from keyturn.domain.secret_labels import Secret, secret_name


class Rank(IntEnum):
    """The order of work, so that under pressure what was begun comes before what is new.

    First what may have left a key behind, then what stopped short of its end, then what is to be retired, then what is
    due to start, and last where only time seems to pass. These are looked at all the same, since hints may be wrong;
    but thousands of grace periods, each read through IAM's throttle, must not keep a key that is due from its turn.
    """

    HEAL = 0
    FINISH = 1
    RETIRE = 2
    START = 3
    WATCH = 4


@dataclass(frozen=True)
class KeyHint:
    """A key as the credential report shows it, without its ID; `created` is None where the report gives no date."""

    active: bool
    created: datetime | None


@dataclass(frozen=True)
class Hints:
    """What is known of all users before any is read.

    Attributes:
        users: the users in scope.
        keys: the hints of keys by the user's ARN.
        complete_at: users created before this moment have their keys in `keys`.
        secrets: the secrets below the prefix.
    """

    users: tuple[User, ...]
    keys: Mapping[str, tuple[KeyHint, ...]]
    complete_at: datetime
    secrets: tuple[Secret, ...] = ()


@dataclass(frozen=True)
class Candidate:
    """A user to be looked at.

    Attributes:
        oldest: when its oldest Active key was created, as far as the hints tell.
        secret_arns: the secrets that claim the user by their tag; None when they have not been listed.
    """

    user: User
    rank: Rank = Rank.RETIRE
    oldest: datetime | None = None
    secret_arns: tuple[str, ...] | None = None

    @property
    def order(self) -> tuple[Rank, datetime, str]:
        """The place in the queue: by rank, then oldest key first."""
        return self.rank, self.oldest or self.user.created, self.user.name


def shortlist(hints: Hints, policy: Policy, now: datetime, *, force: bool = False) -> list[Candidate]:
    """Choose the candidates, in the order in which they are worked on."""
    claims: dict[str, list[Secret]] = defaultdict(list)
    for secret in hints.secrets:
        claims[secret.tags.get(tag.USER_ID, "")].append(secret)
    sieve = _Sieve(hints, policy, now, force=force)
    chosen = []
    for user in hints.users:
        mine = claims.get(user.id, [])
        if (rank := sieve.rank(user, mine)) is not None:
            created = [key.created for key in hints.keys.get(user.arn, ()) if key.active and key.created]
            arns = tuple(sorted(secret.arn for secret in mine))
            chosen.append(Candidate(user, rank, min(created, default=None), arns))
    return sorted(chosen, key=lambda candidate: candidate.order)


@dataclass(frozen=True)
class _Sieve:
    hints: Hints
    policy: Policy
    now: datetime
    force: bool

    def rank(self, user: User, secrets: list[Secret]) -> Rank | None:
        """Say how urgently a user has to be looked at; None when it need not be."""
        keys = self.hints.keys.get(user.arn)
        stopped = [secret.open_intent for secret in secrets if secret.open_intent and not secret.deleted]
        if stopped:
            return Rank.FINISH if all(version.key_id for version in stopped) else Rank.HEAL
        if user.quarantine or any(tag.EXPOSED_KEY in secret.tags for secret in secrets):
            return Rank.RETIRE  # to be reported at every run, until somebody has looked
        if keys is None and user.created >= self.hints.complete_at:
            return None
        # A user that the report should show, yet does not (renamed since, perhaps), is read, too.
        if keys is None or len(keys) > 1 or len(secrets) > 1:
            settled = self._rotated(secrets) if keys is None else self._waits(secrets)
            return Rank.WATCH if settled else Rank.RETIRE
        if any(key.active and self._due(key, user) for key in keys):
            # The report may be four hours old and not know of a rotation since, of which the secret's review tells:
            # a tour that asks a large account again would begin with all those that it has rotated just now.
            return Rank.WATCH if self._rotated(secrets) and not self.force else Rank.START
        return Rank.RETIRE if any(self._review_due(secret) for secret in secrets) else None

    def _due(self, key: KeyHint, user: User) -> bool:
        return self.force or key.created is None or self.now - key.created >= _due_age(user, self.policy)

    def _waits(self, secrets: list[Secret]) -> bool:
        return len(secrets) == 1 and secrets[0].deleted is None and not self._review_due(secrets[0])

    def _rotated(self, secrets: list[Secret]) -> bool:
        """Whether a key was given and its review lies ahead; a first rotation that failed leaves a review alone."""
        return self._waits(secrets) and secrets[0].current_key is not None

    def _review_due(self, secret: Secret) -> bool:
        review = tag.moment(secret.tags, tag.NEXT_REVIEW)
        return secret.deleted is None and (review is None or review <= self.now)


def _due_age(user: User, policy: Policy) -> timedelta:
    try:
        tag.only_known(user.tags)
        tag.region(user.tags, tag.SES_SMTP)
        return policy.for_user(user.tags).due_age
    except (tag.InvalidTag, PolicyDoesNotFit):
        return timedelta()  # its tags are at fault, which is to be reported at every run


def abandoned(secrets: Iterable[Secret], everyone: Iterable[User], prefix: str) -> list[Secret]:
    """Secrets whose user is gone by its UserId; `everyone` has to be complete, in scope or not.

    A secret whose name a user of another UserId would take is left to the check that holds a recreated user.
    """
    everyone = list(everyone)
    ids = {user.id for user in everyone}
    names = {secret_name(prefix, user.name) for user in everyone}
    return [
        secret
        for secret in secrets
        if secret.deleted is None
        and tag.USER_ID in secret.tags
        and secret.tags[tag.USER_ID] not in ids
        and secret.name not in names
    ]
