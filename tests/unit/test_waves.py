"""Waves: each account once, in the first wave that names it, and nobody who is left out."""

from hypothesis import given
from hypothesis import strategies as st

from keyturn.domain.waves import strangers, waves

A, B, C, D = "111111111111", "222222222222", "333333333333", "444444444444"
ALL = [A, B, C, D]
UNIT = "ou-ab12-12345678"
BELOW = {UNIT: {B, C}}


def test_one_wave_of_all_is_the_default() -> None:
    assert waves([["*"]], [], ALL, {}) == [ALL]


def test_accounts_and_units_go_in_the_order_in_which_they_are_named() -> None:
    assert waves([[D], [UNIT], ["*"]], [], ALL, BELOW) == [[D], [B, C], [A]]


def test_an_account_goes_with_the_first_wave_that_names_it_only() -> None:
    assert waves([[B], [UNIT, "*"]], [], ALL, BELOW) == [[B], [A, C, D]]


def test_without_the_star_the_others_are_left_alone() -> None:
    assert waves([[UNIT]], [], ALL, BELOW) == [[B, C]]


def test_what_is_excluded_is_in_no_wave_even_if_a_wave_names_it() -> None:
    assert waves([[A, B], ["*"]], [UNIT, A], ALL, BELOW) == [[D]]


def test_an_account_that_is_closed_or_was_never_there_is_left_out_and_told() -> None:
    gone = "999999999999"
    assert waves([[gone, A], ["*"]], [], ALL, BELOW) == [[A], [B, C, D]]
    assert strangers([gone, A, "*", UNIT, gone], ALL, BELOW) == [gone]


def test_an_empty_organization_has_no_waves() -> None:
    assert waves([["*"]], [], [], {}) == []


NAMES = st.lists(st.sampled_from([*ALL, UNIT, "*", "999999999999"]), max_size=4)


@given(st.lists(NAMES, max_size=4), NAMES)
def test_no_account_goes_twice_and_none_that_is_excluded_goes(order: list[list[str]], excluded: list[str]) -> None:
    found = [account for wave in waves(order, excluded, ALL, BELOW) for account in wave]

    assert len(found) == len(set(found))
    assert set(found) <= set(ALL)
    assert not set(found) & ({*excluded} | (BELOW[UNIT] if UNIT in excluded else set()))
    if any("*" in names for names in order) and not excluded:
        assert set(found) == set(ALL)
