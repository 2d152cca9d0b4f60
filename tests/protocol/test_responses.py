"""A response to a guard alarm, with every fault at every call, and at every moment of the run that it is about.

Whatever happens, a key whose guard alarm rings ends Active, at the latest when the signal is delivered once more.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest

from keyturn.respond import ResponseFailed
from tests.aws_events import own_action
from tests.fakes.calls import Killed
from tests.fakes.faults import EVERY, Fault, at, killed_before, meanwhile
from tests.fakes.invariants import violations
from tests.fakes.world import World
from tests.guarded import ALARM, Guarded, deactivated, in_grace, rotate
from tests.lambda_function import responder

BACK = ("Active", "Active")
RESPONSE = [
    "list_secrets",
    "describe_alarms",
    "get_user",
    "list_attached_user_policies",
    "describe_secret",
    "list_secret_version_ids",
    "list_access_keys",
    "tag_resource",
    "update_access_key",
    "untag_resource",
    "put_events",
    "publish",
    "publish",
]
RETRY = timedelta(minutes=1)  # Lambda's own, after an error
Record = Callable[[str, object], None]


def ring(world: World) -> None:
    world.alarm(ALARM, "ALARM")


def deliver(world: World, attempts: int = 5) -> bool:
    """Deliver the alarm; answer whether the function ended without an error."""
    function = responder(world)
    function.connect = lambda world: world.clients(attempts=attempts, heals=False)
    try:
        function.invoke(own_action(ALARM))
    except (ResponseFailed, Killed):
        return False
    return True


def rung() -> Guarded:
    """Alice, whose old key was deactivated an hour ago, and whose alarm has just rung."""
    world = World()
    (alice,) = deactivated(world, "alice")
    world.advance(timedelta(hours=1))
    ring(world)
    return alice


def operations(world: World, act: Callable[[], object]) -> list[str]:
    before = len(world.calls())
    act()
    return [call.operation for call in world.calls()[before:]]


def test_a_response_takes_thirteen_calls() -> None:
    alice = rung()
    assert operations(alice.world, lambda: deliver(alice.world)) == RESPONSE
    assert alice.statuses == BACK


def test_each_further_user_of_the_alarm_takes_ten() -> None:
    world = World()
    deactivated(world, "alice", "bob", "carol")
    ring(world)
    assert len(operations(world, lambda: deliver(world))) == len(RESPONSE) + 2 * 10


def test_once_it_is_undone_a_repeated_delivery_only_reads() -> None:
    alice = rung()
    deliver(alice.world)
    assert operations(alice.world, lambda: deliver(alice.world)) == RESPONSE[:7]


def again(alice: Guarded) -> None:
    """Lambda's retry."""
    alice.world.advance(RETRY)
    assert deliver(alice.world)


def tomorrow(alice: Guarded) -> None:
    """The daily run, should no delivery follow."""
    alice.world.advance(timedelta(hours=12))
    rotate(alice.world)


@pytest.mark.parametrize("attempts", [1, 5])
@pytest.mark.parametrize("made_good", [again, tomorrow])
def test_a_fault_at_any_call_is_made_good_by_the_next_delivery_or_the_next_run(
    made_good: Callable[[Guarded], None], attempts: int, record_property: Record
) -> None:
    tried = 0
    for number, operation in enumerate(RESPONSE, start=1):
        for name, fault in EVERY.items():
            alice, tried = rung(), tried + 1
            where = f"{name} at {number} {operation}"
            alice.world.intercept.append(at(number, fault))
            well = deliver(alice.world, attempts)
            alice.world.intercept.clear()
            assert alice.statuses == BACK or not well, f"nobody is told: {where}"
            made_good(alice)
            assert alice.statuses == BACK, where
            assert alice.tags["guard-undone"] == "1", where
            assert violations(alice.world) == [], where
            alice.world.alarm(ALARM, "OK")
            for days in (1, 12):
                alice.world.advance(timedelta(days=days))
                rotate(alice.world)
                assert alice.statuses == BACK, f"no new grace period: {where}"
    record_property("crash points of a response", tried)


def a_run(world: World, *faults: Fault) -> None:
    world.intercept.extend(faults)
    rotate(world)


def a_deactivation() -> list[str]:
    world = World()
    in_grace(world, "alice")
    return operations(world, lambda: rotate(world))


CALLS = a_deactivation()
AFTER = len(CALLS) + 1


def test_the_run_that_is_raced_with_deactivates() -> None:
    assert CALLS.count("update_access_key") == 1
    assert "describe_alarms" in CALLS[CALLS.index("update_access_key") :]


def race(rings: int, comes: int, dies: int | None = None) -> Guarded:
    """A run, in which the alarm rings before one call and the signal comes before another, or after the run.

    The response may die before a call of its own; Lambda then delivers the signal again, after the run.
    """
    world = World()
    (alice,) = in_grace(world, "alice")
    run = len(world.runs) + 1

    def respond() -> None:
        if dies is not None:
            world.intercept.append(at(dies, killed_before, run=len(world.runs) + 1))
        deliver(world)

    a_run(
        world,
        at(rings, meanwhile(lambda: ring(world)), run=run),
        at(comes, meanwhile(respond), run=run),
    )
    if rings == AFTER:
        ring(world)
    if comes == AFTER:
        respond()
    if dies is not None:
        world.advance(RETRY)
        deliver(world)
    return alice


@pytest.mark.parametrize("rings", range(1, AFTER + 1))
def test_whenever_the_alarm_rings_and_the_signal_comes_the_key_ends_active(rings: int) -> None:
    for comes in range(rings, AFTER + 1):
        alice = race(rings, comes)
        assert alice.statuses == BACK, f"it comes before call {comes}"
        assert alice.tags.get("guard-undone", "1") == "1", "one deactivation is undone once"
        assert violations(alice.world) == []


@pytest.mark.parametrize("comes", range(1, AFTER + 1))
def test_a_response_that_dies_beside_a_run_is_made_good_by_the_next_delivery(comes: int) -> None:
    for dies in range(1, len(RESPONSE) + 1):
        alice = race(comes, comes, dies)
        assert alice.statuses == BACK, f"it dies before its call {dies}"
        assert violations(alice.world) == []


@pytest.mark.parametrize("number", range(1, len(RESPONSE) + 1))
def test_a_whole_run_at_any_moment_of_a_response_does_no_harm(number: int) -> None:
    alice = rung()
    run = len(alice.world.runs) + 1
    alice.world.intercept.append(at(number, meanwhile(lambda: rotate(alice.world)), run=run))
    assert deliver(alice.world)
    assert alice.statuses == BACK
    assert alice.tags["guard-undone"] == "1"
    assert violations(alice.world) == []


@pytest.mark.parametrize("number", range(1, len(RESPONSE) + 1))
def test_two_deliveries_at_once_undo_once(number: int) -> None:
    alice = rung()
    run = len(alice.world.runs) + 1
    alice.world.intercept.append(at(number, meanwhile(lambda: deliver(alice.world)), run=run))
    assert deliver(alice.world)
    assert alice.statuses == BACK
    assert alice.tags["guard-undone"] == "1"
