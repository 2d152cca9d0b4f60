"""Two faults in one history: at every two calls of a run, and at every call of a run and of the next."""

from collections.abc import Callable

import pytest

from tests.fakes.faults import EVERY, at
from tests.protocol.again import Case, line, told, two_faults_in_one_run, two_faults_in_two_runs
from tests.protocol.pairs import KINDS, SAME_AS, calls, done, in_one_run, in_two_runs
from tests.protocol.scenarios import SCENARIOS, Scenario
from tests.proving import some

Record = Callable[[str, object], None]
each_scenario = pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)


def wrong(play: Callable[..., list[str]], cases: list[Case]) -> dict[str, list[str]]:
    """What is wrong, by the command that plays it again."""
    return {line(play.__name__, *case): found for case in cases if (found := play(*case))}


@each_scenario
def test_two_faults_in_one_run_lose_nothing_and_are_healed(scenario: Scenario, record_property: Record) -> None:
    cases = list(in_one_run(scenario))
    found = wrong(two_faults_in_one_run, cases)
    assert not found, told(found)
    record_property("pairs of faults in one run", len(cases))


@each_scenario
def test_a_fault_in_each_of_two_runs_loses_nothing_and_is_healed(scenario: Scenario, record_property: Record) -> None:
    cases = list(in_two_runs(scenario))
    found = wrong(two_faults_in_two_runs, cases)
    assert not found, told(found)
    record_property("pairs of faults in two runs", len(cases))


@each_scenario
def test_the_kinds_that_are_left_out_do_what_those_do_that_stand_for_them(scenario: Scenario) -> None:
    assert {*KINDS, *SAME_AS, "killed before"} == {*EVERY}
    for number in some(range(1, calls(scenario)[0] + 1), every=29):
        for kind, same in SAME_AS.items():
            assert done(scenario, at(number, EVERY[kind])) == done(scenario, at(number, EVERY[same])), (number, kind)
        if number > 1:
            assert done(scenario, at(number, EVERY["killed before"])) == done(
                scenario, at(number - 1, EVERY["killed after"])
            ), number
