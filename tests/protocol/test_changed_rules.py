"""A user whose rules change while a rotation is under way: by a move between accounts' rules, or a change of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import permutations, product

import pytest

from keyturn.settings import Mode
from tests.fakes.account import EPOCH
from tests.protocol.consumer import Consumer
from tests.protocol.life import SETTINGS, Life
from tests.protocol.rules import RULES, Change
from tests.proving import some

A_LIFE = 126  # days, until the first key is deleted and the second has its successor, by the rules as ever
SHORT, LONG = RULES["a short grace"], RULES["a long grace"]
Record = Callable[[str, object], None]


def done(change: Change) -> list[tuple[str, int]]:
    """What runs did to keys, each with its day."""
    return [(each.what, (each.at - EPOCH).days) for each in change.life.world.changes]


@pytest.mark.parametrize(("day", "deactivated"), [(1, 3), (2, 3), (3, 3), (5, 5), (13, 13)])
def test_a_shorter_grace_counts_from_when_it_began(day: int, deactivated: int) -> None:
    change = Change(SETTINGS, SHORT, day).live(20)
    assert done(change) == [("create", 0), ("deactivate", deactivated)]
    assert change.life.found == []


@pytest.mark.parametrize("day", [1, 7, 13])
def test_a_longer_grace_delays(day: int) -> None:
    change = Change(SETTINGS, LONG, day).live(40)
    assert done(change) == [("create", 0), ("deactivate", 30)]
    assert change.life.found == []


def test_what_is_off_by_the_former_rules_stays_off_and_is_deleted_by_the_new() -> None:
    sooner = Change(SETTINGS, replace(SETTINGS, recovery_days=20), 16).live(50)
    later = Change(SETTINGS, replace(SETTINGS, recovery_days=45), 16).live(70)
    assert done(sooner) == [("create", 0), ("deactivate", 14), ("delete", 34)]
    assert done(later) == [("create", 0), ("deactivate", 14), ("delete", 59)]
    assert sooner.life.found == later.life.found == []


def test_a_shorter_grace_cuts_no_program_that_has_not_moved_on() -> None:
    life = Life()
    alice = life.world.user("alice")
    seldom = Consumer(life.world, alice, life.world.key(alice, age_days=80), timedelta(days=30))
    life.consumers.append(seldom)
    for day in range(60):
        life.settings = SHORT if day >= 5 else SETTINGS
        life.to_day(day)
        ending = life.run()
        if 5 <= day < 30:
            assert ending.labels in (["Hold Held SuccessorNotAdopted"], ["Hold Held KeyInUse"]), day
    assert seldom.refused == []
    assert seldom.key != alice.keys[0].id, "it had its time to take over"
    assert life.found == []


def test_an_account_that_is_only_looked_at_is_left_as_it_is_and_goes_on_from_there() -> None:
    life = Life()
    alice = life.alice()
    for day in range(60):
        life.settings = replace(SETTINGS, mode=Mode.OBSERVE) if 5 <= day < 40 else SETTINGS
        life.to_day(day)
        ending = life.run()
        assert ending.done == ({0: ["CreateKey"], 40: ["DeactivateKey"]}.get(day, []))
    assert [key.status for key in alice.living] == ["Inactive", "Active"]
    assert life.found == []


def test_a_tag_that_asks_for_more_than_the_new_rules_allow_holds_the_user_and_tells() -> None:
    life = Life()
    alice = life.alice(tags={"keyturn:max-age-days": "60"})
    life.run()
    life.settings = RULES["a short life"]
    for day in range(1, 40):
        life.to_day(day)
        ending = life.run()
        assert ending.told
        assert ending.done == []
    assert [key.status for key in alice.living] == ["Active", "Active"]
    assert life.found == []


def test_whatever_rules_follow_which_on_whatever_day_nothing_is_lost_and_nothing_comes_too_soon(
    record_property: Record,
) -> None:
    cases = some(product(permutations(RULES, 2), range(A_LIFE)), every=101, of_the_whole=11)
    wrong = {}
    for (before, after), day in cases:
        rules = RULES[after]
        enough = rules.recovery_days + rules.grace_days + 5
        change = Change(RULES[before], rules, day).live(day + enough)
        found = [*change.life.found, *change.surprises(), *left_over(change)]
        if found:
            wrong[f"{before}, then {after} from day {day}"] = found
    record_property("changes of rules", len(cases))
    assert not wrong, wrong


def left_over(change: Change) -> list[str]:
    """What is wrong in the end: a key nobody has, or one that is too old by the rules that have been in force."""
    life, rules = change.life, change.after
    found = [f"nobody has {key.id}" for key in life.strangers()]
    if rules.mode is Mode.ENFORCE:
        oldest = max(life.world.now - key.created_at for key in change.alice.living if key.status == "Active")
        if oldest > rules.policy.max_age:
            found.append(f"an Active key is {oldest} old")
    return found
