"""A single Active key gets a successor when it is due, and no sooner unless a person asks for it."""

from datetime import timedelta

import pytest

from keyturn.domain.action import CreateKey
from keyturn.domain.reason import Reason
from keyturn.domain.state import TheTruth, UserState
from keyturn.domain.tags import GRACE_DAYS, MAX_AGE_DAYS
from keyturn.plan import Ask, plan
from tests.builders import (
    FIRST,
    NOW,
    SECOND,
    Draft,
    a_secret,
    a_user,
    active,
    ago,
    inactive,
    intent,
    policy,
    rotation,
)
from tests.unit.deciding import decided, held

HOUR = 1 / 24


def test_a_due_key_gets_a_successor_and_the_next_look_is_at_the_end_of_grace() -> None:
    action = decided(a_user([active(76, used=0.1)]))
    assert isinstance(action, CreateKey)
    assert (action.key, action.reason, action.next_review) == (FIRST, Reason.KEY_DUE, ago(-14))
    assert FIRST in action.message
    assert f"76 days old and due since {ago(1, hours=1):%Y-%m-%d %H:%M} UTC" in action.message


@pytest.mark.parametrize(
    ("age", "due"),
    [(0, False), (74, False), (75 - HOUR - 0.001, False), (75 - HOUR, True), (75, True), (89, True), (4000, True)],
)
def test_a_key_is_due_a_grace_period_and_a_day_before_its_maximum_age_less_an_hour_in_which_runs_wander(
    age: float,
    due: bool,  # noqa: FBT001 - pytest passes it by name
) -> None:
    action = decided(a_user([active(age)]))
    assert isinstance(action, CreateKey) is due
    if not due:
        assert held(action, Reason.NOT_DUE).next_review == ago(age - 75, hours=1)


def test_a_key_found_by_daily_runs_is_never_older_than_its_maximum_age_when_it_is_deactivated() -> None:
    ages = policy()
    found_at_the_latest = ages.due_age + timedelta(days=1)
    assert found_at_the_latest + ages.grace <= ages.max_age


@pytest.mark.parametrize(
    ("tags", "age", "due"),
    [
        ({MAX_AGE_DAYS: "60"}, 44, False),
        ({MAX_AGE_DAYS: "60"}, 45, True),
        ({GRACE_DAYS: "3"}, 85, False),
        ({GRACE_DAYS: "3"}, 86, True),
        ({MAX_AGE_DAYS: "30", GRACE_DAYS: "7"}, 21, False),
        ({MAX_AGE_DAYS: "30", GRACE_DAYS: "7"}, 22, True),
    ],
)
def test_a_users_own_ages_count(tags: dict[str, str], age: float, due: bool) -> None:  # noqa: FBT001 - pytest passes it by name
    assert isinstance(decided(a_user([active(age)], tags=tags)), CreateKey) is due


def test_a_key_that_has_been_rotated_before_is_due_by_its_own_age() -> None:
    promoted = a_secret(*rotation(76))
    assert isinstance(decided(a_user([active(76, id=SECOND)], promoted)), CreateKey)
    held(decided(a_user([active(10, id=SECOND)], promoted)), Reason.NOT_DUE)


def test_a_secret_whose_first_rotation_never_came_to_a_key_is_no_obstacle() -> None:
    assert isinstance(decided(a_user([active(76)], a_secret())), CreateKey)
    assert isinstance(decided(a_user([active(76)], a_secret(intent(1, "AWSCURRENT")))), CreateKey)


def test_force_skips_the_age() -> None:
    action = decided(a_user([active(1)]), force=True)
    assert isinstance(action, CreateKey)
    assert (action.key, action.reason) == (FIRST, Reason.FORCED)
    assert "1 day old and its rotation was asked for" in action.message


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize(
    "keys", [[], [inactive(200)], [active(100), active(90)], [active(100), inactive(200)], [inactive(3), inactive(4)]]
)
def test_there_is_never_a_create_without_exactly_one_key_that_is_active(keys: list[Draft], *, force: bool) -> None:
    assert not isinstance(decided(a_user(keys), force=force), CreateKey)


def test_a_user_without_keys_is_left_alone() -> None:
    held(decided(a_user([])), Reason.NO_KEY)
    held(decided(a_user([], a_secret()), force=True), Reason.NO_KEY)


def test_a_user_whose_only_key_is_inactive_is_left_alone() -> None:
    hold = held(decided(a_user([inactive(200)])), Reason.NO_ACTIVE_KEY)
    assert hold.key == FIRST


def test_the_decision_on_a_single_key_needs_neither_its_last_use_nor_an_alarm() -> None:
    full = a_user([active(76)], alarm="ALARM")
    bare = UserState(full.user, full.truth)
    assert plan(bare, policy(), NOW) == plan(full, policy(), NOW)


def test_a_plan_asks_first_for_the_keys_and_the_secret_together() -> None:
    full = a_user([active(76)])
    answer = plan(UserState(full.user), policy(), NOW)
    assert answer == Ask(TheTruth())
