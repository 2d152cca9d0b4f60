"""What earlier releases left in an account is gone on with, as if this release had left it."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from keyturn import __version__
from keyturn.request import Request, Verb
from tests.fakes.identities import AccessKey
from tests.fakes.invariants import violations
from tests.fakes.world import World
from tests.unit.running import performed
from tests.upgrade.recording import lived, recorded
from tests.upgrade.restoring import STATES, restored

# Some keys in the record were due long ago. They leave when what an earlier run left is healed, and grace is over; one
# has to wait until an Inactive key beside it has had its recovery.
UNTIL_ALL_IS_IN_ORDER = 50
EVERY_STATE = pytest.mark.parametrize("state", STATES, ids=lambda state: state.stem)


def test_every_release_has_its_state_here_and_what_this_one_writes_is_the_newest() -> None:
    """A difference is a new schema: record it beside the older ones, and say in docs/upgrading.md what it means."""
    assert STATES
    (newest,) = [state for state in STATES if state.stem == __version__]
    assert json.loads(newest.read_text(encoding="utf-8")) == json.loads(json.dumps(recorded(lived(), __version__)))


@EVERY_STATE
def test_a_run_goes_on_at_every_stage_of_a_rotation(state: Path) -> None:
    world = restored(state)
    run = performed(world)
    assert run.lines == {
        "second": ("Hold", "Held"),
        "recovery": ("Hold", "Held"),
        "rolled-back": ("Hold", "Held"),
        "grace": ("Hold", "Held"),
        "inactive": ("Hold", "Held"),
        "died-at-intent": ("CreateKey", "Done"),
        "died-at-create": ("Hold", "Held"),
        "died-at-store": ("CreateKey", "Done"),
    }
    reasons = {user: run.reason(user) for user in run.lines}
    assert reasons["second"] == reasons["recovery"] == reasons["inactive"] == "RecoveryRunning"
    assert reasons["rolled-back"] == reasons["grace"] == "GraceRunning"
    assert reasons["died-at-create"] == "QuarantineRunning"
    assert [(each.user.name, each.action.name) for each in run.report.outcomes if each.action.name == "DiscardKey"] == [
        ("died-at-store", "DiscardKey")
    ]
    assert violations(world) == []


@EVERY_STATE
def test_a_rollback_gives_a_predecessor_back(state: Path) -> None:
    world = restored(state)
    run = performed(world, Request(verb=Verb.ROLLBACK, users=("recovery",)))
    assert run.lines == {"recovery": ("ReactivateKey", "Done")}
    assert len(world.active("recovery")) == 2
    assert violations(world) == []


@EVERY_STATE
def test_life_goes_on_for_half_a_year_and_no_key_is_lost_or_gets_too_old(state: Path) -> None:
    world = restored(state)
    first = {name: {key.id for key in user.living} for name, user in world.users.items()}
    run_day_after_day(world, 200)
    assert violations(world) == []
    for name, user in world.users.items():
        assert {key.id for key in user.living} & first[name] == set(), f"{name} was rotated twice"
        assert len(world.active(name)) >= 1
        secret = world.secret_of(user)
        assert secret is not None
        assert len(secret.labels) <= 20


def run_day_after_day(world: World, days: int) -> None:
    """Programs use the key that their secret gives them, or, before the first rotation, the one that they have."""
    for day in range(days):
        for name, user in world.users.items():
            secret = world.secret_of(user)
            current = secret.holder("AWSCURRENT") if secret else None
            world.use(current.holds[0] if current and current.holds else world.active(name)[0].id)
        world.advance(timedelta(days=1))
        assert performed(world).report.status.value == "OK"
        if day >= UNTIL_ALL_IS_IN_ORDER:
            assert not [key for key in world.keys.values() if key.status_at(world.now) == "Active" and old(world, key)]


def old(world: World, key: AccessKey) -> bool:
    return world.now - key.created_at >= timedelta(days=90)
