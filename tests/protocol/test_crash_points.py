"""Every crash point: each fault at each call of a run, and what the runs after it make of that."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product

import pytest

from tests.fakes.faults import EVERY, Fault, always, at, throttled
from tests.protocol.extent import some
from tests.protocol.life import Ending, Life
from tests.protocol.scenarios import SCENARIOS, Scenario

FURTHER_RUNS = 2
REST_OF_THE_LIFE = (13, 14, 15, 30, 44, 45, 60)
Record = Callable[[str, object], None]


def calls_of(scenario: Scenario, attempts: int) -> list[str]:
    """The operations that the run calls when nothing goes wrong."""
    life, alice = scenario.begin(attempts)
    before = len(life.world.calls())
    ending = life.run(scenario.request)
    assert ending.report is not None
    assert scenario.reached(life, alice) is not scenario.takes_another_run
    assert life.found == []
    return [call.operation for call in life.world.calls()[before:]]


def survive(scenario: Scenario, attempts: int, fault: Fault) -> list[str]:
    """Whatever is wrong after a run that met a fault, two further runs, and the rest of the keys' lives."""
    life, alice = scenario.begin(attempts)
    life.world.intercept.append(fault)
    ending = life.run(scenario.request)
    life.world.intercept.remove(fault)
    reached = scenario.reached(life, alice)
    wrong = [] if reached or scenario.takes_another_run or told(ending) else [f"nobody is told: {ending.labels}"]
    for _ in range(FURTHER_RUNS):
        life.wait(scenario.every)
        life.run(None if reached else scenario.request)
        reached = reached or scenario.reached(life, alice)
    if not reached:
        wrong.append(f"not reached: {[key.status for key in alice.living]}")
    return wrong + rest_of_the_life(life) + life.found


def told(ending: Ending) -> bool:
    """Whether somebody learns that the run did not do what it was for.

    A CreateSecret whose answer is lost is met by the SDK's own retry. It looks as if another run were at work, which
    is no failure: the next run goes on.
    """
    return ending.told or any("Held AnotherRunAtWork" in label for label in ending.labels)


def rest_of_the_life(life: Life) -> list[str]:
    """Run on until all that was begun is over; answer what is left over."""
    passed = 0
    for day in REST_OF_THE_LIFE:
        life.wait(timedelta(days=day - passed))
        passed = day
        life.run()
    return [f"left over: {key.id}" for key in life.strangers()]


@pytest.mark.parametrize("attempts", [1, 5])
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_fault_at_any_call_loses_nothing_and_is_healed(
    scenario: Scenario, attempts: int, record_property: Record
) -> None:
    calls = enumerate(calls_of(scenario, attempts), start=1)
    cases = list(some(product(calls, EVERY.items()), every=7))
    wrong = {}
    for (number, operation), (name, fault) in cases:
        if found := survive(scenario, attempts, at(number, fault)):
            wrong[f"{name} at {number} {operation}"] = found
    record_property("crash points, above the SDK", len(cases))
    assert wrong == {}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_an_operation_throttled_for_a_whole_run_loses_nothing_and_is_healed(
    scenario: Scenario, record_property: Record
) -> None:
    operations = dict.fromkeys(calls_of(scenario, attempts=5))
    wrong = {}
    for operation in operations:
        if found := survive(scenario, 5, always(throttled, operation=operation)):
            wrong[operation] = found
    record_property("crash points, above the SDK", len(operations))
    assert wrong == {}


def persist(scenario: Scenario, operation: str, fault: Fault) -> list[str]:
    """Whatever is wrong while an operation fails for days, and after it works again."""
    life, alice = scenario.begin(5)
    lasting = always(fault, operation=operation)
    life.world.intercept.append(lasting)
    wrong, reached = [], False
    for run in range(4):
        life.wait(scenario.every if run else timedelta(0))
        ending = life.run(None if reached else scenario.request)
        reached = reached or scenario.reached(life, alice)
        if life.world.runs[-1].disturbed and not (reached or ending.done or told(ending)):
            wrong.append(f"nobody is told: {ending.labels}")
    life.world.intercept.remove(lasting)
    for _ in range(FURTHER_RUNS):
        life.wait(scenario.every)
        life.run(None if reached else scenario.request)
        reached = reached or scenario.reached(life, alice)
    return wrong + rest_of_the_life(life) + life.found


@pytest.mark.parametrize("name", ["refused", "throttled", "failed before", "failed after", "response lost"])
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_fault_that_persists_for_days_is_reported_and_loses_nothing(
    scenario: Scenario, name: str, record_property: Record
) -> None:
    operations = list(some(dict.fromkeys(calls_of(scenario, attempts=5)), every=4))
    wrong = {}
    for operation in operations:
        if found := persist(scenario, operation, EVERY[name]):
            wrong[operation] = found
    record_property("crash points, above the SDK", len(operations))
    assert wrong == {}
