"""All pairs of faults: at two calls of one run, and at a call each of two runs, one after the other.

Of the kinds of fault those are taken that differ in what has become of the call and in what the run learns. With one
attempt a call, a connection that is closed and a service that fails are told apart by nothing but their names, and so
are an answer that is lost and a failure after the deed. To be killed before a call is to be killed after the one
before.
"""

from collections.abc import Iterator
from datetime import timedelta
from itertools import product

from tests.fakes.faults import EVERY, Fault, at
from tests.protocol.again import Case
from tests.protocol.life import sending
from tests.protocol.scenarios import Scenario
from tests.proving import some

KINDS = ("refused", "throttled", "failed before", "failed after", "killed after")
SAME_AS = {"unreachable": "failed before", "connection closed": "failed before", "response lost": "failed after"}
# Of the first faults and of the second ones, when nothing is to be proved; neither is a multiple of the kinds.
EACH = 23


def in_one_run(scenario: Scenario) -> Iterator[Case]:
    """The second fault strikes at any call that the run still makes after the first."""
    for number, first in _firsts(scenario):
        met, _ = calls(scenario, at(number, EVERY[first]))
        yield from _pairs(scenario, number, first, range(number + 1, met + 1))


def in_two_runs(scenario: Scenario) -> Iterator[Case]:
    """The second fault strikes at any call of the next run, which finds what the first has left."""
    for number, first in _firsts(scenario):
        _, met = calls(scenario, at(number, EVERY[first]))
        yield from _pairs(scenario, number, first, range(1, met + 1))


def _firsts(scenario: Scenario) -> list[tuple[int, str]]:
    return some(product(range(1, calls(scenario)[0] + 1), KINDS), every=EACH)


def _pairs(scenario: Scenario, number: int, first: str, laters: range) -> Iterator[Case]:
    for later, second in some(product(laters, KINDS), every=EACH):
        yield scenario.name, str(number), first, str(later), second


def calls(scenario: Scenario, *faults: Fault) -> tuple[int, int]:
    """How many calls a run makes that meets faults, and how many the next."""
    life, alice = scenario.begin()
    life.connect = sending(1)
    made = [len(life.world.calls())]
    life.world.intercept += faults
    life.run(scenario.request)
    del life.world.intercept[len(life.world.intercept) - len(faults) :]
    made.append(len(life.world.calls()))
    life.wait(scenario.every)
    life.run(None if scenario.reached(life, alice) else scenario.request)
    made.append(len(life.world.calls()))
    return made[1] - made[0], made[2] - made[1]


def done(scenario: Scenario, fault: Fault) -> list[tuple[str, timedelta]]:
    """What a run that meets a fault, and the next, change, and when."""
    life, _ = scenario.begin()
    life.connect = sending(1)
    life.world.intercept.append(fault)
    began, before = life.world.now, len(life.world.changes)
    life.run(scenario.request)
    life.world.intercept.remove(fault)
    life.wait(scenario.every)
    life.run()
    return [(change.what, change.at - began) for change in life.world.changes[before:]]
