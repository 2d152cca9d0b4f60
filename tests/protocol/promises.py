"""What must never happen, judged from outside after every step; stricter than the account's own invariants.

The account's invariants judge each change of a key at its moment. These judge the time before a deletion, too: a
deletion can't be undone, so what somebody may hold has to have been Inactive for its whole recovery period, as far as
runs could see.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from tests.fakes.identities import AccessKey
from tests.fakes.invariants import violations
from tests.fakes.world import World

# A run decides everything for the moment at which it began, and lives for 15 minutes at most.
RUN = timedelta(minutes=15)
QUARANTINE = timedelta(hours=20)
# IAM's and Secrets Manager's clocks may differ by a little.
SKEW = timedelta(minutes=1)


def broken(world: World, recovery: timedelta, intents: Sequence[datetime] = (), *, at_rest: bool = True) -> list[str]:
    """Every broken promise so far.

    Args:
        world: the account.
        recovery: what every user was promised.
        intents: when runs wrote into secrets, and so may have been about to create a key.
        at_rest: whether the last run is over.
    """
    return [*violations(world, at_rest=at_rest), *_early_deletions(world, recovery, intents)]


def _early_deletions(world: World, recovery: timedelta, intents: Sequence[datetime]) -> Iterator[str]:
    for change in world.changes:
        key = change.key
        if change.what != "delete" or key is None or _never_given(world, key):
            continue
        needed = QUARANTINE if _suspect(key, intents) else recovery
        since = _seen_inactive_since(world, key, change.at)
        if since is None or change.at - since < needed - RUN:
            yield (
                f"1: run {change.run} deleted {key.id} of {key.user.name}, which somebody may hold, "
                f"{change.at - since if since else 'though'} after it was seen Inactive"
            )


def _never_given(world: World, key: AccessKey) -> bool:
    """Whether a run made the key and nobody can have it: no value that holds it was read, and only a check used it."""
    versions = (version for secret in world.secrets.values() for version in secret.versions.values())
    fetched = any(key.id in version.holds and version.accessed_on is not None for version in versions)
    return bool(key.created_by.run) and not fetched and all(use.service == "sts" for use in key.uses)


def _suspect(key: AccessKey, intents: Sequence[datetime]) -> bool:
    """Whether the key was never used and was made within a Lambda's life of an intent."""
    return not key.uses and any(-SKEW <= key.created_at - intent <= RUN for intent in intents)


def _seen_inactive_since(world: World, key: AccessKey, until: datetime) -> datetime | None:
    """When the key was made Inactive after a run could last see it Active."""
    starts = [run.started_at for run in world.runs if run.started_at <= until and not run.disturbed]
    seen_active = max((at for at in starts if key.status_at(at) == "Active"), default=None)
    later = (at for at, status in key.history if status == "Inactive" and (seen_active is None or at >= seen_active))
    return next(later, None)
