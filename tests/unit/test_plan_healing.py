"""What a run left behind is healed before anything new is begun; what a person did is left to the person.

FIRST is the key that was there before, SECOND the one that a run, or a person, made since.
"""

from collections.abc import Sequence

import pytest

from keyturn.domain.action import Action, CreateKey, DiscardKey, Hold, QuarantineKey
from keyturn.domain.reason import Reason
from keyturn.domain.secret_labels import Version
from tests.builders import (
    FIRST,
    SECOND,
    THIRD,
    Draft,
    a_secret,
    a_user,
    active,
    ago,
    by_hand,
    inactive,
    intent,
    quarantined,
    rotation,
    stored,
)
from tests.unit.deciding import decided, held

MINUTE = 1 / 24 / 60
HOUR = 60 * MINUTE
OPEN = intent(2, "AWSPENDING")
# On a first rotation the intent, as the secret's first version, has AWSCURRENT, too.
OPEN_AT_FIRST = intent(2, "AWSPENDING", "AWSCURRENT")


def left_open(keys: Sequence[Draft], *versions: Version, **secret: object) -> Action:
    return decided(a_user(keys, a_secret(*versions, **secret)))  # type: ignore[arg-type]  # tests give what it takes


def closed(action: Action, key: str) -> Hold:
    assert isinstance(action, Hold)
    assert (action.reason, action.closes_intent, action.key) == (Reason.INTENT_CLOSED, True, key)
    return action


class TestTheLease:
    """Open and younger than the lease: a run may be at it."""

    @pytest.mark.parametrize("minutes", [0, 1, 15, 19.9])
    @pytest.mark.parametrize("keys", [[active(76)], [active(76), active(0)], [], [active(76), inactive(30)]])
    def test_a_young_intent_is_another_runs(self, minutes: float, keys: list[Draft]) -> None:
        action = left_open(keys, intent(minutes * MINUTE, "AWSPENDING"))
        hold = held(action, Reason.ANOTHER_RUN_AT_WORK)
        assert hold.next_review == ago(minutes=minutes - 20)
        assert f"died, before {ago(minutes=minutes - 20):%Y-%m-%d %H:%M} UTC" in hold.message
        assert not hold.reason.blocks

    def test_a_young_stored_key_is_another_runs(self) -> None:
        versions = intent(5 * MINUTE), stored(SECOND, 4 * MINUTE, "AWSPENDING")
        held(left_open([active(76), active(4 * MINUTE)], *versions), Reason.ANOTHER_RUN_AT_WORK)

    @pytest.mark.parametrize("minutes", [20, 21, 600])
    def test_after_twenty_minutes_its_author_is_dead(self, minutes: float) -> None:
        assert isinstance(left_open([active(76)], intent(minutes * MINUTE, "AWSPENDING")), CreateKey)

    def test_force_does_not_break_the_lease(self) -> None:
        young = a_secret(intent(5 * MINUTE, "AWSPENDING"))
        held(decided(a_user([active(76)], young), force=True), Reason.ANOTHER_RUN_AT_WORK)

    def test_a_pending_version_without_a_value_has_an_author_that_is_at_it(self) -> None:
        labelled = Version("nothing-in-it-yet", frozenset({"AWSPENDING"}))
        hold = held(left_open([active(76)], labelled), Reason.ANOTHER_RUN_AT_WORK)
        assert hold.next_review is None
        assert "before" not in hold.message


class TestAnIntentWithoutAKey:
    """Open, and no key that the secret does not know: the run died before the create, or failed cleanly at it."""

    @pytest.mark.parametrize("found", [OPEN, OPEN_AT_FIRST])
    def test_a_run_that_died_before_the_create_is_followed_by_a_new_attempt(self, found: Version) -> None:
        action = left_open([active(76)], found)
        assert isinstance(action, CreateKey)
        assert action.key == FIRST

    def test_a_new_attempt_is_made_only_if_the_key_is_still_due(self) -> None:
        held(left_open([active(10)], OPEN), Reason.NOT_DUE)

    def test_a_stored_key_that_is_gone_from_iam_leaves_nothing_to_heal(self) -> None:
        versions = intent(2), stored(THIRD, 2, "AWSPENDING")
        assert isinstance(left_open([active(76)], *versions), CreateKey)

    def test_two_keys_that_the_intent_names_are_no_orphans(self) -> None:
        found = intent(2, "AWSPENDING", of=[FIRST, SECOND])
        held(left_open([active(100, used=1), active(90, used=1)], found), Reason.TWO_KEYS_IN_USE)


class TestAKeyStoredAndNotPromoted:
    """Open, and AWSPENDING carries a key: the run died between the store and the promotion."""

    VERSIONS = (intent(2, "AWSCURRENT"), stored(SECOND, 2, "AWSPENDING"))

    @pytest.mark.parametrize(
        "key", [active(2), active(2, used=2, by="sts"), inactive(2), inactive(2, used=2, by="sts")], ids=repr
    )
    def test_it_is_discarded_since_nobody_was_ever_given_it(self, key: Draft) -> None:
        action = left_open([active(78, used=0.1), key], *self.VERSIONS)
        assert isinstance(action, DiscardKey)
        assert (action.key, action.reason) == (SECOND, Reason.STORED_NOT_PROMOTED)

    @pytest.mark.parametrize("service", ["s3", "iam", "secretsmanager"])
    def test_it_is_held_when_it_is_in_use(self, service: str) -> None:
        keys = [active(78, used=0.1), active(2, used=1, by=service)]
        hold = held(left_open(keys, *self.VERSIONS), Reason.CURRENT_MOVED_BACK)
        assert hold.key == SECOND
        assert f"move it to version version-of-{SECOND}" in hold.message

    @pytest.mark.parametrize("other", [active(78, used=0.1), inactive(78)], ids=repr)
    def test_it_is_held_when_a_later_version_is_current(self, other: Draft) -> None:
        """AWSCURRENT was moved twice since, so that AWSPREVIOUS is not on it any more."""
        versions = *self.VERSIONS[1:], by_hand(1.5, "AWSPREVIOUS"), by_hand(1, "AWSCURRENT")
        hold = held(left_open([other, active(2)], *versions), Reason.CURRENT_MOVED_BACK)
        assert f"move it to version version-of-{SECOND}" in hold.message

    @pytest.mark.parametrize("fetched", [2, 0])
    def test_it_is_held_when_somebody_has_fetched_it(self, fetched: float) -> None:
        versions = intent(2, "AWSCURRENT"), stored(SECOND, 2, "AWSPENDING", fetched=fetched)
        held(left_open([active(78, used=0.1), active(2)], *versions), Reason.CURRENT_MOVED_BACK)

    def test_a_current_version_that_a_person_moved_back_is_held(self) -> None:
        versions = stored(FIRST, 100, "AWSCURRENT"), stored(SECOND, 20, "AWSPENDING", "AWSPREVIOUS")
        for second in (active(20), active(20, used=20, by="sts"), inactive(20)):
            hold = held(left_open([active(100), second], *versions), Reason.CURRENT_MOVED_BACK)
            assert hold.reason.blocks

    @pytest.mark.parametrize("keys", [[inactive(78), active(2)], [active(2)]], ids=repr)
    def test_the_users_only_active_key_is_not_discarded(self, keys: list[Draft]) -> None:
        """AWSCURRENT may have been on it, before a person wrote the secret by hand, twice."""
        secret = a_secret(intent(2, "AWSCURRENT"), stored(SECOND if keys[1:] else FIRST, 2, "AWSPENDING"))
        hold = held(decided(a_user(keys, secret)), Reason.LAST_ACTIVE_KEY)
        assert "move AWSCURRENT to version version-of-" in hold.message
        assert hold.reason.blocks

    def test_a_finished_rotation_is_no_open_intent(self) -> None:
        held(left_open([active(78), active(2)], *rotation(2)), Reason.GRACE_RUNNING)


class TestAKeyThatNoLabelNames:
    """Open, and a key whose secret nobody may hold: the run died between the create and the store."""

    @pytest.mark.parametrize("seconds", [-60, -1, 0, 1, 600, 899, 900])
    @pytest.mark.parametrize("found", [OPEN, OPEN_AT_FIRST])
    def test_made_within_the_intents_minutes_and_never_used_it_is_quarantined(
        self, seconds: float, found: Version
    ) -> None:
        action = left_open([active(78, used=0.1), active(2 - seconds * MINUTE / 60)], found)
        assert isinstance(action, QuarantineKey)
        assert (action.key, action.reason, action.next_review) == (SECOND, Reason.SUSPECTED_ORPHAN, ago(hours=-20))

    @pytest.mark.parametrize("seconds", [-86400, -61, 901, 3600, 86400])
    def test_made_at_another_time_it_is_a_persons_and_the_intent_is_closed(self, seconds: float) -> None:
        keys = [active(78, used=0.1), active(2 - seconds * MINUTE / 60)]
        closed(left_open(keys, OPEN), SECOND)

    @pytest.mark.parametrize("service", ["s3", "sts", "secretsmanager"])
    def test_used_it_is_a_persons_and_the_intent_is_closed(self, service: str) -> None:
        keys = [active(78, used=0.1), active(2, used=1, by=service)]
        closed(left_open(keys, OPEN), SECOND)

    def test_among_two_the_intent_is_closed_if_either_is_a_persons(self) -> None:
        closed(left_open([active(2, id=SECOND), active(2, used=1, id=THIRD)], OPEN), THIRD)

    def test_the_users_only_active_key_is_not_quarantined(self) -> None:
        hold = held(left_open([active(2, id=SECOND)], OPEN), Reason.LAST_ACTIVE_KEY)
        assert hold.key == SECOND
        held(left_open([inactive(78), active(2)], OPEN), Reason.LAST_ACTIVE_KEY)

    def test_already_inactive_it_is_quarantined_whatever_the_other_key_is(self) -> None:
        for keys in ([inactive(78), inactive(2)], [inactive(2, id=SECOND)], [active(78), inactive(2)]):
            action = left_open(keys, OPEN)
            assert isinstance(action, QuarantineKey)
            assert action.key == SECOND

    def test_beside_a_promoted_key_it_is_quarantined_all_the_same(self) -> None:
        versions = intent(2, "AWSPENDING", of=[SECOND]), stored(SECOND, 78, "AWSCURRENT")
        action = left_open([active(78, id=SECOND), active(2, id=THIRD)], *versions)
        assert isinstance(action, QuarantineKey)
        assert action.key == THIRD


class TestTheQuarantine:
    """A suspected orphan is Inactive for a while before it is deleted, so that a mistake can be undone."""

    KEYS = (active(78, used=0.1), inactive(2))

    @pytest.mark.parametrize("hours", [0, 1, 19, 19.99])
    def test_it_lasts_twenty_hours(self, hours: float) -> None:
        hold = held(left_open(self.KEYS, OPEN, tags=quarantined(SECOND, hours=hours)), Reason.QUARANTINE_RUNNING)
        assert hold.next_review == ago(hours=hours - 20).replace(microsecond=0)
        assert f"deleted after {hold.next_review:%Y-%m-%d %H:%M} UTC" in hold.message

    @pytest.mark.parametrize("hours", [20, 24, 1000])
    def test_a_key_that_stayed_unused_is_discarded_afterwards(self, hours: float) -> None:
        action = left_open(self.KEYS, OPEN, tags=quarantined(SECOND, hours=hours))
        assert isinstance(action, DiscardKey)
        assert (action.key, action.reason) == (SECOND, Reason.ORPHAN_UNUSED)

    def test_the_daily_run_after_it_finds_it_over(self) -> None:
        assert isinstance(left_open(self.KEYS, OPEN, tags=quarantined(SECOND, hours=23)), DiscardKey)

    def test_a_key_that_was_used_meanwhile_is_left_to_its_owner(self) -> None:
        keys = [active(78, used=0.1), inactive(2, used=1)]
        closed(left_open(keys, OPEN, tags=quarantined(SECOND, hours=30)), SECOND)

    def test_a_key_that_is_active_again_goes_into_quarantine_again_and_not_to_its_end(self) -> None:
        keys = [active(78, used=0.1), active(2)]
        action = left_open(keys, OPEN, tags=quarantined(SECOND, hours=30))
        assert isinstance(action, QuarantineKey)

    @pytest.mark.parametrize(
        "tags", [{}, quarantined(FIRST, hours=30), {**quarantined(SECOND, hours=30), "keyturn:quarantined-at": "soon"}]
    )
    def test_an_inactive_suspect_without_a_readable_tag_of_its_own_begins_anew(self, tags: dict[str, str]) -> None:
        action = left_open(self.KEYS, OPEN, tags=tags)
        assert isinstance(action, QuarantineKey)
        assert action.key == SECOND


@pytest.mark.parametrize("alarm", ["ALARM", "MISSING"])
def test_a_guard_alarm_does_not_keep_a_key_that_nobody_holds(alarm: str) -> None:
    keys, tags = [active(78, used=0.1), inactive(2)], quarantined(SECOND, hours=30)
    assert isinstance(decided(a_user([keys[0], active(2)], a_secret(OPEN), alarm=alarm)), QuarantineKey)
    assert isinstance(decided(a_user(keys, a_secret(OPEN, tags=tags), alarm=alarm)), DiscardKey)
