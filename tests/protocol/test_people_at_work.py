"""A person at work while a run is: at every call, everything that people do; no key of theirs is lost to it."""

from collections.abc import Callable, Iterator
from itertools import product

import pytest

from tests.fakes.calls import Call
from tests.fakes.chronicle import KeyChange
from tests.fakes.faults import at
from tests.protocol.life import Ending, Life
from tests.protocol.people import ACTS, recreate_user
from tests.protocol.scenarios import SCENARIOS, Scenario
from tests.protocol.surviving import FURTHER_RUNS, rest_of_the_life
from tests.proving import some

Record = Callable[[str, object], None]

# IAM deletes keys without conditions. A key that a person reactivates between a run's last look and the deletion, which
# is its very next call, is deleted: that can't be seen, nor undone.
UNSEEN = "delete_access_key"
# An intent is found by the tag that says whose secret it is in; these acts take it off, or the user away from it.
HIDE_THE_INTENT = {"takes the owner off the secret", "creates the user anew"}


def meet(scenario: Scenario, name: str, number: int) -> tuple[str, list[str]]:
    """Let a person act before the n-th call of a run; answer which call that was, and what is wrong in the end."""
    life, alice = scenario.begin()
    met = []

    def act(call: Call) -> None:
        met.append(call.operation)
        life.world.runs[call.caller.run - 1].disturbed = True
        ACTS[name](life, alice)

    trigger = at(number, act)
    life.world.intercept.append(trigger)
    life.run(scenario.request)
    life.world.intercept.remove(trigger)
    for _ in range(FURTHER_RUNS):
        life.wait(scenario.every)
        ending = life.run()
    rest_of_the_life(life)
    before = "".join(met)
    return before, [*broken_promises(life, name, before), *forgotten_keys(life, ending)]


def broken_promises(life: Life, name: str, before: str) -> Iterator[str]:
    """What was found, save what could not be seen, and what the very same run has undone."""
    undone = [
        f"run {off.run} deactivated {off.key.id} " for off in life.world.changes if off.key and _undone(life, off)
    ]
    for text in life.found:
        unhealed = text.startswith("2: nobody holds")  # whoever is held can't be healed: see below
        unseen = before == UNSEEN and text.startswith("1:")
        hidden = name in HIDE_THE_INTENT and text.startswith("3:")
        if not (unhealed or unseen or hidden or any(part in text for part in undone)):
            yield text


def _undone(life: Life, off: KeyChange) -> bool:
    """Whether a key was made Active again by the run that made it Inactive."""
    ons = (change for change in life.world.changes if change.what == "activate")
    return off.what == "deactivate" and any((on.key, on.run) == (off.key, off.run) for on in ons)


def forgotten_keys(life: Life, ending: Ending) -> Iterator[str]:
    """Orphans that are neither put aside nor told of, after two further runs."""
    held = ending.told or any("Exempt" in label for label in ending.labels)
    for key in life.strangers():
        if key.status == "Active" and not held:
            yield f"nobody is told that {key.id} is left over"


def calls_alone(scenario: Scenario) -> int:
    """How many calls the run makes when nobody is in its way."""
    life, _ = scenario.begin()
    before = len(life.world.calls())
    life.run(scenario.request)
    return len(life.world.calls()) - before


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_what_a_person_does_at_any_call_costs_nobody_a_key(scenario: Scenario, record_property: Record) -> None:
    cases = some(product(range(1, calls_alone(scenario) + 1), ACTS), every=8)
    wrong = {}
    for number, name in cases:
        operation, found = meet(scenario, name, number)
        if found:
            wrong[f"a person {name} before call {number}, {operation}"] = found
    record_property("acts of people during a run", len(cases))
    assert wrong == {}


@pytest.mark.parametrize("before", ["create_secret", "put_secret_value", "create_access_key"])
def test_a_key_made_for_a_user_that_was_created_anew_in_that_moment_is_deleted_at_once(before: str) -> None:
    """The run knows the user by its name, as IAM's calls do; the check with STS shows that it is another one."""
    life = Life()
    life.look_away()  # between the create and the check the intent is another user's
    alice = life.alice()
    life.world.intercept.append(at(1, lambda _call: recreate_user(life, alice), operation=before))
    ending = life.run()
    anew = life.world.users["alice"]
    assert ending.labels == ["CreateKey Failed KeyDue"]
    assert [(key.created_by.run, key.status) for key in anew.living] == [(0, "Active")]
    assert [key.created_by.run for key in anew.keys] == [0, 1]
