"""Accounts to measure in: users that Keyturn meets for the first time, or that it has rotated before."""

from datetime import timedelta
from typing import Final

from keyturn.request import Request
from keyturn.run import perform
from tests.fakes.account import EPOCH
from tests.fakes.calls import Caller
from tests.fakes.identities import User
from tests.fakes.vault import Secret, Version
from tests.fakes.world import World
from tests.unit.running import a_run

DUE, FRESH = timedelta(days=80), timedelta(days=10)
TOLD: Final = {"event_bus": "default", "topic_arn": "arn:aws:sns:eu-west-1:111122223333:people"}
_EARLIER: Final = Caller("an earlier run")
_REVIEW: Final = timedelta(days=75)


def account(users: int, due: int, *, known: bool) -> World:
    """Users of whom some are due; known ones have a secret, as a rotation leaves it when its predecessor is gone."""
    world = World()
    for number in range(users):
        age = DUE if number < due else FRESH
        user = world.user(f"user-{number}")
        if known:
            _add_secret(world, user, age)
        else:
            world.key(user, age_days=age.days)
    return world


def _add_secret(world: World, user: User, age: timedelta) -> None:
    made = EPOCH - age
    key = world.add_key(user, Caller("an earlier run"), made)
    name = f"keyturn/{user.name}/access-key"
    tags = {
        "keyturn:user-id": user.id,
        "keyturn:user-arn": user.arn,
        "keyturn:next-review": f"{made + _REVIEW:%Y-%m-%dT%H:%M:%SZ}",
    }
    world.secrets_made += 1
    arn = f"arn:aws:secretsmanager:{world.region}:{world.id}:secret:{name}-{world.secrets_made:06d}"
    secret = Secret(name, arn, made, made, tags=tags)
    for version in (
        Version(f"intent-of-{user.name}".ljust(32, "-"), "{}", made, _EARLIER),
        Version(
            f"version-of-{user.name}".ljust(32, "-"),
            f'{{"SecretAccessKey": "{key.secret}"}}',
            made,
            _EARLIER,
            [key.id, "AWSCURRENT", "AWSPENDING"],
        ),
    ):
        secret.versions[version.id] = version
    world.secrets[name] = secret
    key.stored = key.promoted = True


def run(world: World, request: Request | None = None, **settings: str | int) -> int:
    """One run that acts, and tells programs and people; answer how many rotations it made."""
    of_this_time = a_run(world, seconds=900, **(TOLD | settings))
    said: list[object] = []
    report = perform(request or Request(), of_this_time, tell=said.append, measure=said.append)
    made: int = report.totals.get("CreateKey", 0)
    if report.totals["failed"]:
        raise RuntimeError(f"{report.totals['failed']} users failed: a figure of that would be worth nothing")
    return made
