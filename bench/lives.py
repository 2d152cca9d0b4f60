"""How many calls a key costs in its life, and an account on an average day: counted over the days of a whole cycle."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bench.accounts import run
from tests.fakes.identities import User
from tests.fakes.world import World

CYCLE: Final = 75  # days from one rotation to the next, by the default settings
USERS: Final = 75  # so that one is due each day
# What a run asks about everybody, and the message about it.
EVERYBODYS: Final = (
    "generate_credential_report",
    "get_credential_report",
    "get_account_authorization_details",
    "list_secrets",
    "publish",
)
_A_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Day:
    """What a run of some day did: its calls in their order, and how often it changed each kind of thing."""

    operations: tuple[str, ...]

    @property
    def calls(self) -> Counter[str]:
        """How often each operation was called."""
        return Counter(self.operations)

    @property
    def begins(self) -> int:
        """How many rotations it made."""
        return self.calls["create_access_key"]

    @property
    def acts(self) -> int:
        """How many keys it made, switched off or deleted."""
        return sum(self.calls[name] for name in ("create_access_key", "update_access_key", "delete_access_key"))


def days() -> list[Day]:
    """Live with users whose keys fall due one after the other, until all is in its course, and then for one cycle."""
    world = World()
    for number in range(USERS):
        world.key(world.user(f"user-{number}"), age_days=number, last_used_days=1 if number else None)
    lived = [_day(world) for _ in range(3 * CYCLE)]
    return lived[-CYCLE:]


def _day(world: World) -> Day:
    for user in world.users.values():
        world.use(_current(world, user))
    world.advance(_A_DAY)
    world.log.clear()
    run(world)
    return Day(tuple(call.operation for call in world.calls()))


def _current(world: World, user: User) -> str:
    secret = world.secret_of(user)
    holder = secret.holder("AWSCURRENT") if secret else None
    return holder.holds[0] if holder and holder.holds else user.living[0].id


def steps() -> dict[str, Counter[str]]:
    """Count what each step in the life of one user's keys costs beyond what a run costs anyhow."""
    return {name: Counter(operations) for name, operations in sequences().items()}


def sequences() -> dict[str, tuple[str, ...]]:
    """Give the calls of each step in the life of one user's keys, in their order."""
    world = World()
    alice = world.user("alice")
    world.key(alice, age_days=80, last_used_days=1)
    found: dict[str, tuple[str, ...]] = {}
    for _ in range(2 * CYCLE + 1):
        day = _day(world)
        if name := _step(day, found):
            found[name] = tuple(each for each in day.operations if each not in EVERYBODYS)
    return found


def _step(day: Day, found: dict[str, tuple[str, ...]]) -> str | None:
    if day.begins:
        return "a first rotation" if "a first rotation" not in found else "a later rotation"
    if day.calls["update_access_key"]:
        return "a deactivation"
    if day.calls["delete_access_key"]:
        return "a deletion"
    return "a look at a user who waits" if day.calls["list_access_keys"] else None
