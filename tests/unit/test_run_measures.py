"""What a run measures of everybody is what is true when it ends, as far as the run has seen."""

from datetime import timedelta

import pytest

from tests.fakes.faults import always, refused
from tests.fakes.world import World
from tests.unit.running import due, performed


@pytest.fixture
def world() -> World:
    """Alice's predecessor is overdue and idle, and her successor in its place."""
    world = World()
    due(world, "alice")
    performed(world)
    world.advance(timedelta(days=15))
    world.use(world.users["alice"].living[-1].id)
    return world


def test_a_key_that_was_switched_off_is_not_overdue_any_more(world: World) -> None:
    run = performed(world)
    assert run.lines == {"alice": ("DeactivateKey", "Done")}
    assert (run.measured["KeysOverdue"], run.measured["OldestActiveKeyAgeDays"]) == (0, 15)


def test_a_key_that_could_not_be_switched_off_is(world: World) -> None:
    world.intercept.append(always(refused("AccessDenied", 403), operation="update_access_key"))
    run = performed(world)
    assert run.lines == {"alice": ("DeactivateKey", "Failed")}
    assert (run.measured["KeysOverdue"], run.measured["OldestActiveKeyAgeDays"]) == (1, 115)


def test_a_key_that_would_be_switched_off_is(world: World) -> None:
    run = performed(world, mode="observe")
    assert run.lines == {"alice": ("DeactivateKey", "Planned")}
    assert run.measured["KeysOverdue"] == 1


def test_a_key_that_is_inactive_is_not(world: World) -> None:
    performed(world)
    world.advance(timedelta(days=1))
    run = performed(world)
    assert run.lines == {"alice": ("Hold", "Held")}
    assert run.measured["OldestActiveKeyAgeDays"] == 16


def test_a_key_whose_successor_was_made_is_overdue_until_it_is_switched_off() -> None:
    world = World()
    due(world, "alice")
    run = performed(world)
    assert (run.measured["KeysRotated"], run.measured["KeysOverdue"]) == (1, 1)
