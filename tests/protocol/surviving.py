"""What has to be true of a life in which a run was disturbed, whatever the fault was and wherever it struck."""

from collections.abc import Callable
from datetime import timedelta

from keyturn.aws.clients import Clients
from tests.fakes.faults import Fault
from tests.fakes.world import World
from tests.protocol.life import Ending, Life
from tests.protocol.scenarios import Scenario

FURTHER_RUNS = 2
REST_OF_THE_LIFE = (13, 14, 15, 30, 44, 45, 60)
Connect = Callable[[World], Clients]


def calls_of(scenario: Scenario, connect: Connect) -> list[str]:
    """The operations that the run calls when nothing goes wrong."""
    life, alice = scenario.begin()
    before = len(life.world.calls())
    life.connect = connect
    ending = life.run(scenario.request)
    assert ending.report is not None
    assert scenario.reached(life, alice) is not scenario.takes_another_run
    assert life.found == []
    return [call.operation for call in life.world.calls()[before:]]


def survive(scenario: Scenario, connect: Connect, *faults: Fault) -> list[str]:
    """Whatever is wrong after a run for each fault, two further runs, and the rest of the keys' lives."""
    life, alice = scenario.begin()
    undisturbed, life.connect = life.connect, connect
    wrong, reached = [], False
    for number, fault in enumerate(faults):
        life.wait(scenario.every if number else timedelta(0))
        life.world.intercept.append(fault)
        ending = life.run(None if reached else scenario.request)
        life.world.intercept.remove(fault)
        reached = reached or scenario.reached(life, alice)
        goes_on = number > 0 and ending.done  # a further run may have something to heal before
        if not (reached or goes_on or scenario.takes_another_run or told(ending)):
            wrong.append(f"nobody is told: {ending.labels}")
    life.connect = undisturbed
    for _ in range(FURTHER_RUNS):
        life.wait(scenario.every)
        life.run(None if reached else scenario.request)
        reached = reached or scenario.reached(life, alice)
    # What lapses after some days may be missed when more than one run was disturbed.
    if not (reached or (scenario.lapses and len(faults) > 1)):
        wrong.append(f"not reached: {[key.status for key in alice.living]}")
    return wrong + rest_of_the_life(life) + life.found


def persist(scenario: Scenario, fault: Fault) -> list[str]:
    """Whatever is wrong while a fault lasts for days, and after it is over."""
    life, alice = scenario.begin()
    life.world.intercept.append(fault)
    wrong, reached = [], False
    for run in range(4):
        life.wait(scenario.every if run else timedelta(0))
        ending = life.run(None if reached else scenario.request)
        reached = reached or scenario.reached(life, alice)
        if life.world.runs[-1].disturbed and not (reached or ending.done or told(ending)):
            wrong.append(f"nobody is told: {ending.labels}")
    life.world.intercept.remove(fault)
    for _ in range(FURTHER_RUNS):
        life.wait(scenario.every)
        life.run(None if reached else scenario.request)
        reached = reached or scenario.reached(life, alice)
    if not (reached or scenario.lapses):
        wrong.append(f"not reached: {[key.status for key in alice.living]}")
    return wrong + rest_of_the_life(life) + life.found


def told(ending: Ending) -> bool:
    """Whether somebody learns that the run did not do what it was for.

    A CreateSecret whose answer is lost is met by the SDK's own retry. It looks as if another run were at work, which
    is no failure: the next run goes on. Neither is a throttle, of which the report and the digest tell.
    """
    harmless = ("Held AnotherRunAtWork", "Held Throttled")
    return ending.told or any(label.endswith(harmless) for label in ending.labels)


def rest_of_the_life(life: Life) -> list[str]:
    """Run on until all that was begun is over; answer what is left over."""
    passed = 0
    for day in REST_OF_THE_LIFE:
        life.wait(timedelta(days=day - passed))
        passed = day
        life.run()
    return [f"left over: {key.id}" for key in life.strangers()]
