"""A policy is the account's ages, narrowed by a user's tags and never widened."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyturn.domain.policy import PolicyDoesNotFit
from keyturn.domain.tags import GRACE_DAYS, MAX_AGE_DAYS, InvalidTag
from tests.builders import policy


def days(number: float) -> timedelta:
    return timedelta(days=number)


def test_a_key_is_due_so_early_that_daily_runs_keep_the_maximum_age() -> None:
    assert policy().due_age == days(75) - timedelta(hours=1)
    assert policy().deadline_age == days(89) - timedelta(hours=1)


def test_without_tags_the_accounts_ages_count() -> None:
    assert policy().for_user({"team": "x"}) == policy()


@pytest.mark.parametrize(
    ("tags", "max_age", "grace", "recovery"),
    [
        ({MAX_AGE_DAYS: "60"}, 60, 14, 30),
        ({MAX_AGE_DAYS: "59"}, 59, 14, 30),
        ({MAX_AGE_DAYS: "58"}, 58, 14, 29),
        ({MAX_AGE_DAYS: "30"}, 30, 14, 1),
        ({GRACE_DAYS: "1"}, 90, 1, 30),
        ({GRACE_DAYS: "30"}, 90, 30, 29),
        ({GRACE_DAYS: "44"}, 90, 44, 1),
        ({MAX_AGE_DAYS: "4", GRACE_DAYS: "1"}, 4, 1, 1),
        ({MAX_AGE_DAYS: "007", GRACE_DAYS: "02"}, 7, 2, 2),
    ],
)
def test_recovery_shrinks_to_fit_down_to_a_day(tags: dict[str, str], max_age: int, grace: int, recovery: int) -> None:
    own = policy().for_user(tags)
    assert (own.max_age, own.grace, own.recovery) == (days(max_age), days(grace), days(recovery))
    assert (own.idle, own.unused, own.guard, own.at_deadline) == (days(2), days(90), days(1), policy().at_deadline)


@pytest.mark.parametrize(
    ("tags", "fitting"),
    [
        ({MAX_AGE_DAYS: "29"}, 30),
        ({MAX_AGE_DAYS: "1"}, 30),
        ({GRACE_DAYS: "45"}, 92),
        ({GRACE_DAYS: "365"}, 732),
        ({MAX_AGE_DAYS: "3", GRACE_DAYS: "1"}, 4),
    ],
)
def test_ages_without_a_day_for_recovery_do_not_fit(tags: dict[str, str], fitting: int) -> None:
    with pytest.raises(PolicyDoesNotFit, match=f"{fitting} days or more"):
        policy().for_user(tags)


@given(max_age=st.integers(-5, 100), grace=st.integers(-5, 60))
def test_whatever_the_tags_say_the_successor_is_not_due_before_its_predecessor_is_gone(
    max_age: int, grace: int
) -> None:
    try:
        own = policy().for_user({MAX_AGE_DAYS: str(max_age), GRACE_DAYS: str(grace)})
    except (InvalidTag, PolicyDoesNotFit):
        assert not 1 <= max_age <= 90 or grace < 1 or max_age < 2 * grace + 2
        return
    assert own.max_age <= policy().max_age
    assert days(1) <= own.recovery <= policy().recovery
    assert own.due_age + timedelta(hours=1) >= own.grace + own.recovery
