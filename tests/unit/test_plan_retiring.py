"""A second key is taken out of use when nothing is lost by it: Inactive first, deleted later, never while Active."""

from collections.abc import Mapping

import pytest

from keyturn.domain.action import Action, DeactivateKey, DeleteKey, Hold, ReactivateKey, RecordInactive
from keyturn.domain.reason import Reason
from keyturn.domain.secret_labels import Version
from keyturn.domain.tags import GRACE_DAYS, MAX_AGE_DAYS
from tests.builders import (
    ALARM,
    FIRST,
    SECOND,
    Draft,
    a_secret,
    a_user,
    active,
    ago,
    deactivated,
    grace_from,
    inactive,
    intent,
    rotation,
    stored,
)
from tests.unit.deciding import decided, held

MINUTE = 1 / 24 / 60
HOUR = 60 * MINUTE
QUIET = ["OK", "INSUFFICIENT_DATA"]
NEEDED_BY = {"ALARM": Reason.GUARD_ALARM_RINGING, "MISSING": Reason.GUARD_ALARM_MISSING}


def beside(
    predecessor: Draft,
    successor: Draft,
    *,
    fetched: float | None = None,
    tags: Mapping[str, str] | None = None,
    alarm: str | None = None,
    **settings: str | int,
) -> Action:
    """What is done about a predecessor whose successor was made and promoted at the same moment."""
    promoted = (ago() - successor.created).total_seconds() / 86400
    secret = a_secret(*rotation(promoted, fetched=fetched), tags=tags)
    return decided(a_user([predecessor, successor], secret, alarm=alarm), force=False, **settings)


def retired(action: Action, reason: Reason = Reason.PREDECESSOR_IDLE) -> None:
    assert isinstance(action, DeactivateKey), action
    assert (action.key, action.reason, action.next_review) == (FIRST, reason, ago(-30))


class TestGrace:
    """Both keys stay Active, counted from the promotion."""

    @pytest.mark.parametrize("days", [0, 1, 13, 14 - HOUR - MINUTE])
    def test_nothing_is_retired_while_it_runs(self, days: float) -> None:
        hold = held(beside(active(300), active(days, used=0)), Reason.GRACE_RUNNING)
        assert hold.next_review == ago(days - 14)
        assert not hold.reason.blocks

    @pytest.mark.parametrize("days", [14 - HOUR, 14, 15, 60])
    def test_it_is_over_an_hour_early_since_runs_wander(self, days: float) -> None:
        retired(beside(active(300), active(days, used=0)))

    def test_a_rollback_begins_it_anew(self) -> None:
        hold = held(beside(active(300), active(20, used=0), tags=grace_from(3)), Reason.GRACE_RUNNING)
        assert hold.next_review == ago(3 - 14)
        retired(beside(active(300), active(40, used=0), tags=grace_from(14)))

    def test_an_older_rollback_does_not_shorten_it(self) -> None:
        held(beside(active(300), active(3, used=0), tags=grace_from(200)), Reason.GRACE_RUNNING)

    def test_a_users_own_grace_counts(self) -> None:
        keys, secret = [active(300), active(5, used=0)], a_secret(*rotation(5))
        retired(decided(a_user(keys, secret, tags={GRACE_DAYS: "5"})))
        held(decided(a_user(keys, secret, tags={GRACE_DAYS: "7"})), Reason.GRACE_RUNNING)

    def test_it_counts_from_the_promotion_and_not_from_the_keys_age(self) -> None:
        secret = a_secret(*rotation(3))
        held(decided(a_user([active(300), active(40, used=0)], secret)), Reason.GRACE_RUNNING)

    def test_without_the_date_of_its_version_it_counts_from_the_keys_creation(self) -> None:
        dateless = Version("v", frozenset({SECOND, "AWSCURRENT"}))
        for age, reason in ((3, Reason.GRACE_RUNNING), (20, Reason.PREDECESSOR_IDLE)):
            keys = [active(300), active(age, used=0)]
            assert decided(a_user(keys, a_secret(intent(age), dateless))).reason is reason

    def test_force_does_not_shorten_it(self) -> None:
        secret = a_secret(*rotation(3))
        held(decided(a_user([active(300), active(3, used=0)], secret), force=True), Reason.GRACE_RUNNING)


class TestAPredecessorInUse:
    """A key in use is never cut, unless the setting says so at the deadline."""

    @pytest.mark.parametrize("used", [0, 1, 2 - MINUTE])
    def test_it_is_held_while_it_was_used_within_the_idle_days(self, used: float) -> None:
        hold = held(beside(active(95, used=used), active(20, used=0)), Reason.KEY_IN_USE)
        assert hold.reason.blocks
        assert f"{FIRST} is still in use (last by s3 in eu-west-1" in hold.message
        assert f"take {SECOND} from secret keyturn/alice/access-key" in hold.message

    @pytest.mark.parametrize("used", [2, 3, 100])
    def test_it_is_idle_after_them(self, used: float) -> None:
        action = beside(active(95, used=used), active(20, used=0))
        retired(action)
        assert f"{FIRST} is idle since {ago(used):%Y-%m-%d %H:%M} UTC" in action.message
        assert "idle, never used" in beside(active(95), active(20, used=0)).message

    def test_the_idle_days_are_a_setting(self) -> None:
        retired(beside(active(95, used=1), active(20, used=0), idle_days=1))
        held(beside(active(95, used=6), active(20, used=0), idle_days=7), Reason.KEY_IN_USE)

    @pytest.mark.parametrize("service", ["sts", "secretsmanager"])
    def test_fetching_the_successor_with_it_is_no_use_once_the_successor_is_used(self, service: str) -> None:
        retired(beside(active(95, used=0, by=service), active(20, used=3)))

    @pytest.mark.parametrize("successor", [active(20), active(20, used=20, by="sts")], ids=["unused", "verified"])
    @pytest.mark.parametrize("service", ["sts", "secretsmanager"])
    def test_fetching_counts_as_use_until_then(self, service: str, successor: Draft) -> None:
        held(beside(active(95, used=0, by=service), successor, fetched=0), Reason.KEY_IN_USE)

    @pytest.mark.parametrize("service", ["s3", "iam", "ssm", "kms", "STS"])
    def test_any_other_service_is_a_use(self, service: str) -> None:
        held(beside(active(95, used=0, by=service), active(20, used=0)), Reason.KEY_IN_USE)


class TestASuccessorThatNobodyFetched:
    """A weekly program is idle most days: while the predecessor has a consumer, the successor must have reached it."""

    @pytest.mark.parametrize("used", [2, 7, 89.9])
    def test_its_predecessor_is_held_though_idle(self, used: float) -> None:
        hold = held(beside(active(95, used=used), active(20, used=20, by="sts")), Reason.SUCCESSOR_NOT_ADOPTED)
        assert hold.reason.blocks
        assert "used in the last 90 days" in hold.message

    @pytest.mark.parametrize("used", [None, 90, 300])
    def test_its_predecessor_is_retired_when_it_has_no_consumer(self, used: float | None) -> None:
        retired(beside(active(400, used=used), active(20, used=20, by="sts")))

    @pytest.mark.parametrize("fetched", [0, 1, 19, 20])
    def test_fetched_on_the_day_of_the_promotion_or_later_it_is_adopted(self, fetched: float) -> None:
        retired(beside(active(95, used=7), active(20, used=20, by="sts"), fetched=fetched))

    @pytest.mark.parametrize("fetched", [21, 50])
    def test_fetched_before_the_promotion_it_is_not(self, fetched: float) -> None:
        held(beside(active(95, used=7), active(20), fetched=fetched), Reason.SUCCESSOR_NOT_ADOPTED)

    def test_used_by_anything_but_sts_it_is_adopted(self) -> None:
        retired(beside(active(95, used=7), active(20, used=19, by="dynamodb")))


class TestTheDeadline:
    """At the predecessor's maximum age the setting decides; the guard alarm has the last word."""

    DAY = 89 - HOUR

    @pytest.mark.parametrize("age", [DAY, 89, 90, 400])
    def test_deactivate_cuts_a_key_in_use(self, age: float) -> None:
        action = beside(active(age, used=0), active(20, used=0), in_use_at_deadline="deactivate")
        retired(action, Reason.DEADLINE_REACHED)
        assert "is still in use" in action.message

    def test_deactivate_cuts_a_key_whose_successor_nobody_fetched(self) -> None:
        retired(beside(active(95, used=7), active(20), in_use_at_deadline="deactivate"), Reason.DEADLINE_REACHED)

    def test_a_key_that_is_idle_anyway_does_not_blame_it(self) -> None:
        retired(beside(active(400, used=7), active(20, used=0), in_use_at_deadline="deactivate"))

    @pytest.mark.parametrize("age", [35, 80, DAY - MINUTE])
    def test_not_before_it(self, age: float) -> None:
        held(beside(active(age, used=0), active(20, used=0), in_use_at_deadline="deactivate"), Reason.KEY_IN_USE)

    @pytest.mark.parametrize("age", [DAY, 90, 4000])
    def test_hold_never_cuts(self, age: float) -> None:
        held(beside(active(age, used=0), active(20, used=0), in_use_at_deadline="hold"), Reason.KEY_IN_USE)
        held(beside(active(age, used=7), active(20), in_use_at_deadline="hold"), Reason.SUCCESSOR_NOT_ADOPTED)

    def test_grace_is_kept_even_then(self) -> None:
        held(beside(active(400, used=0), active(3, used=0), in_use_at_deadline="deactivate"), Reason.GRACE_RUNNING)

    def test_a_users_own_maximum_age_counts(self) -> None:
        keys, secret = [active(60, used=0), active(20, used=0)], a_secret(*rotation(20))
        own = a_user(keys, secret, tags={MAX_AGE_DAYS: "60"})
        retired(decided(own, in_use_at_deadline="deactivate"), Reason.DEADLINE_REACHED)

    @pytest.mark.parametrize("alarm", NEEDED_BY)
    def test_the_guard_alarm_holds_it_even_then(self, alarm: str) -> None:
        action = beside(active(400, used=0), active(20, used=0), alarm=alarm, in_use_at_deadline="deactivate")
        held(action, NEEDED_BY[alarm])


class TestTheGuardAlarm:
    """Nothing of a user's is deactivated or deleted while its alarm rings, or cannot ring."""

    @pytest.mark.parametrize("alarm", NEEDED_BY)
    def test_it_holds_a_deactivation(self, alarm: str) -> None:
        for action in (
            beside(active(95), active(20, used=0), alarm=alarm),
            decided(a_user([active(95), active(93, used=0)], alarm=alarm)),
        ):
            hold = held(action, NEEDED_BY[alarm])
            assert hold.key == FIRST
            assert f"{ALARM!r}" in hold.message
            assert hold.reason.blocks

    @pytest.mark.parametrize("alarm", NEEDED_BY)
    def test_it_holds_a_deletion(self, alarm: str) -> None:
        hold = held(
            beside(inactive(120), active(45, used=0), tags=deactivated(FIRST, 31), alarm=alarm), NEEDED_BY[alarm]
        )
        assert "is not deleted" in hold.message

    @pytest.mark.parametrize("alarm", QUIET)
    def test_quiet_it_holds_neither(self, alarm: str) -> None:
        retired(beside(active(95), active(20, used=0), alarm=alarm))
        deleted = beside(inactive(120), active(45, used=0), tags=deactivated(FIRST, 31), alarm=alarm)
        assert isinstance(deleted, DeleteKey)

    def test_a_key_that_is_held_anyway_does_not_blame_the_alarm(self) -> None:
        held(beside(active(95, used=0), active(20, used=0), alarm="ALARM"), Reason.KEY_IN_USE)

    @pytest.mark.parametrize("days", [0, 0.5, 1 - MINUTE])
    def test_ringing_within_the_guard_hours_it_reactivates_what_keyturn_deactivated(self, days: float) -> None:
        action = beside(inactive(95), active(20, used=0), tags=deactivated(FIRST, days), alarm="ALARM")
        assert isinstance(action, ReactivateKey)
        assert (action.key, action.reason, action.next_review) == (FIRST, Reason.GUARD_ALARM_RINGING, ago(-14))

    def test_ringing_it_reactivates_a_key_whose_reactivation_died_half_way(self) -> None:
        tags = {**deactivated(FIRST, 0.5), **grace_from(0.4)}
        assert isinstance(beside(inactive(95), active(20), tags=tags, alarm="ALARM"), ReactivateKey)
        assert isinstance(beside(inactive(95), active(20), tags=tags, alarm="OK"), RecordInactive)

    @pytest.mark.parametrize("days", [1, 2, 29])
    def test_ringing_later_it_reactivates_nothing(self, days: float) -> None:
        action = beside(inactive(120), active(45, used=0), tags=deactivated(FIRST, days), alarm="ALARM")
        held(action, Reason.RECOVERY_RUNNING)

    def test_the_guard_hours_are_a_setting(self) -> None:
        tags = deactivated(FIRST, 2)
        action = beside(inactive(120), active(45), tags=tags, alarm="ALARM", guard_hours=72)
        assert isinstance(action, ReactivateKey)
        held(beside(inactive(120), active(45), tags=tags, alarm="ALARM", guard_hours=12), Reason.RECOVERY_RUNNING)

    def test_what_somebody_else_deactivated_it_does_not_switch_on_again(self) -> None:
        tags = deactivated(FIRST, 0, by="someone else")
        held(beside(inactive(95), active(20), tags=tags, alarm="ALARM"), Reason.RECOVERY_RUNNING)

    @pytest.mark.parametrize("alarm", [*QUIET, "MISSING", None])
    def test_not_ringing_it_reactivates_nothing(self, alarm: str | None) -> None:
        held(beside(inactive(95), active(20), tags=deactivated(FIRST, 0.1), alarm=alarm), Reason.RECOVERY_RUNNING)


class TestRecovery:
    """An Inactive key waits, and is deleted when nobody has missed it."""

    @pytest.mark.parametrize("days", [0, 1, 29, 30 - MINUTE])
    def test_it_can_be_reactivated_while_it_runs(self, days: float) -> None:
        hold = held(beside(inactive(120), active(45, used=0), tags=deactivated(FIRST, days)), Reason.RECOVERY_RUNNING)
        assert hold.key == FIRST
        assert not hold.reason.blocks
        assert hold.next_review == ago(days - 30).replace(microsecond=0)

    @pytest.mark.parametrize("days", [30, 31, 400])
    def test_after_it_the_key_is_deleted_and_the_next_look_is_when_its_successor_is_due(self, days: float) -> None:
        action = beside(inactive(500), active(45, used=0), tags=deactivated(FIRST, days))
        assert isinstance(action, DeleteKey)
        assert (action.key, action.reason) == (FIRST, Reason.RECOVERY_OVER)
        assert action.next_review == ago(45 - 75, hours=1)

    def test_the_recovery_days_are_a_setting(self) -> None:
        action = beside(inactive(120), active(45), tags=deactivated(FIRST, 8), recovery_days=8)
        assert isinstance(action, DeleteKey)

    def test_it_shrinks_to_fit_a_users_own_maximum_age(self) -> None:
        keys = [inactive(50), active(20, used=0)]
        secret = a_secret(*rotation(20), tags=deactivated(FIRST, 2))
        own = {MAX_AGE_DAYS: "31"}
        assert isinstance(decided(a_user(keys, secret, tags=own)), DeleteKey)
        held(decided(a_user(keys, secret)), Reason.RECOVERY_RUNNING)

    @pytest.mark.parametrize(
        "tags",
        [
            {},
            deactivated(SECOND, 40),
            {**deactivated(FIRST, 40), "keyturn:deactivated-at": "yesterday"},
            {**deactivated(FIRST, 40), "keyturn:deactivated-at": "yesterday", **grace_from(3)},
            {**deactivated(FIRST, 40), **grace_from(40)},
            {**deactivated(FIRST, 40), **grace_from(20)},
        ],
        ids=["no tag", "another key's", "unreadable", "unreadable and voided", "voided at once", "voided later"],
    )
    def test_a_key_without_a_valid_clock_of_its_own_gets_one_now(self, tags: dict[str, str]) -> None:
        action = beside(inactive(300), active(45, used=0), tags=tags)
        assert isinstance(action, RecordInactive)
        assert (action.key, action.reason, action.next_review) == (FIRST, Reason.FOUND_INACTIVE, ago(-30))

    def test_a_deactivation_after_a_rollback_counts(self) -> None:
        tags = {**deactivated(FIRST, 31), **grace_from(50)}
        assert isinstance(beside(inactive(300), active(70, used=0), tags=tags), DeleteKey)

    @pytest.mark.parametrize("used", [30, 5, 0])
    def test_a_key_that_was_used_since_begins_it_anew(self, used: float) -> None:
        action = beside(inactive(300, used=used), active(45, used=0), tags=deactivated(FIRST, 31))
        assert isinstance(action, RecordInactive)
        assert (action.reason, action.next_review) == (Reason.USED_SINCE_DEACTIVATION, ago(-30))

    @pytest.mark.parametrize("used", [None, 31, 60])
    def test_a_use_before_the_deactivation_does_not(self, used: float | None) -> None:
        action = beside(inactive(300, used=used), active(45, used=0), tags=deactivated(FIRST, 31))
        assert isinstance(action, DeleteKey)

    def test_without_a_key_that_works_nothing_is_deleted(self) -> None:
        tags = deactivated(FIRST, 400)
        held(beside(inactive(500), inactive(300), tags=tags), Reason.CURRENT_KEY_INACTIVE)
        held(decided(a_user([inactive(500), inactive(300)], a_secret(tags=tags))), Reason.NO_ACTIVE_KEY)
        held(decided(a_user([inactive(500)], a_secret(tags=tags))), Reason.NO_ACTIVE_KEY)

    def test_force_does_not_shorten_it(self) -> None:
        secret = a_secret(*rotation(45), tags=deactivated(FIRST, 3))
        held(decided(a_user([inactive(120), active(45)], secret), force=True), Reason.RECOVERY_RUNNING)


class TestTwoKeysThatWereNeverRotated:
    """There is no free slot: one has to go, and only one that is surely not needed."""

    def test_an_inactive_second_key_gets_its_clock_even_without_a_secret(self) -> None:
        action = decided(a_user([active(400, used=0), inactive(300)]))
        assert isinstance(action, RecordInactive)
        assert action.key == SECOND

    @pytest.mark.parametrize("keys", [[active(400, used=0), inactive(300)], [active(200), inactive(300)]])
    def test_its_recovery_over_it_is_deleted(self, keys: list[Draft]) -> None:
        action = decided(a_user(keys, a_secret(tags=deactivated(SECOND, 30))))
        assert isinstance(action, DeleteKey)
        assert action.key == SECOND

    @pytest.mark.parametrize(
        ("keys", "unused"),
        [
            ([active(400), active(300, used=1)], FIRST),
            ([active(400, used=1), active(300)], SECOND),
            ([active(400, used=90), active(300, used=1)], FIRST),
            ([active(400, used=1), active(91, used=95)], SECOND),
            ([active(400, used=1), active(90)], SECOND),
        ],
    )
    def test_of_two_active_ones_the_unused_one_is_deactivated(self, keys: list[Draft], unused: str) -> None:
        for secret in (None, a_secret()):
            action = decided(a_user(keys, secret))
            assert isinstance(action, DeactivateKey)
            assert (action.key, action.reason, action.next_review) == (unused, Reason.KEY_UNUSED, ago(-30))

    @pytest.mark.parametrize(
        "keys",
        [
            [active(400), active(300)],
            [active(400), active(300, used=2)],
            [active(400), active(300, used=0, by="sts")],
            [active(400, used=89), active(300, used=1)],
            [active(400, used=1), active(300, used=1)],
            [active(400, used=1), active(89)],
        ],
        ids=["both unused", "other idle", "other only verified", "used of late", "both in use", "too young to tell"],
    )
    @pytest.mark.parametrize("force", [False, True])
    def test_when_none_is_surely_unneeded_both_stay_and_the_owner_is_told(
        self, keys: list[Draft], *, force: bool
    ) -> None:
        hold = held(decided(a_user(keys), force=force), Reason.TWO_KEYS_IN_USE)
        assert hold.reason.blocks
        assert f"({FIRST}, {SECOND})" in hold.message

    def test_two_young_keys_are_no_trouble_yet(self) -> None:
        hold = held(decided(a_user([active(20, used=0), active(10, used=0)])), Reason.NOT_DUE)
        assert hold.next_review == ago(20 - 75, hours=1)
        held(decided(a_user([active(20, used=0), active(10, used=0)]), force=True), Reason.TWO_KEYS_IN_USE)

    def test_the_unused_days_are_a_setting(self) -> None:
        action = decided(a_user([active(50), active(40, used=0)]), unused_days=45)
        assert isinstance(action, DeactivateKey)

    def test_a_promoted_key_is_kept_beside_an_unused_one_that_a_person_made(self) -> None:
        secret = a_secret(stored(FIRST, 200, "AWSCURRENT", "AWSPENDING"))
        action = decided(a_user([active(200), active(100)], secret))
        assert isinstance(action, DeactivateKey)
        assert action.key == SECOND

    def test_a_promoted_key_is_not_the_unused_one(self) -> None:
        secret = a_secret(stored(FIRST, 200, "AWSCURRENT", "AWSPENDING"))
        held(decided(a_user([active(200), active(100, used=0)], secret)), Reason.TWO_KEYS_IN_USE)

    def test_a_key_that_a_person_made_beside_a_promoted_one_is_no_predecessor(self) -> None:
        secret = a_secret(intent(50, "AWSPREVIOUS", of=[]), stored(SECOND, 50, "AWSCURRENT", "AWSPENDING"))
        action = decided(a_user([active(60, used=5), active(50, used=0)], secret))
        assert isinstance(action, Hold)
        assert action.reason is Reason.NOT_DUE
