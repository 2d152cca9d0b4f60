"""A guard alarm that rings undoes a deactivation of Keyturn's own, twice at most, and does nothing else."""

from dataclasses import replace

import pytest

from keyturn.domain import tags as tag
from keyturn.domain.action import CreateKey, DeactivateKey, ReactivateKey
from keyturn.domain.reason import Reason
from keyturn.domain.secret_labels import Secret
from keyturn.domain.state import GuardAlarm, TheTruth, UserState
from keyturn.plan import Ask, plan_guard
from tests.builders import (
    ALARM,
    FIRST,
    NOW,
    SECOND,
    Draft,
    a_secret,
    a_user,
    active,
    ago,
    deactivated,
    grace_from,
    inactive,
    policy,
    quarantined,
    rotation,
)
from tests.unit.deciding import decided, held, rolled_back, rung


def after_deactivation(
    *keys: Draft, alarm: str = "ALARM", tags: dict[str, str] | None = None, rotated: float = 20
) -> UserState:
    """Alice, whose old key was deactivated six hours ago, unless the tags tell otherwise."""
    secret = a_secret(*rotation(rotated), tags=deactivated(FIRST, 0.25) if tags is None else tags)
    return a_user(keys or (inactive(95), active(20, used=0)), secret, alarm=alarm)


def test_the_key_is_reactivated_and_a_new_grace_period_begins() -> None:
    action = rung(after_deactivation())
    assert isinstance(action, ReactivateKey)
    assert (action.key, action.reason, action.undone) == (FIRST, Reason.GUARD_ALARM_RINGING, 1)
    assert action.next_review == ago(-14)


@pytest.mark.parametrize("alarm", ["OK", "INSUFFICIENT_DATA", "MISSING"])
def test_an_alarm_that_does_not_ring_undoes_nothing(alarm: str) -> None:
    assert not held(rung(after_deactivation(alarm=alarm)), Reason.NOTHING_TO_UNDO).reason.blocks


@pytest.mark.parametrize(
    "state",
    [
        after_deactivation(active(95), active(20), tags={}),
        after_deactivation(active(95), active(20)),
        after_deactivation(inactive(95), active(20), tags=deactivated(FIRST, 1)),
        after_deactivation(inactive(95), active(20), tags=deactivated(FIRST, 0.1, by="someone else")),
        after_deactivation(inactive(95), active(20), tags={}),
        after_deactivation(inactive(95), active(20), tags=deactivated(SECOND, 0.1)),
        after_deactivation(inactive(95), active(20), tags=quarantined(FIRST, hours=2)),
        after_deactivation(active(20)),
        a_user([active(95)], alarm="ALARM"),
        a_user([inactive(95), active(20)], alarm="ALARM"),
        a_user([], alarm="ALARM"),
    ],
    ids=[
        "both Active",
        "deactivation announced, not done",
        "guard hours over",
        "a person's deactivation",
        "nobody's deactivation",
        "another key's deactivation",
        "an orphan's quarantine",
        "deleted since",
        "never rotated",
        "no secret",
        "no key",
    ],
)
def test_what_is_no_deactivation_of_ours_in_the_guard_hours_is_left_alone(state: UserState) -> None:
    held(rung(state), Reason.NOTHING_TO_UNDO)


def test_a_key_that_is_due_or_idle_is_no_matter_of_an_alarms() -> None:
    for state in (a_user([active(300)], alarm="OK"), after_deactivation(active(95), active(20, used=0), alarm="OK")):
        assert isinstance(decided(state), CreateKey | DeactivateKey)
        held(rung(state), Reason.NOTHING_TO_UNDO)


@pytest.mark.parametrize(
    ("tags", "counted"),
    [({}, 1), ({tag.GUARD_UNDONE: "1"}, 2), ({tag.GUARD_UNDONE: "9"}, 10), ({tag.GUARD_UNDONE: "a few"}, 1)],
)
def test_each_undoing_is_counted(tags: dict[str, str], counted: int) -> None:
    action = rung(after_deactivation(tags={**deactivated(FIRST, 0.1), **tags}))
    assert isinstance(action, ReactivateKey)
    assert action.undone == counted


def test_an_undoing_that_stopped_short_is_gone_on_with_and_counted_once() -> None:
    half_done = {**deactivated(FIRST, 0.2), **grace_from(0.1), tag.GUARD_UNDONE: "1"}
    action = rung(after_deactivation(tags=half_done))
    assert isinstance(action, ReactivateKey)
    assert action.undone == 1


def test_a_person_s_rollback_leaves_the_count_alone() -> None:
    action = rolled_back(after_deactivation(alarm="OK"))
    assert isinstance(action, ReactivateKey)
    assert action.undone == 0


class TestAfterTheSecondTime:
    """A consumer that broke twice will break a third time."""

    def test_the_key_is_held_until_a_person_acts(self) -> None:
        tags = {**grace_from(15), tag.GUARD_UNDONE: "2"}
        hold = held(
            decided(after_deactivation(active(95), active(40, used=0), tags=tags, rotated=40, alarm="OK")),
            Reason.GUARD_RANG_TWICE,
        )
        assert hold.reason.blocks
        assert f"--tag-keys {tag.GUARD_UNDONE}" in hold.message
        assert ALARM in hold.message

    def test_untagged_it_goes_on(self) -> None:
        state = after_deactivation(active(95), active(40, used=0), tags=grace_from(15), rotated=40, alarm="OK")
        assert isinstance(decided(state), DeactivateKey)

    def test_the_setting_for_the_deadline_does_not_cut_it_either(self) -> None:
        tags = {**grace_from(15), tag.GUARD_UNDONE: "2"}
        state = after_deactivation(active(120, used=0), active(40, used=0), tags=tags, rotated=40, alarm="OK")
        held(decided(state, in_use_at_deadline="deactivate"), Reason.GUARD_RANG_TWICE)

    def test_it_is_still_undone_should_it_have_been_deactivated_by_then(self) -> None:
        tags = {**deactivated(FIRST, 0.1), tag.GUARD_UNDONE: "2"}
        assert isinstance(rung(after_deactivation(tags=tags)), ReactivateKey)


class TestOfTwoKeysOfWhichOneIsUnused:
    """A key that a person made and nobody uses is guarded like a predecessor."""

    @staticmethod
    def found(**tags: str) -> UserState:
        spelt = {f"keyturn:{name.replace('_', '-')}": value for name, value in tags.items()}
        return a_user([active(200), active(40, used=0)], a_secret(tags=spelt), alarm="OK")

    def test_it_is_deactivated(self) -> None:
        assert isinstance(decided(self.found()), DeactivateKey)

    def test_one_that_was_given_back_stays_for_a_grace_period(self) -> None:
        hold = held(decided(self.found(grace_from=tag.written(ago(13)))), Reason.GRACE_RUNNING)
        assert hold.next_review == ago(-1)
        assert isinstance(decided(self.found(grace_from=tag.written(ago(14)))), DeactivateKey)

    def test_one_that_was_missed_twice_is_held(self) -> None:
        held(decided(self.found(guard_undone="2")), Reason.GUARD_RANG_TWICE)


OFF = deactivated(FIRST, 0.1)


@pytest.mark.parametrize(
    ("secret", "reason"),
    [
        (a_secret(*rotation(20), tags=OFF, owner="AIDAFAKE0000000000099"), Reason.SECRET_OF_ANOTHER_USER),
        (a_secret(*rotation(20), tags=OFF, deleted=0.1), Reason.SECRET_SCHEDULED_FOR_DELETION),
        (a_secret(*rotation(20), tags={**OFF, tag.EXPOSED_KEY: FIRST}), Reason.KEY_EXPOSED),
    ],
    ids=["another user's secret", "a secret being deleted", "an exposed key"],
)
def test_what_holds_a_user_holds_the_undoing_too(secret: Secret, reason: Reason) -> None:
    held(rung(a_user([inactive(95), active(20)], secret, alarm="ALARM")), reason)


def test_a_user_that_aws_has_quarantined_gets_no_key_back() -> None:
    state = after_deactivation()
    held(
        rung(replace(state, user=replace(state.user, policies=("AWSCompromisedKeyQuarantineV2",)))), Reason.KEY_EXPOSED
    )


def test_unreadable_is_not_undone() -> None:
    held(rung(replace(after_deactivation(), unreadable="DescribeSecret: Throttling")), Reason.UNREADABLE)


def test_it_asks_for_no_more_than_keys_secret_and_alarm() -> None:
    known = after_deactivation()
    bare = UserState(known.user)
    assert plan_guard(bare, policy(), NOW) == Ask(TheTruth())
    assert plan_guard(replace(bare, truth=known.truth), policy(), NOW) == Ask(GuardAlarm(ALARM))
    assert isinstance(plan_guard(replace(bare, truth=known.truth, alarm=known.alarm), policy(), NOW), ReactivateKey)
