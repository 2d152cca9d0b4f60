"""Records the state that a release leaves in an account, at every stage of a rotation, for later releases to read.

Run it in the checkout of a release, with the path of this file, and keep what it prints in `states`:

    PYTHONPATH=.:lambdas python …/tests/upgrade/recording.py 0.1.0 > …/tests/upgrade/states/0.1.0.json

It uses of a release only what every release has had: the run, its request, and the account in memory.
"""

import json
import sys
from contextlib import suppress
from datetime import timedelta
from typing import Any

from keyturn.deadline import Deadline
from keyturn.doors import Doors, Run
from keyturn.request import Request, Verb
from keyturn.run import perform
from keyturn.settings import Settings
from tests.fakes.calls import Killed
from tests.fakes.faults import at, killed_after
from tests.fakes.world import World

TIME = "%Y-%m-%dT%H:%M:%SZ"
DIED = {
    "died-at-intent": "put_secret_value",
    "died-at-create": "create_access_key",
    "died-at-store": "put_secret_value",
}


def run(world: World, *users: str, verb: Verb = Verb.ROTATE) -> None:
    variables = {"KEYTURN_MODE": "enforce", "KEYTURN_CONCURRENCY": "1", "KEYTURN_EVENT_BUS": "default"}
    settings, began = Settings.from_environment(variables), world.now
    deadline = Deadline(lambda: 900 - (world.now - began).total_seconds(), world.sleep)
    request = Request(verb=verb, users=users)
    of_this_time = Run(f"run-{began:{TIME}}", began, settings, Doors.open(world.clients(), settings), deadline)
    said: list[Any] = []
    perform(request, of_this_time, tell=said.append, measure=said.append)


def days(world: World, number: float, *working: str) -> None:
    """Let days pass, at whose end programs use their newest keys."""
    world.advance(timedelta(days=number))
    for user in working:
        world.use(world.active(user)[-1].id)


def lived() -> World:
    """Users at every stage, each named after its own."""
    world = World()
    for name in ("second", "recovery", "rolled-back", "grace", *DIED):
        world.key(world.user(name), age_days=100, last_used_days=1)
    run(world, "second")
    days(world, 15, "second")
    run(world, "second")
    days(world, 31, "second")
    run(world, "second")
    days(world, 40, "second")
    run(world, "second", "recovery", "rolled-back")
    days(world, 15, "second", "recovery", "rolled-back")
    run(world, "second", "recovery", "rolled-back")
    days(world, 1, "second")
    run(world, "rolled-back", verb=Verb.ROLLBACK)
    world.key(world.user("untouched"), age_days=1)
    world.key(world.user("inactive"), age_days=200, last_used_days=1)
    world.key("inactive", age_days=300, status="Inactive")
    run(world, "grace", "inactive")
    for name, operation in DIED.items():
        world.intercept.append(at(1 + (name == "died-at-store"), killed_after, operation=operation))
        with suppress(Killed):
            run(world, name)
        world.intercept.clear()
    days(world, 0.5)
    run(world, "died-at-create")  # quarantines
    days(world, 0.1)
    return world


def recorded(world: World, release: str) -> dict[str, Any]:
    """What IAM and Secrets Manager hold; whatever a key's secret is, it says that it is fake."""
    return {
        "release": release,
        "now": f"{world.now:{TIME}}",
        "users": [
            {
                "name": user.name,
                "tags": user.tags,
                "keys": [
                    {
                        "id": key.id,
                        "slot": key.slot,
                        "status": key.status,
                        "created": f"{key.created_at:{TIME}}",
                        "deleted": f"{key.deleted_at:{TIME}}" if key.deleted_at else None,
                        "by_run": key.created_by.run,
                        "used": [f"{use.at:{TIME}} {use.service}" for use in key.uses[-1:]],
                    }
                    for key in user.keys
                ],
            }
            for user in world.users.values()
        ],
        "secrets": [
            {
                "name": secret.name,
                "arn": secret.arn,
                "created": f"{secret.created_at:{TIME}}",
                "tags": secret.tags,
                "versions": [
                    {
                        "id": version.id,
                        "labels": sorted(version.labels),
                        "created": f"{version.created_at:{TIME}}",
                        "value": json.loads(version.value) if version.value else None,
                    }
                    for version in secret.versions.values()
                ],
            }
            for secret in world.secrets.values()
        ],
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(recorded(lived(), sys.argv[1]), indent=1) + "\n")
