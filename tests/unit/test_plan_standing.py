"""A user whose state is unreadable, exempt or none of ours is held, and the sentence says what to do."""

from dataclasses import replace

import pytest

from keyturn.domain.action import CreateKey, Hold
from keyturn.domain.reason import Reason
from keyturn.domain.state import UserState
from keyturn.domain.tags import EXEMPT_UNTIL, GRACE_DAYS, GUARD_ALARM, MAX_AGE_DAYS, USER_ID
from tests import builders
from tests.builders import (
    FIRST,
    SECOND,
    THIRD,
    Draft,
    a_secret,
    a_user,
    active,
    expired,
    inactive,
    intent,
    rotation,
    stored,
)
from tests.unit.deciding import decided, held, rolled_back

SOMEBODY_ELSE = "AIDAFAKE0000000000099"


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("until", ["2030-06-01", "2030-06-02", "2035-12-31", "9999-12-31"])
def test_an_exempt_user_is_held_through_the_last_day_of_the_exemption(until: str, *, force: bool) -> None:
    hold = held(decided(a_user([active(400)], tags={EXEMPT_UNTIL: until}), force=force), Reason.EXEMPT)
    assert until in hold.message


@pytest.mark.parametrize("until", ["2030-05-31", "2029-02-28", "0001-01-01"])
def test_an_exemption_ends(until: str) -> None:
    assert isinstance(decided(a_user([active(76)], tags={EXEMPT_UNTIL: until})), CreateKey)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "true",
        "forever",
        "2030-13-01",
        "2030-02-30",
        "31.12.2030",
        "12/31/2030",
        "20301231",
        "2030-W23-5",
        "2030-6-1",
        "2030-06-01T00:00:00Z",
        " 2030-06-01",
        "2030-06-01\n",
        "0000-01-01",
        "203\N{ARABIC-INDIC DIGIT ZERO}-06-01",
        "+2030-06-01",
    ],
)
def test_an_exemption_that_cannot_be_read_holds_the_user_and_is_reported(text: str) -> None:
    hold = held(decided(a_user([active(400)], tags={EXEMPT_UNTIL: text}), force=True), Reason.INVALID_TAG)
    assert hold.reason.blocks
    assert EXEMPT_UNTIL in hold.message
    assert repr(text) in hold.message


@pytest.mark.parametrize("name", [MAX_AGE_DAYS, GRACE_DAYS])
@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "-1",
        "+5",
        "1.5",
        "1e2",
        " 60",
        "60\n",
        "sixty",
        "\N{ARABIC-INDIC DIGIT SIX}0",
        "\N{FULLWIDTH DIGIT SIX}0",
        "1_0",
        "100000",
        "9" * 40,
        "NaN",
    ],
)
def test_an_age_that_cannot_be_read_holds_the_user_and_is_reported(name: str, text: str) -> None:
    hold = held(decided(a_user([active(400)], tags={name: text}), force=True), Reason.INVALID_TAG)
    assert name in hold.message
    assert "a whole number of days from 1 to" in hold.message


def test_a_user_cannot_ask_for_a_longer_age_than_the_accounts() -> None:
    hold = held(decided(a_user([active(400)], tags={MAX_AGE_DAYS: "91"})), Reason.INVALID_TAG)
    assert "from 1 to 90" in hold.message
    assert isinstance(decided(a_user([active(400)], tags={MAX_AGE_DAYS: "90"})), CreateKey)


def test_ages_that_leave_no_day_for_recovery_hold_the_user_and_say_what_would_fit() -> None:
    for tags in ({MAX_AGE_DAYS: "29"}, {GRACE_DAYS: "45"}, {MAX_AGE_DAYS: "10", GRACE_DAYS: "5"}):
        hold = held(decided(a_user([active(400)], tags=tags), force=True), Reason.SETTINGS_DO_NOT_FIT)
        assert hold.reason.blocks
        assert "or more" in hold.message
    assert isinstance(decided(a_user([active(400)], tags={MAX_AGE_DAYS: "30"})), CreateKey)


@pytest.mark.parametrize("rotate", [True, False])
def test_what_could_not_be_read_holds_the_user(rotate: bool) -> None:  # noqa: FBT001 - pytest passes it by name
    state = replace(
        a_user([active(100), active(20, id=SECOND, used=1)], a_secret(*rotation(20))),
        unreadable="GetAccessKeyLastUsed: Throttling",
    )
    hold = held(decided(state) if rotate else rolled_back(state), Reason.UNREADABLE)
    assert "GetAccessKeyLastUsed: Throttling" in hold.message


STANDING = [
    (
        a_user([active(400)], a_secret(deleted=3)),
        Reason.SECRET_SCHEDULED_FOR_DELETION,
        f"aws secretsmanager restore-secret --secret-id {builders.SECRET_ARN}",
    ),
    (
        a_user([active(400)], a_secret(owner=SOMEBODY_ELSE)),
        Reason.SECRET_OF_ANOTHER_USER,
        f"aws secretsmanager delete-secret --force-delete-without-recovery --secret-id {builders.SECRET_ARN}",
    ),
    (
        a_user([active(400)], replace(a_secret(), tags={})),
        Reason.SECRET_OF_ANOTHER_USER,
        "belongs to nobody",
    ),
    (
        a_user([], rivals=["arn:one", "arn:two"]),
        Reason.SECRET_AMBIGUOUS,
        f"{USER_ID}={builders.USER_ID} (arn:one, arn:two): remove the tag",
    ),
    (a_user([active(400), inactive(300), active(2)]), Reason.TOO_MANY_KEYS, f"({FIRST}, {SECOND}, {THIRD}): delete"),
    (a_user([active(400), expired(300)]), Reason.EXPIRED_KEY, f"{SECOND} has status Expired"),
    (a_user([expired(300)]), Reason.EXPIRED_KEY, f"{FIRST} has status Expired"),
]


@pytest.mark.parametrize(("state", "reason", "advice"), STANDING, ids=lambda value: getattr(value, "label", ""))
def test_a_state_that_keyturn_does_not_make_holds_rotations_and_rollbacks_alike(
    state: UserState, reason: Reason, advice: str
) -> None:
    for action in (decided(state), decided(state, force=True), rolled_back(state)):
        hold = held(action, reason)
        assert hold.reason.blocks
        assert advice in hold.message


def test_a_recreated_users_secret_is_held_even_when_it_holds_the_name_and_a_key() -> None:
    old = a_secret(*rotation(100, of=THIRD), owner=SOMEBODY_ELSE)
    hold = held(decided(a_user([active(90)], old)), Reason.SECRET_OF_ANOTHER_USER)
    assert SOMEBODY_ELSE in hold.message


def test_deletion_of_the_secret_weighs_more_than_whose_it_is() -> None:
    held(decided(a_user([active(400)], a_secret(owner=SOMEBODY_ELSE, deleted=1))), Reason.SECRET_SCHEDULED_FOR_DELETION)


@pytest.mark.parametrize("others", [[], [active(20, id=THIRD)], [active(400, id=THIRD)]])
def test_a_promoted_key_that_a_person_deleted_is_not_replaced(others: list[Draft]) -> None:
    hold = held(decided(a_user(others, a_secret(*rotation(50))), force=True), Reason.CURRENT_KEY_GONE)
    assert hold.key == SECOND
    command = f"--version-stage {SECOND} --remove-from-version-id version-of-{SECOND}"
    assert f"update-secret-version-stage --secret-id {builders.SECRET_ARN} {command}" in hold.message


@pytest.mark.parametrize("others", [[], [active(400, id=FIRST)], [inactive(400, id=FIRST)]])
def test_a_promoted_key_that_a_person_made_inactive_is_not_replaced(others: list[Draft]) -> None:
    state = a_user([*others, inactive(50, id=SECOND)], a_secret(*rotation(50)))
    hold = held(decided(state, force=True), Reason.CURRENT_KEY_INACTIVE)
    assert hold.key == SECOND
    assert f"--user-name alice --access-key-id {SECOND} --status Active" in hold.message


def test_awscurrent_on_an_intent_means_that_there_is_no_credential_yet() -> None:
    secret = a_secret(intent(300, "AWSCURRENT"), stored(THIRD, 300))
    assert isinstance(decided(a_user([active(100)], secret)), CreateKey)


def test_an_exemption_outweighs_what_else_is_wrong_and_a_rollback_outweighs_the_exemption() -> None:
    keys = [inactive(100), active(20, id=SECOND)]
    tags = {EXEMPT_UNTIL: "2030-12-31"}
    secret = a_secret(*rotation(20), tags=builders.deactivated(FIRST, 2))
    held(decided(a_user(keys, secret, tags=tags)), Reason.EXEMPT)
    held(decided(replace(a_user(keys, secret, tags=tags), unreadable="x")), Reason.EXEMPT)
    assert not isinstance(rolled_back(a_user(keys, secret, tags=tags)), Hold)


def test_a_guard_alarm_holds_nothing_that_is_not_a_deactivation_or_deletion() -> None:
    for state in ("OK", "ALARM", "INSUFFICIENT_DATA", "MISSING"):
        assert isinstance(decided(a_user([active(76)], alarm=state)), CreateKey)


@pytest.mark.parametrize("name", ["", "a" * 256])
def test_a_guard_alarm_that_no_alarm_can_be_holds_the_user_where_it_is_needed(name: str) -> None:
    keys = [active(400), active(20, used=0)]
    hold = held(decided(a_user(keys, a_secret(*rotation(20)), tags={GUARD_ALARM: name})), Reason.INVALID_TAG)
    assert GUARD_ALARM in hold.message
    assert isinstance(decided(a_user([active(76)], tags={GUARD_ALARM: name})), CreateKey)
