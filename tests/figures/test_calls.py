"""How many calls to AWS a rotation and a scan make."""

from collections import Counter
from datetime import timedelta

import pytest

from keyturn.request import Request
from keyturn.run import perform
from tests.fakes.invariants import violations
from tests.fakes.world import World
from tests.figures.figure import at_most
from tests.unit.running import EVERYBODY, Performed, a_run, performed

TOPIC = "arn:aws:sns:eu-west-1:111122223333:people"


@pytest.fixture
def world() -> World:
    return World()


def heard(world: World, request: Request = EVERYBODY) -> Performed:
    """What came of a run that tells programs and people."""
    return performed(world, request, event_bus="default", topic_arn=TOPIC)


def calls(world: World) -> int:
    """The calls since the last look."""
    operations = Counter(call.operation for call in world.calls())
    world.log.clear()
    print(f"\n{dict(operations)}")  # noqa: T201 - what a figure is made of
    return operations.total()


def rotated_twice(world: World, request: Request) -> tuple[int, int]:
    """The calls of a user's first rotation, and of the one after its first predecessor is gone."""
    world.key(world.user("alice"), age_days=100)
    first = heard(world, request)
    assert first.lines == {"alice": ("CreateKey", "Done")}
    counted = calls(world)
    for _ in range(3):  # deactivated, waited for, deleted
        world.advance(timedelta(days=15))
        world.use(world.users["alice"].living[-1].id)
        performed(world, request)
    world.advance(timedelta(days=31))
    world.log.clear()
    second = heard(world, request)
    assert second.lines == {"alice": ("CreateKey", "Done")}
    assert violations(world) == []
    return counted, calls(world)


def test_a_rotation_of_a_named_user(world: World) -> None:
    first, later = rotated_twice(world, Request(users=("alice",)))
    at_most("the first rotation of a named user, an event and a message included", first, 13, "calls")
    at_most("a later rotation of a named user, an event included, the run's message not", later - 1, 12, "calls")


def test_a_rotation_in_a_scan(world: World) -> None:
    first, later = rotated_twice(world, Request())
    at_most("a scan with one first rotation, without its four calls for everybody", first - 4, 13, "calls")
    at_most("a scan with one later rotation, without its four calls for everybody", later - 4, 12, "calls")


def test_a_scan_of_a_thousand_users_without_secrets_and_nothing_due(world: World) -> None:
    for number in range(1_000):
        world.key(world.user(f"user-{number}"), age_days=10)
    assert heard(world).report.candidates == 0
    at_most("a scan of 1,000 users without secrets, nothing due", calls(world), 7, "calls")


def test_a_scan_of_a_thousand_users_with_a_thousand_secrets_and_nothing_due(world: World) -> None:
    rotated(world, 1_000)
    assert heard(world).report.candidates == 0
    at_most("a scan of 1,000 users with 1,000 secrets, nothing due", calls(world), 17, "calls")


def rotated(world: World, number: int) -> None:
    """Users that were rotated once, and whose old keys are gone."""
    for each in range(number):
        world.key(world.user(f"user-{each}"), age_days=100)
    performed(world, max_rotations_per_run=number)
    for days in (15, 31, 5):
        for user in world.users.values():
            world.use(user.living[-1].id)
        world.advance(timedelta(days=days))
        performed(world, max_rotations_per_run=number)
    assert all(len(user.living) == 1 for user in world.users.values())
    assert violations(world) == []
    world.log.clear()


def test_two_hundred_users_of_which_fifty_are_due(world: World) -> None:
    for number in range(200):
        world.key(world.user(f"user-{number}"), age_days=100 if number < 50 else 10)
    run = heard(world)
    assert run.report.totals["CreateKey"] == 50
    at_most("200 users, 50 due, 50 events and a message included", calls(world), 620, "calls")


def test_a_run_that_only_looks_makes_no_call_for_each_user(world: World) -> None:
    for number in range(1_000):
        world.key(world.user(f"user-{number}"), age_days=10)
    perform(Request(dry_run=True), a_run(world), tell=lambda _: None, measure=lambda _: None)
    at_most("a dry run over 1,000 users, nothing due", calls(world), 7, "calls")
