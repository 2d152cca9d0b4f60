"""A rollback makes the predecessor Active again while it exists, and says clearly when there is none."""

from datetime import datetime

import pytest

from keyturn.domain.action import Action, ReactivateKey
from keyturn.domain.reason import Reason
from keyturn.domain.secret_labels import Secret
from tests.builders import (
    FIRST,
    SECOND,
    THIRD,
    Draft,
    a_secret,
    a_user,
    active,
    ago,
    deactivated,
    grace_from,
    inactive,
    intent,
    quarantined,
    rotation,
    stored,
)
from tests.unit.deciding import held, rolled_back


def reactivated(action: Action, key: str = FIRST) -> datetime | None:
    assert isinstance(action, ReactivateKey), action
    assert (action.key, action.reason) == (key, Reason.ROLLBACK_REQUESTED)
    return action.next_review


@pytest.mark.parametrize("tags", [deactivated(FIRST, 3), deactivated(FIRST, 3, by="someone else"), {}])
def test_an_inactive_predecessor_is_reactivated_for_a_new_grace_period(tags: dict[str, str]) -> None:
    action = rolled_back(a_user([inactive(100), active(20)], a_secret(*rotation(20), tags=tags)))
    assert reactivated(action) == ago(-14)


def test_a_predecessor_in_its_grace_period_is_active_already() -> None:
    hold = held(rolled_back(a_user([active(80), active(3)], a_secret(*rotation(3)))), Reason.PREDECESSOR_ACTIVE)
    assert (hold.key, hold.next_review) == (FIRST, ago(3 - 14))
    assert f"Active already, and stays so until {ago(3 - 14):%Y-%m-%d %H:%M} UTC" in hold.message


def test_a_predecessor_that_outlived_its_grace_period_gets_a_new_one() -> None:
    action = rolled_back(a_user([active(100, used=0), active(20)], a_secret(*rotation(20))))
    assert reactivated(action) == ago(-14)


@pytest.mark.parametrize(("minutes", "reactivates"), [(-1, False), (0, True)])
def test_a_grace_period_is_over_an_hour_early_for_a_rollback_as_for_a_run(minutes: int, *, reactivates: bool) -> None:
    age = 14 - 1 / 24 + minutes / 24 / 60
    action = rolled_back(a_user([active(100), active(age)], a_secret(*rotation(age))))
    assert isinstance(action, ReactivateKey) is reactivates


def test_a_second_rollback_within_the_new_grace_period_changes_nothing() -> None:
    secret = a_secret(*rotation(40), tags=grace_from(3))
    held(rolled_back(a_user([active(100), active(40)], secret)), Reason.PREDECESSOR_ACTIVE)


@pytest.mark.parametrize(
    ("days", "reason"),
    [
        (30 - 21 / 24 / 60, Reason.ROLLBACK_REQUESTED),
        (30 - 20 / 24 / 60, Reason.RECOVERY_OVER),
        (30, Reason.RECOVERY_OVER),
        (300, Reason.RECOVERY_OVER),
    ],
)
def test_a_predecessor_that_a_run_may_be_deleting_is_left_to_a_person(days: float, reason: Reason) -> None:
    secret = a_secret(*rotation(400), tags=deactivated(FIRST, days))
    action = rolled_back(a_user([inactive(500), active(400)], secret))
    assert action.reason is reason
    assert isinstance(action, ReactivateKey) is (reason is Reason.ROLLBACK_REQUESTED)
    if reason is Reason.RECOVERY_OVER:
        assert f"aws iam update-access-key --user-name alice --access-key-id {FIRST} --status Active" in action.message


@pytest.mark.parametrize("successor", [[inactive(20, id=SECOND)], []], ids=["inactive", "gone"])
def test_a_lost_successor_is_no_obstacle_but_the_very_reason(successor: list[Draft]) -> None:
    secret = a_secret(*rotation(20), tags=deactivated(FIRST, 2))
    reactivated(rolled_back(a_user([inactive(100), *successor], secret)))


def test_a_predecessor_whose_alarm_rings_is_reactivated_too() -> None:
    for alarm in ("ALARM", "MISSING", "OK"):
        secret = a_secret(*rotation(20), tags=deactivated(FIRST, 2))
        reactivated(rolled_back(a_user([inactive(100), active(20)], secret, alarm=alarm)))


@pytest.mark.parametrize(
    ("keys", "secret"),
    [
        ([active(76)], None),
        ([active(76)], a_secret()),
        ([active(20, id=SECOND)], a_secret(*rotation(20))),
        ([active(76), inactive(50)], None),
        ([active(76), active(50)], a_secret(stored(FIRST, 76, "AWSCURRENT", "AWSPENDING"))),
        ([], a_secret(*rotation(20))),
        ([], None),
    ],
    ids=["never rotated", "empty secret", "deleted", "no secret", "a person's second key", "no keys", "nothing"],
)
def test_without_a_predecessor_a_rollback_says_so_and_does_nothing(keys: list[Draft], secret: Secret | None) -> None:
    hold = held(rolled_back(a_user(keys, secret)), Reason.PREDECESSOR_GONE)
    assert hold.reason.blocks
    assert "AWSCURRENT version is the credential that works" in hold.message


def test_an_unused_key_that_was_retired_comes_back() -> None:
    secret = a_secret(tags=deactivated(SECOND, 3))
    reactivated(rolled_back(a_user([active(400, used=0), inactive(300)], secret)), SECOND)


def test_a_quarantined_orphan_is_not_rolled_back() -> None:
    secret = a_secret(stored(FIRST, 80, "AWSCURRENT"), intent(2, "AWSPENDING"), tags=quarantined(SECOND, hours=40))
    held(rolled_back(a_user([active(80), inactive(2)], secret)), Reason.PREDECESSOR_GONE)


def test_a_quarantined_orphan_of_a_first_rotation_is_not_rolled_back() -> None:
    secret = a_secret(intent(2, "AWSPENDING", "AWSCURRENT"), tags=quarantined(SECOND, hours=40))
    hold = held(rolled_back(a_user([active(80), inactive(2)], secret)), Reason.PREDECESSOR_ACTIVE)
    assert hold.key == FIRST


@pytest.mark.parametrize("key", [active(2), inactive(2)], ids=["active", "inactive"])
@pytest.mark.parametrize("labels", [("AWSPENDING",), ("AWSPENDING", "AWSPREVIOUS")], ids=["never", "moved back"])
def test_a_stored_key_that_is_not_promoted_is_nobodys_predecessor(key: Draft, labels: tuple[str, ...]) -> None:
    versions = stored(FIRST, 80, "AWSCURRENT"), intent(2), stored(SECOND, 2, *labels)
    held(rolled_back(a_user([active(80), key], a_secret(*versions))), Reason.PREDECESSOR_GONE)


def test_of_a_key_that_a_person_made_and_a_predecessor_the_predecessor_is_rolled_back() -> None:
    secret = a_secret(*rotation(20), tags=deactivated(FIRST, 2))
    reactivated(rolled_back(a_user([inactive(100), active(1, id=THIRD)], secret)))
