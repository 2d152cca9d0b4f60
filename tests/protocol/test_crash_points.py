"""Every crash point: each fault at each call of a run, and what the runs after it make of that."""

from collections.abc import Callable
from itertools import product

import pytest

from tests.fakes.faults import EVERY, always, at, throttled
from tests.protocol.again import line, told
from tests.protocol.life import sending
from tests.protocol.scenarios import SCENARIOS, Scenario
from tests.protocol.surviving import calls_of, persist, survive
from tests.protocol.wire import Wire
from tests.proving import some

FIGURE = "crash points above the SDK's retries"
FIGURE_BELOW = "crash points below the SDK's retries"
Record = Callable[[str, object], None]
each_scenario = pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)


@pytest.mark.parametrize("attempts", [1, 5])
@each_scenario
def test_a_fault_at_any_call_loses_nothing_and_is_healed(
    scenario: Scenario, attempts: int, record_property: Record
) -> None:
    calls = range(1, len(calls_of(scenario, sending(attempts))) + 1)
    cases = some(product(calls, EVERY), every=7)
    wrong = {}
    for number, fault in cases:
        if found := survive(scenario, sending(attempts), at(number, EVERY[fault])):
            wrong[line("crash_point", scenario.name, attempts, number, fault)] = found
    record_property(FIGURE, len(cases))
    assert not wrong, told(wrong)


@each_scenario
def test_an_operation_throttled_for_a_whole_run_loses_nothing_and_is_healed(
    scenario: Scenario, record_property: Record
) -> None:
    operations = dict.fromkeys(calls_of(scenario, sending(5)))
    wrong = {}
    for operation in operations:
        if found := survive(scenario, sending(5), always(throttled, operation=operation)):
            wrong[operation] = found
    record_property(FIGURE, len(operations))
    assert not wrong, told(wrong)


@pytest.mark.parametrize("name", ["refused", "throttled", "failed before", "failed after", "response lost"])
@each_scenario
def test_a_fault_that_persists_for_days_is_reported_and_loses_nothing(
    scenario: Scenario, name: str, record_property: Record
) -> None:
    operations = some(dict.fromkeys(calls_of(scenario, sending(5))), every=4)
    wrong = {}
    for operation in operations:
        if found := persist(scenario, always(EVERY[name], operation=operation)):
            wrong[operation] = found
    record_property(FIGURE, len(operations))
    assert not wrong, told(wrong)


@each_scenario
def test_a_fault_below_the_retries_of_the_real_sdk_loses_nothing_and_is_healed(
    scenario: Scenario, wire: Wire, record_property: Record
) -> None:
    calls = range(1, len(calls_of(scenario, wire.plug)) + 1)
    cases = some(product(calls, EVERY), every=31)
    wrong = {}
    for number, fault in cases:
        if found := survive(scenario, wire.plug, at(number, EVERY[fault])):
            wrong[line("crash_point_below_the_sdk", scenario.name, number, fault)] = found
    record_property(FIGURE_BELOW, len(cases))
    assert not wrong, told(wrong)


@each_scenario
def test_a_fault_that_outlasts_the_retries_of_the_real_sdk_loses_nothing_and_is_healed(
    scenario: Scenario, wire: Wire, record_property: Record
) -> None:
    operations = dict.fromkeys(calls_of(scenario, wire.plug))
    faults = {name: fault for name, fault in EVERY.items() if not name.startswith("killed")}
    cases = some(product(operations, faults.items()), every=27)
    wrong = {}
    for operation, (name, fault) in cases:
        if found := survive(scenario, wire.plug, always(fault, operation=operation)):
            wrong[f"{name} at all of {operation}"] = found
    record_property(FIGURE_BELOW, len(cases))
    assert not wrong, told(wrong)
