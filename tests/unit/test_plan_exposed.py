"""A user with an exposed key gets no new one, whoever asks, and is reported at every run until somebody has looked."""

from dataclasses import replace
from datetime import timedelta

import pytest

from keyturn.domain import tags as tag
from keyturn.domain.access_key import User
from keyturn.domain.reason import Reason
from keyturn.domain.shortlist import Hints, KeyHint, Rank, shortlist
from keyturn.domain.state import UserState
from keyturn.plan import plan
from tests.builders import (
    FIRST,
    NOW,
    SECOND,
    SECRET_ARN,
    Draft,
    a_secret,
    a_user,
    active,
    ago,
    inactive,
    policy,
    rotation,
)
from tests.unit.deciding import decided, held, rolled_back, rung

MARKS = {tag.EXPOSED_KEY: FIRST, tag.EXPOSED_AT: tag.written(ago(1))}
QUARANTINES = ["AWSCompromisedKeyQuarantine", "AWSCompromisedKeyQuarantineV2", "AWSCompromisedKeyQuarantineV3",
               "AWSCompromisedKeyQuarantineV4", "AWSCompromisedKeyQuarantineV17"]  # fmt: skip
KEYS = [[active(300)], [inactive(95), active(20)], [active(95), active(20, used=0)], [inactive(300)], []]


def fenced_in(state: UserState, *policies: str) -> UserState:
    return replace(state, user=replace(state.user, policies=policies))


@pytest.mark.parametrize("policy_name", QUARANTINES)
@pytest.mark.parametrize("keys", KEYS, ids=len)
@pytest.mark.parametrize("force", [False, True])
def test_a_quarantined_user_is_held_before_anything_is_read(
    policy_name: str, keys: list[Draft], *, force: bool
) -> None:
    state = fenced_in(a_user(keys), "ReadOnlyAccess", policy_name)
    hold = held(decided(state, force=force), Reason.KEY_EXPOSED)
    assert hold.reason.blocks
    assert policy_name in hold.message
    assert plan(UserState(state.user), policy(), NOW, force=force) == hold


def test_an_exemption_hides_no_quarantine() -> None:
    state = fenced_in(a_user([active(300)], tags={tag.EXEMPT_UNTIL: "2030-12-31"}), QUARANTINES[1])
    held(decided(state), Reason.KEY_EXPOSED)


@pytest.mark.parametrize(
    "name", ["ReadOnlyAccess", "NotAWSCompromisedKeyQuarantine", "awscompromisedkeyquarantine", ""]
)
def test_other_policies_hold_nobody(name: str) -> None:
    assert decided(fenced_in(a_user([active(300)]), name)).reason is Reason.KEY_DUE


@pytest.mark.parametrize("keys", KEYS, ids=len)
@pytest.mark.parametrize("force", [False, True])
def test_a_user_whose_key_was_reported_is_held(keys: list[Draft], *, force: bool) -> None:
    hold = held(decided(a_user(keys, a_secret(*rotation(20), tags=MARKS)), force=force), Reason.KEY_EXPOSED)
    assert hold.key == FIRST
    assert f"untag-resource --secret-id {SECRET_ARN} --tag-keys {tag.EXPOSED_KEY} {tag.EXPOSED_AT}" in hold.message


def test_a_mark_without_its_time_holds_as_well() -> None:
    held(decided(a_user([active(300)], a_secret(tags={tag.EXPOSED_KEY: FIRST}))), Reason.KEY_EXPOSED)


def test_neither_a_rollback_nor_an_alarm_brings_a_key_back() -> None:
    state = a_user([inactive(95), active(20)], a_secret(*rotation(20), tags=MARKS), alarm="ALARM")
    held(rolled_back(state), Reason.KEY_EXPOSED)
    held(rung(state), Reason.KEY_EXPOSED)


def test_when_somebody_has_looked_it_goes_on() -> None:
    assert decided(a_user([active(300, id=SECOND)], a_secret())).reason is Reason.KEY_DUE


class TestTheShortlist:
    """Such users are looked at, whatever the age of their keys."""

    @staticmethod
    def ranked(user: User, **tags: str) -> list[Rank]:
        young = KeyHint(active=True, created=ago(3))
        secret = a_secret(*rotation(3), tags={tag.NEXT_REVIEW: tag.written(NOW + timedelta(days=9)), **tags})
        hints = Hints((user,), {user.arn: (young,)}, NOW, (secret,))
        return [candidate.rank for candidate in shortlist(hints, policy(), NOW)]

    def test_a_user_with_nothing_to_do_is_not_on_it(self) -> None:
        assert self.ranked(a_user().user) == []

    def test_a_quarantined_user_is_on_it(self) -> None:
        assert self.ranked(fenced_in(a_user(), QUARANTINES[0]).user) == [Rank.RETIRE]

    def test_a_user_whose_key_was_reported_is_on_it(self) -> None:
        assert self.ranked(a_user().user, **MARKS) == [Rank.RETIRE]
