"""Hints shortlist: whoever may need a closer look is found, in the order of work, and nobody else costs a call."""

from dataclasses import replace

import pytest

from keyturn.domain.access_key import User
from keyturn.domain.glance import glance
from keyturn.domain.reason import Reason
from keyturn.domain.secret_labels import Secret
from keyturn.domain.shortlist import Candidate, Hints, KeyHint, Rank, abandoned, shortlist
from keyturn.domain.tags import EXEMPT_UNTIL, MAX_AGE_DAYS, NEXT_REVIEW, written
from tests.builders import FIRST, NOW, SECOND, USER_ID, a_secret, ago, intent, policy, rotation, stored

ALICE = User("alice", USER_ID, "arn:aws:iam::111122223333:user/alice", "/", ago(400))
REVIEWED = {NEXT_REVIEW: written(ago(-1))}


def key(age: float | None, *, active: bool = True) -> KeyHint:
    return KeyHint(active=active, created=None if age is None else ago(age))


def listed(
    *keys: KeyHint, secrets: tuple[Secret, ...] = (), user: User = ALICE, force: bool = False
) -> list[Candidate]:
    hints = Hints((user,), {user.arn: keys}, NOW, secrets)
    return shortlist(hints, policy(), NOW, force=force)


def rank(*keys: KeyHint, secrets: tuple[Secret, ...] = (), user: User = ALICE, force: bool = False) -> Rank | None:
    found = listed(*keys, secrets=secrets, user=user, force=force)
    return found[0].rank if found else None


def tagged(**tags: str) -> User:
    return replace(ALICE, tags=tags)


def test_users_with_nothing_to_do_are_left_out() -> None:
    assert rank() is None
    assert rank(key(10)) is None
    assert rank(key(400, active=False)) is None
    assert rank(key(10), secrets=(a_secret(*rotation(10), tags=REVIEWED),)) is None


@pytest.mark.parametrize(("age", "expected"), [(74.9, None), (75 - 1 / 24, Rank.START), (4000, Rank.START)])
def test_a_due_key_is_new_work(age: float, expected: Rank | None) -> None:
    assert rank(key(age)) is expected


def test_a_key_whose_age_the_report_does_not_give_is_looked_at() -> None:
    assert rank(key(None)) is Rank.START


def test_a_users_own_age_counts_and_a_faulty_one_is_looked_at_to_be_told() -> None:
    assert rank(key(50), user=tagged(**{MAX_AGE_DAYS: "60"})) is Rank.START
    assert rank(key(40), user=tagged(**{MAX_AGE_DAYS: "60"})) is None
    assert rank(key(1), user=tagged(**{MAX_AGE_DAYS: "sixty"})) is Rank.START
    assert rank(key(1), user=tagged(**{MAX_AGE_DAYS: "20"})) is Rank.START


def test_an_exempt_user_is_looked_at_all_the_same() -> None:
    assert rank(key(100), user=tagged(**{EXEMPT_UNTIL: "2099-01-01"})) is Rank.START


def test_force_makes_every_active_key_due() -> None:
    assert rank(key(1), force=True) is Rank.START
    assert rank(key(1, active=False), force=True) is None
    assert rank(force=True) is None


@pytest.mark.parametrize("keys", [(key(1), key(2)), (key(1), key(400, active=False)), (key(1), key(2), key(None))])
def test_two_keys_are_begun_work(keys: tuple[KeyHint, ...]) -> None:
    assert rank(*keys) is Rank.RETIRE


@pytest.mark.parametrize(
    "secret",
    [
        a_secret(intent(1, "AWSPENDING"), tags=REVIEWED),
        a_secret(stored(FIRST, 80, "AWSCURRENT"), intent(0, "AWSPENDING"), tags=REVIEWED),
    ],
)
def test_an_open_intent_is_healed_first_whatever_the_report_says(secret: Secret) -> None:
    assert rank(secrets=(secret,)) is Rank.HEAL
    assert rank(key(10), secrets=(secret,)) is Rank.HEAL
    assert rank(key(400), key(300), secrets=(secret,)) is Rank.HEAL


def test_a_key_that_an_old_report_calls_due_comes_last_when_its_rotation_is_known() -> None:
    rotated_since = a_secret(*rotation(0), tags=REVIEWED)
    assert rank(key(80), secrets=(rotated_since,)) is Rank.WATCH
    assert rank(key(80), secrets=(rotated_since,), force=True) is Rank.START
    assert rank(key(80), secrets=(a_secret(*rotation(80)),)) is Rank.START


def test_a_first_rotation_that_came_to_nothing_keeps_its_place_in_the_queue() -> None:
    """Its secret was made, with a review weeks ahead, and its intent closed again: no key was given."""
    begun = a_secret(intent(1, "AWSCURRENT"), tags=REVIEWED)
    assert rank(key(80), secrets=(begun,)) is Rank.START
    never_listed = Hints((ALICE,), {}, NOW, (begun,))
    assert shortlist(never_listed, policy(), NOW)[0].rank is Rank.RETIRE


def test_a_key_that_was_stored_and_not_promoted_comes_next() -> None:
    secret = a_secret(stored(FIRST, 80, "AWSCURRENT"), stored(SECOND, 0, "AWSPENDING"), tags=REVIEWED)
    assert rank(key(80), key(0), secrets=(secret,)) is Rank.FINISH
    assert Rank.HEAL < Rank.FINISH < Rank.RETIRE < Rank.START < Rank.WATCH


@pytest.mark.parametrize("tags", [{}, {NEXT_REVIEW: written(NOW)}, {NEXT_REVIEW: written(ago(3))}, {NEXT_REVIEW: "?"}])
def test_a_secret_whose_review_is_past_or_absent_is_looked_at(tags: dict[str, str]) -> None:
    assert rank(key(10), secrets=(a_secret(*rotation(10), tags=tags),)) is Rank.RETIRE


def test_a_secret_on_its_way_out_asks_for_nothing() -> None:
    assert rank(key(10), secrets=(a_secret(intent(1, "AWSPENDING"), deleted=1),)) is None


@pytest.mark.parametrize(
    ("tags", "expected"),
    [(REVIEWED, Rank.WATCH), ({}, Rank.RETIRE), ({NEXT_REVIEW: written(NOW)}, Rank.RETIRE)],
    ids=["waits", "never reviewed", "due for review"],
)
def test_two_keys_between_which_only_time_has_to_pass_come_last(tags: dict[str, str], expected: Rank) -> None:
    secret = a_secret(*rotation(3), tags=tags)
    assert rank(key(80), key(3), secrets=(secret,)) is expected
    assert rank(key(80), key(3), secrets=(secret, replace(secret, arn="arn:another"))) is Rank.RETIRE
    assert rank(key(80), key(3), secrets=(a_secret(tags=tags, deleted=1),)) is Rank.RETIRE


def test_two_secrets_of_one_user_are_looked_at() -> None:
    both = (a_secret(tags=REVIEWED), replace(a_secret(tags=REVIEWED), arn="arn:another"))
    (candidate,) = listed(key(10), secrets=both)
    assert candidate.secret_arns == tuple(sorted(secret.arn for secret in both))


def test_a_secret_of_somebody_else_is_no_hint() -> None:
    assert rank(key(10), secrets=(a_secret(intent(1, "AWSPENDING"), owner="AIDAFAKE0000000000099"),)) is None


def test_a_user_whom_the_report_should_show_and_does_not_is_looked_at() -> None:
    hints = Hints((ALICE,), {}, ago(399))
    assert [candidate.rank for candidate in shortlist(hints, policy(), NOW)] == [Rank.RETIRE]
    hints = Hints((ALICE,), {}, ago(401))
    assert shortlist(hints, policy(), NOW) == []


def test_work_is_done_in_order_healing_first_and_the_oldest_key_first() -> None:
    def user(name: str) -> User:
        return replace(ALICE, name=name, id=f"AIDA{name}", arn=f"arn:aws:iam::111122223333:user/{name}")

    keys = {
        "due": (key(80),),
        "older": (key(300),),
        "two": (key(20), key(10)),
        "two-older": (key(90), key(10)),
        "same-age": (key(300),),
        "open": (key(5),),
        "quiet": (key(5),),
        "ageless": (key(None),),
        "grace": (key(500), key(3)),
    }
    hints = Hints(
        tuple(map(user, keys)),
        {user(name).arn: found for name, found in keys.items()},
        NOW,
        (a_secret(intent(1, "AWSPENDING"), owner="AIDAopen"), a_secret(owner="AIDAgrace", tags=REVIEWED)),
    )
    names = [candidate.user.name for candidate in shortlist(hints, policy(), NOW)]
    assert names == ["open", "two-older", "two", "ageless", "older", "same-age", "due", "grace"]


def test_whom_nobody_looked_at_is_told_from_the_hints() -> None:
    def told(*keys: KeyHint, user: User = ALICE) -> tuple[Reason, object]:
        ((seen, hold),) = glance(Hints((user,), {user.arn: keys}, NOW), (), policy())
        assert seen == user
        return hold.reason, hold.next_review

    assert told(key(10)) == (Reason.NOT_DUE, ago(10 - 75, hours=1))
    assert told(key(10), key(5, active=False)) == (Reason.NOT_DUE, ago(10 - 75, hours=1))
    assert told() == (Reason.NO_KEY, None)
    assert told(key(10, active=False)) == (Reason.NO_KEY, None)
    assert told(key(10), user=tagged(**{MAX_AGE_DAYS: "60"})) == (Reason.NOT_DUE, ago(10 - 45, hours=1))
    assert list(glance(Hints((ALICE,), {}, NOW), (Candidate(ALICE),), policy())) == []


class TestAbandonedSecrets:
    """A secret is abandoned when its user's id is nobody's any more, in scope or not."""

    GONE = "AIDAFAKE0000000000099"

    def found(self, secret: Secret, *everyone: User) -> bool:
        return abandoned([secret], everyone, "keyturn/") == [secret]

    def test_when_its_user_is_gone(self) -> None:
        bob = replace(ALICE, name="bob", id="AIDABOB")
        assert self.found(a_secret(owner=self.GONE), bob)
        assert self.found(a_secret(owner=self.GONE))

    def test_not_while_its_user_lives_under_any_name(self) -> None:
        renamed = replace(ALICE, name="alicia")
        assert not self.found(a_secret(), ALICE)
        assert not self.found(a_secret(), renamed)

    def test_not_when_a_recreated_user_takes_its_name(self) -> None:
        assert not self.found(a_secret(owner=self.GONE), ALICE)

    def test_not_when_it_says_of_nobody_that_it_is_theirs(self) -> None:
        assert not self.found(replace(a_secret(), tags={}))

    def test_not_twice(self) -> None:
        assert not self.found(a_secret(owner=self.GONE, deleted=1))
