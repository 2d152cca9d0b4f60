"""Users' secrets have names that never collide, and their labels say which key is stored where."""

import re
import string
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyturn.domain.secret_labels import (
    CURRENT,
    Secret,
    Version,
    arn_as_tag,
    arn_from_tag,
    before,
    intent_token,
    secret_name,
    store_token,
)
from tests.builders import FIRST, SECOND, THIRD, USER_ID, a_secret, intent, rotation, stored

# IAM allows these in a user's name (API reference, CreateUser), and up to 128 of them.
IN_USER_NAMES = string.ascii_letters + string.digits + "_+=,.@-"
USER_NAMES = st.text(IN_USER_NAMES, min_size=1, max_size=128)
# Secrets Manager allows these in a name (API reference, CreateSecret), up to 512, and not a hyphen and six at the end.
SECRET_NAME = re.compile(r"[A-Za-z0-9/_+=.@-]{1,512}")
LOOKS_LIKE_AN_ARNS_END = re.compile(r".*-[A-Za-z0-9]{6}")
TAG_VALUE = re.compile(r"[A-Za-z0-9 _.:/=+\-@]{0,256}")
# A path may hold everything from ! to DEL (API reference, CreateUser).
PATHS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7F), max_size=510).map(lambda text: f"/{text}/")


@pytest.mark.parametrize("character", IN_USER_NAMES)
def test_every_character_of_a_users_name_makes_a_name_that_secrets_manager_takes(character: str) -> None:
    name = secret_name("keyturn/", f"a{character}b")
    assert SECRET_NAME.fullmatch(name)
    escaped = {",": "=2C", "=": "=3D"}.get(character, character)
    assert name == f"keyturn/a{escaped}b/access-key"


@given(USER_NAMES)
def test_every_users_name_makes_a_name_that_secrets_manager_takes(user: str) -> None:
    name = secret_name("a/b/c/", user)
    assert SECRET_NAME.fullmatch(name)
    assert not LOOKS_LIKE_AN_ARNS_END.fullmatch(name)
    assert name.startswith("a/b/c/")


def test_the_longest_name_fits_even_if_every_character_is_escaped() -> None:
    assert len(secret_name("p" * 64 + "/", "," * 128)) <= 512


@given(USER_NAMES, USER_NAMES)
def test_two_users_never_share_a_name(one: str, other: str) -> None:
    assert (secret_name("keyturn/", one) == secret_name("keyturn/", other)) is (one == other)


@pytest.mark.parametrize(("one", "other"), [("a,b", "a=2Cb"), ("a=b", "a=3Db"), ("a", "A"), ("a=", "a=3D"), (",", "=")])
def test_a_name_that_looks_like_another_ones_escape_is_told_apart(one: str, other: str) -> None:
    assert secret_name("k/", one) != secret_name("k/", other)


@given(USER_NAMES)
def test_a_users_name_does_not_escape_its_folder(user: str) -> None:
    assert secret_name("keyturn/", user).count("/") == 2


@given(PATHS, st.text(IN_USER_NAMES, min_size=1, max_size=70))
def test_a_users_arn_is_kept_in_a_tag(path: str, name: str) -> None:
    arn = f"arn:aws:iam::111122223333:user{path}{name}"
    value = arn_as_tag(arn)
    assert TAG_VALUE.fullmatch(value)
    kept = arn_from_tag(value)
    assert kept in (arn, f"arn:aws:iam::111122223333:user/{name}")
    if len(arn) * 3 <= 256:
        assert kept == arn


@pytest.mark.parametrize(("length", "kept"), [(256, True), (257, False), (543, False)])
def test_an_arn_too_long_for_a_tag_is_kept_without_its_path(length: int, *, kept: bool) -> None:
    short = "arn:aws:iam::111122223333:user/alice"
    arn = short.replace("/", f"/{'p' * (length - len(short) - 1)}/")
    assert len(arn) == length
    assert arn_from_tag(arn_as_tag(arn)) == (arn if kept else short)


class TestLabels:
    """AWSPENDING without a key is an intent; the access key ID on a version says what is stored in it."""

    def test_a_finished_rotation_is_not_open(self) -> None:
        secret = a_secret(*rotation(3))
        assert secret.open_intent is None
        assert secret.current_key == SECOND

    def test_an_intent_is_open_until_its_key_is_promoted(self) -> None:
        begun = intent(1, "AWSPENDING")
        assert a_secret(begun).open_intent == begun
        kept = stored(SECOND, 1, "AWSPENDING")
        assert a_secret(stored(FIRST, 90, CURRENT), intent(1), kept).open_intent == kept

    def test_awscurrent_on_an_intent_is_no_credential(self) -> None:
        assert a_secret(intent(1, "AWSPENDING", CURRENT)).current_key is None
        assert a_secret().current_key is None

    def test_a_secret_knows_stored_keys_and_those_that_were_there_before(self) -> None:
        secret = a_secret(*rotation(3))
        assert (secret.knows(FIRST), secret.knows(SECOND), secret.knows(THIRD)) == (True, True, False)

    @pytest.mark.parametrize(
        "label",
        ["AWSCURRENT", "AWSPREVIOUS", "AWSPENDING", before(FIRST), "production", "AKIASHORT", "akiafakefirstxx"],
    )
    def test_other_labels_are_no_keys(self, label: str) -> None:
        assert Version("v", frozenset({label})).key_id is None

    @pytest.mark.parametrize("key_id", [FIRST, "AKIA" + "7" * 12, "ASIA" + "X" * 124])
    def test_a_key_id_is(self, key_id: str) -> None:
        assert Version("v", frozenset({"AWSPENDING", key_id})).key_id == key_id

    def test_labels_of_keys_that_are_gone_are_found_but_for_what_consumers_read(self) -> None:
        secret = a_secret(intent(9, of=[FIRST, THIRD]), stored(THIRD, 9), stored(SECOND, 2, CURRENT, "AWSPENDING"))
        found = secret.labels_of_keys_other_than(frozenset({FIRST}))
        assert [(label, version.id) for label, version in found] == [
            (before(THIRD), "intent"),
            (THIRD, f"version-of-{THIRD}"),
        ]
        assert secret.labels_of_keys_other_than(frozenset({FIRST, THIRD})) == []


class TestTokens:
    """Two runs that saw the same make the same token, and so collide; storing again is a no-op."""

    def test_the_same_versions_make_the_same_intent_in_any_order(self) -> None:
        secret = a_secret(*rotation(3))
        turned = replace(secret, versions=secret.versions[::-1])
        relabelled = replace(secret, versions=tuple(Version(each.id, frozenset()) for each in secret.versions))
        assert intent_token(USER_ID, secret) == intent_token(USER_ID, turned) == intent_token(USER_ID, relabelled)

    def test_no_secret_and_an_empty_one_make_the_same_intent(self) -> None:
        assert intent_token(USER_ID, None) == intent_token(USER_ID, a_secret())

    @given(st.sets(st.uuids().map(str), max_size=4), st.sets(st.uuids().map(str), max_size=4))
    def test_other_versions_make_another_intent(self, one: set[str], other: set[str]) -> None:
        def secret(ids: set[str]) -> Secret:
            return a_secret(*(Version(each, frozenset()) for each in ids))

        assert (intent_token(USER_ID, secret(one)) == intent_token(USER_ID, secret(other))) is (one == other)

    def test_another_user_or_key_makes_another_token(self) -> None:
        tokens = [
            intent_token(USER_ID, None),
            intent_token("AIDAFAKE0000000000002", None),
            store_token(USER_ID, FIRST),
            store_token(USER_ID, SECOND),
            store_token("AIDAFAKE0000000000002", FIRST),
        ]
        assert len(set(tokens)) == len(tokens)

    def test_a_token_is_one_that_secrets_manager_takes(self) -> None:
        for token in (intent_token(USER_ID, None), store_token(USER_ID, FIRST)):
            assert str(UUID(token)) == token
            assert 32 <= len(token) <= 64
