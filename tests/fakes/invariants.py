"""The promises, judged from outside: what runs did to keys that were not theirs, and where every secret is.

Only the account is looked at, never the product: a promise is kept in the account or it is not kept. Of the design's
invariants these are the first four; each violation begins with its number.
"""

from collections.abc import Iterator
from datetime import timedelta

from tests.fakes.audit import leaks
from tests.fakes.chronicle import KeyChange
from tests.fakes.identities import AccessKey
from tests.fakes.world import World

LEASE = timedelta(minutes=20)
QUOTA = 2


def violations(world: World, *, at_rest: bool = True) -> list[str]:
    """Every broken promise so far; `at_rest` says that the last run is over, and not in the midst of a call."""
    return [
        *(text for change in world.changes for text in _retirement(change)),
        *_unsecured(world, at_rest=at_rest),
        *(text for change in world.changes for text in _creation(change)),
        *(f"4: a secret access key stands in {place}" for place in leaks(world)),
    ]


def _retirement(change: KeyChange) -> Iterator[str]:
    """1: what somebody may hold is deleted only when Inactive, deactivated only when something good remains.

    Something good is a successor that was promoted, or a key in use. A suspected orphan may be put aside as long as
    any Active key remains: that mistake can be undone. The very run that made a key may delete it at once, as long as
    nobody was given it.
    """
    if change.key is None or change.status != "Active":
        return
    what = f"1: run {change.run} {change.what}d {change.key.id} of {change.user.name}"
    fresh = change.key.created_by.run == change.run and not change.given
    if change.what == "delete" and not fresh:
        yield f"{what} while it was Active"
    good = change.successor or change.used or (change.suspect and change.remains)
    if change.what == "deactivate" and change.given and not good:
        yield f"{what}, whose owner is left without a key"


def _unsecured(world: World, *, at_rest: bool) -> Iterator[str]:
    """2: a key that a run made and that works is stored, at the latest after one further run."""
    for key in world.keys.values():
        if not key.created_by.run or key.deleted_at is not None or key.status != "Active":
            continue
        if key.stored and key.lost_by is not None and key.lost_by.run:
            yield f"2: run {key.lost_by.run} lost the stored secret of {key.id} of {key.user.name}"
        if not key.stored and _had_its_chance(world, key, at_rest=at_rest):
            yield f"2: nobody holds the secret of {key.id} of {key.user.name}, made by run {key.created_by.run}"


def _had_its_chance(world: World, key: AccessKey, *, at_rest: bool) -> bool:
    """Whether the run that made the key ended well, or a later one could have healed it."""
    over = world.runs if at_rest else world.runs[:-1]
    return any(
        not run.disturbed
        and (run.number == key.created_by.run or (run.heals and run.started_at - key.created_at > LEASE))
        for run in over[key.created_by.run - 1 :]
    )


def _creation(change: KeyChange) -> Iterator[str]:
    """3: never a third key, never a create without an open intent of this run."""
    if change.what != "create":
        return
    if change.key is not None and change.others >= QUOTA:
        yield f"3: run {change.run} made key number {change.others + 1} of {change.user.name}"
    if not change.intent:
        yield f"3: run {change.run} asked for a key for {change.user.name} without an open intent of its own"
