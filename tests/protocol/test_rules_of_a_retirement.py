"""Each rule of a retirement seen alone: the story in which somebody would pay for its absence."""

from datetime import timedelta

import pytest

from tests.fakes import faults
from tests.fakes.faults import Fault, at, meanwhile
from tests.fakes.identities import User
from tests.protocol.consumer import Consumer
from tests.protocol.life import Ending, Life

NAME = "keyturn/alice/access-key"
GUARD = "alice-is-unwell"
REFUSED = faults.refused("AccessDenied", 403)
DAY = timedelta(days=1)


@pytest.fixture
def life() -> Life:
    return Life()


def run(life: Life, *struck: Fault) -> Ending:
    """A run that meets faults."""
    life.world.intercept += struck
    ending = life.run()
    del life.world.intercept[-len(struck) :]
    return ending


def in_grace(life: Life, *, guarded: bool = False) -> User:
    """Alice, whose grace period is over today."""
    alice = life.alice(tags={"keyturn:guard-alarm": GUARD} if guarded else None)
    if guarded:
        life.world.alarm(GUARD)
    life.run()
    life.to_day(14)
    return alice


def statuses(user: User) -> list[str]:
    return [key.status for key in user.living]


def set_status(life: Life, alice: User, number: int, status: str) -> Fault:
    def change() -> None:
        life.world.admin.iam.update_access_key(
            UserName="alice",
            AccessKeyId=alice.living[number].id,
            Status="Active" if status == "Active" else "Inactive",
        )

    return meanwhile(change)


@pytest.mark.parametrize("days", [30, 45])
def test_a_program_that_runs_once_a_month_keeps_its_key_until_it_has_the_successor(life: Life, days: int) -> None:
    """Neither that it is idle for weeks, nor that the run itself has checked the successor, says that it moved on."""
    alice = life.world.user("alice")
    seldom = Consumer(life.world, alice, life.world.key(alice), timedelta(days=days))
    life.consumers.append(seldom)
    for day in range(250):
        life.to_day(day)
        life.run()
    assert seldom.refused == []
    assert seldom.key != alice.keys[0].id
    assert life.found == []


def test_a_deactivation_that_dies_in_the_middle_is_undone_by_its_alarm(life: Life) -> None:
    """The tag comes first: without it the key would look like one that a person has switched off."""
    alice = in_grace(life, guarded=True)
    run(life, at(1, faults.killed_after, operation="update_access_key"))
    assert statuses(alice) == ["Inactive", "Active"]
    life.world.alarm(GUARD, "ALARM")
    life.wait(timedelta(hours=12))
    assert life.run().done == ["ReactivateKey"]
    assert statuses(alice) == ["Active", "Active"]
    assert life.found == []


@pytest.mark.parametrize("fault", [REFUSED, faults.throttled, faults.failed_before, faults.unreachable])
def test_a_deactivation_after_which_nothing_can_be_read_is_undone(life: Life, fault: Fault) -> None:
    alice = in_grace(life)
    ending = run(life, at(2, fault, operation="list_access_keys"))
    throttled = fault is faults.throttled
    assert ending.labels == ["DeactivateKey Held Throttled" if throttled else "DeactivateKey Failed PredecessorIdle"]
    assert ending.told is not throttled
    assert statuses(alice) == ["Active", "Active"]
    assert life.found == []


def test_a_deactivation_that_leaves_no_key_is_undone(life: Life) -> None:
    """A person has switched the successor off between the run's look and its deactivation."""
    alice = in_grace(life)
    ending = run(life, at(1, set_status(life, alice, 1, "Inactive"), operation="update_access_key"))
    assert ending.labels == ["DeactivateKey Held LastActiveKey"]
    assert ending.told
    assert statuses(alice) == ["Active", "Inactive"]


def test_a_quarantine_that_leaves_no_key_is_undone(life: Life) -> None:
    """A person has switched the other key off between the run's look and the quarantine."""
    alice = life.alice()
    run(life, at(1, faults.killed_after, operation="create_access_key"))
    life.wait(DAY)
    ending = run(life, at(1, set_status(life, alice, 0, "Inactive"), operation="update_access_key"))
    assert ending.labels == ["QuarantineKey Held LastActiveKey"]
    assert ending.told
    assert statuses(alice) == ["Inactive", "Active"]


def test_a_key_that_a_person_has_reactivated_since_the_look_is_not_deleted(life: Life) -> None:
    alice = in_grace(life)
    life.run()
    life.to_day(44)
    old = alice.living[0]
    ending = run(life, at(2, set_status(life, alice, 0, "Active"), operation="list_access_keys"))
    assert ending.labels == ["DeleteKey Held PredecessorActive"]
    assert (old.status, old.deleted_at) == ("Active", None)
    assert life.found == []


def test_a_deleted_keys_labels_go_with_it(life: Life) -> None:
    alice = in_grace(life)
    first = alice.living[0].id
    life.run()
    life.to_day(44)
    assert life.run().done == ["DeleteKey"]
    assert not {label for label in life.world.secrets[NAME].labels if first in label}
    assert life.found == []


@pytest.mark.parametrize(("day", "operation"), [(14, "update_access_key"), (44, "delete_access_key")])
def test_what_a_user_is_refused_is_a_failure_and_told(life: Life, day: int, operation: str) -> None:
    alice = in_grace(life)
    if day > 14:
        life.run()
        life.to_day(day)
    before = statuses(alice)
    ending = run(life, at(1, REFUSED, operation=operation))
    assert [label.split()[1] for label in ending.labels] == ["Failed"]
    assert ending.report is not None
    assert ending.report.status == "FAILED"
    assert statuses(alice) == before
    life.wait(DAY)
    assert life.run().done
    assert statuses(alice) != before
    assert life.found == []
