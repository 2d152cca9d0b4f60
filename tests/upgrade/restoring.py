"""Lays a recorded state into an account in memory, as another release left it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.fakes.account import Account
from tests.fakes.calls import Caller
from tests.fakes.chronicle import Run
from tests.fakes.identities import AccessKey, Use
from tests.fakes.inhabitants import PERSON
from tests.fakes.vault import CURRENT, PREVIOUS, Secret, Version
from tests.fakes.world import World
from tests.upgrade.recording import TIME

STATES = sorted(Path(__file__).with_name("states").glob("*.json"))
# All that happened before is one run to the account, which was cut short.
_FORMER = Caller("an earlier release", 1)


def restored(recorded: Path) -> World:
    """The account as it was at the moment of the record."""
    state = json.loads(recorded.read_text(encoding="utf-8"))
    world = World(_moment(state["now"]))
    world.runs.append(Run(1, world.now - timedelta(days=1), disturbed=True))
    for user in state["users"]:
        _add_user(world, user)
    for secret in state["secrets"]:
        _add_secret(world, secret)
    world.secrets_made = len(world.secrets)
    return world


def _moment(text: str) -> datetime:
    return datetime.strptime(text, TIME).replace(tzinfo=UTC)


def _add_user(world: Account, told: dict[str, Any]) -> None:
    user = world.add_user(told["name"], "/", world.now - timedelta(days=400))
    user.tags = dict(told["tags"])
    for each in told["keys"]:
        key = AccessKey(each["id"], user, each["slot"], _moment(each["created"]), _FORMER if each["by_run"] else PERSON)
        key.set_status(key.created_at, each["status"])
        key.deleted_at = _moment(each["deleted"]) if each["deleted"] else None
        key.uses = [Use(_moment(at), service, world.region) for at, service in (use.split() for use in each["used"])]
        world.keys[key.id] = key
        user.keys.append(key)


def _add_secret(world: Account, told: dict[str, Any]) -> None:
    created = _moment(told["created"])
    secret = Secret(told["name"], told["arn"], created, created, tags=dict(told["tags"]))
    for each in told["versions"]:
        value = json.dumps(each["value"]) if each["value"] else ""
        version = Version(each["id"], value, _moment(each["created"]), _FORMER, list(each["labels"]))
        secret.versions[version.id] = version
        for key in (world.keys[key_id] for key_id in version.holds if key_id in world.keys):
            key.stored = True
            key.promoted = key.promoted or bool({CURRENT, PREVIOUS} & set(version.labels))
    world.secrets[secret.name] = secret
