"""Several runs at once, in every order with up to two preemptions: one key a rotation, and nobody's work undone."""

from collections.abc import Callable, Iterator, Sequence

import pytest

from keyturn.request import Request
from tests.fakes.identities import User
from tests.protocol.life import ROLLBACK, Ending, Life
from tests.protocol.scenarios import NAMED, SCENARIOS, Scenario
from tests.protocol.stage import Move, Stage, orders
from tests.protocol.surviving import FURTHER_RUNS, rest_of_the_life
from tests.proving import some

Record = Callable[[str, object], None]
FORCED = [NAMED[name] for name in ("a first rotation", "a later rotation", "a deactivation", "an orphan's deletion")]


def race(
    scenario: Scenario, requests: Sequence[Request | None], moves: Sequence[Move]
) -> tuple[Life, User, list[Ending]]:
    """The scenario's run and others, moving in turns; how each of them ended."""
    life, alice = scenario.begin()
    life.look_away()
    endings: list[Ending] = [Ending()] * len(requests)

    def actor(number: int) -> Callable[[], None]:
        def perform() -> None:
            endings[number] = life.perform(requests[number])

        return perform

    stage = Stage([actor(number) for number in range(len(requests))])
    life.world.intercept.append(stage.intercept)
    stage.play(moves)
    life.world.intercept.remove(stage.intercept)
    life.judge()
    return life, alice, endings


def alone(scenario: Scenario, request: Request | None) -> int:
    """How many calls a run makes when nobody is in its way."""
    life, _ = scenario.begin()
    before = len(life.world.calls())
    life.run(request)
    return len(life.world.calls()) - before


def aftermath(scenario: Scenario, life: Life, alice: User, before: int) -> Iterator[str]:
    """What is wrong after a race."""
    creates = [each for each in life.world.changes[before:] if each.what == "create" and each.key is not None]
    if len(creates) > 1:
        yield f"{len(creates)} keys were created"
    for each in creates:
        if each.key is not None and (each.key.deleted_at is not None or each.key is not life.current(alice)):
            yield f"run {each.run}'s work was undone"
    reached = scenario.reached(life, alice)
    for _ in range(FURTHER_RUNS):
        life.wait(scenario.every)
        life.run(None if reached else scenario.request)
        reached = reached or scenario.reached(life, alice)
    if not reached:
        yield f"not reached: {[key.status for key in alice.living]}"
    yield from rest_of_the_life(life)
    yield from life.found


def lost(
    scenario: Scenario, requests: Sequence[Request | None], every: int, of_the_whole: int = 1
) -> tuple[int, dict[str, list[str]]]:
    """How many orders were tried, and what went wrong in which."""
    wrong, tried = {}, 0
    for moves in some(
        orders(*(alone(scenario, request) for request in requests)), every=every, of_the_whole=of_the_whole
    ):
        tried += 1
        before = len(scenario.begin()[0].world.changes)
        life, alice, _ = race(scenario, requests, moves)
        if found := list(aftermath(scenario, life, alice, before)):
            wrong[str(moves)] = found
    return tried, wrong


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_two_runs_at_once_do_what_one_does(scenario: Scenario, record_property: Record) -> None:
    tried, wrong = lost(scenario, [scenario.request] * 2, every=29)
    record_property("interleavings of two runs", tried)
    assert wrong == {}


@pytest.mark.parametrize("scenario", FORCED, ids=lambda scenario: scenario.name)
def test_a_run_beside_one_that_a_person_forces_makes_one_key(scenario: Scenario, record_property: Record) -> None:
    tried, wrong = lost(scenario, [None, Request(users=("alice",), force=True)], every=29)
    record_property("interleavings of two runs", tried)
    assert wrong == {}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_rollback_that_answers_done_has_the_last_word(scenario: Scenario, record_property: Record) -> None:
    if scenario.name == "a secret's retirement":
        return  # nobody is there to be rolled back
    requests = [None, ROLLBACK]
    wrong, tried = {}, 0
    for moves in some(orders(*(alone(scenario, request) for request in requests)), every=17):
        tried += 1
        life, alice, endings = race(scenario, requests, moves)
        back = [outcome.key for outcome in endings[1].outcomes if outcome.action.name == "ReactivateKey"]
        if "ReactivateKey" in endings[1].done and life.key(back[0] or "").status != "Active":
            wrong[str(moves)] = [f"{back[0]} is {[key.status for key in alice.living]}"]
        elif life.found:
            wrong[str(moves)] = life.found
    record_property("interleavings of two runs", tried)
    assert wrong == {}


@pytest.mark.parametrize(
    ("name", "of_the_whole"), [("a first rotation", 1), ("an orphan's deletion", 5), ("a stored key's deletion", 5)]
)
def test_three_runs_at_once_do_what_one_does(name: str, of_the_whole: int, record_property: Record) -> None:
    requests = [None, None, Request(users=("alice",))]
    tried, wrong = lost(NAMED[name], requests, every=499, of_the_whole=of_the_whole)
    record_property("interleavings of three runs", tried)
    assert wrong == {}
