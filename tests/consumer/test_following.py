"""It follows the rotation with the key that it holds, and never lets go of a key before it has a better one."""

from datetime import timedelta

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError

from consumer.keyturn_credentials import Credential
from tests.consumer import rotations
from tests.consumer.laptop import Laptop
from tests.fakes.world import World

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def refusal(code: str, message: str = "refused by the test") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "GetSecretValue")


def test_before_the_first_rotation_it_answers_the_key_it_was_given(laptop: Laptop, first: str) -> None:
    said = laptop.ask()
    assert said.credential == {
        "Version": 1,
        "AccessKeyId": first,
        "SecretAccessKey": laptop.world.keys[first].secret,
        "Expiration": "2030-01-01T07:00:00Z",
    }
    assert not said.err, "that there is no secret yet is nothing to warn of"


def test_a_denied_secret_is_no_secret_yet(laptop: Laptop, first: str) -> None:
    laptop.failure = refusal("AccessDeniedException")  # a policy with a tag condition denies what does not exist
    said = laptop.ask()
    assert (said.key_id, said.err, laptop.lasts(said)) == (first, "", HOUR)


def test_an_intent_is_no_credential(laptop: Laptop, first: str) -> None:
    rotations.begin(laptop.world)
    said = laptop.ask()
    assert (said.key_id, said.err) == (first, "")


def test_a_promoted_successor_is_taken_over_within_the_hour(laptop: Laptop, first: str) -> None:
    assert laptop.ask().key_id == first
    second = rotations.rotate(laptop.world)
    laptop.world.advance(59 * MINUTE)
    assert laptop.ask().key_id == first
    laptop.world.advance(MINUTE)
    assert laptop.ask().key_id == second
    third = rotations.rotate(laptop.world)
    laptop.world.advance(HOUR)
    assert laptop.ask().key_id == third
    assert laptop.reads == [first, first, second], "each read is signed with what was held by then"


def test_it_reads_at_most_once_an_hour(laptop: Laptop) -> None:
    for _ in range(24 * 12):
        laptop.ask()
        laptop.world.advance(5 * MINUTE)
    assert len(laptop.reads) == 24


def test_it_reads_as_often_as_it_is_told(laptop: Laptop) -> None:
    for _ in range(12):
        assert laptop.lasts(laptop.ask("--refresh-minutes", "10")) >= 20 * MINUTE
        laptop.world.advance(5 * MINUTE)
    assert len(laptop.reads) == 6
    assert laptop.lasts(laptop.ask("--refresh-minutes", "240")) == 4 * HOUR


def test_no_answer_lasts_less_than_fifteen_minutes(laptop: Laptop) -> None:
    for minutes in range(180):
        laptop.failure = refusal("ThrottlingException") if minutes % 50 > 30 else None
        # Under 15 minutes botocore would run this file at every call.
        assert laptop.lasts(laptop.ask()) > 15 * MINUTE
        laptop.world.advance(MINUTE)


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (EndpointConnectionError(endpoint_url="https://secretsmanager"), "Could not connect"),
        (ConnectTimeoutError(endpoint_url="https://secretsmanager"), "timeout"),
        (refusal("ThrottlingException", "Rate exceeded"), "Rate exceeded"),
        (refusal("InternalServiceError"), "InternalServiceError"),
        (refusal("InvalidRequestException", "scheduled for deletion"), "scheduled for deletion"),
        (
            refusal("InvalidSignatureException", "Signature expired: a is now earlier than b"),
            "set this machine's clock",
        ),
        (ImportError("there is no botocore"), "no botocore"),
    ],
)
def test_whatever_fails_it_goes_on_with_what_it_has_and_asks_again_soon(
    laptop: Laptop, first: str, failure: Exception, told: str
) -> None:
    second = rotations.rotate(laptop.world)
    laptop.failure = failure
    said = laptop.ask()
    assert (said.key_id, laptop.lasts(said)) == (first, 20 * MINUTE)
    assert told in said.err
    laptop.world.advance(4 * MINUTE)
    assert told in laptop.ask().err
    assert len(laptop.reads) == 1, "a program in a loop does not wait for the same failure again and again"
    laptop.world.advance(MINUTE)
    laptop.failure = None
    said = laptop.ask()
    assert (said.key_id, said.err, laptop.lasts(said)) == (second, "", HOUR)


@pytest.mark.parametrize("code", ["AccessDeniedException", "ResourceNotFoundException"])
def test_a_secret_taken_away_after_a_rotation_is_worth_a_warning(laptop: Laptop, code: str) -> None:
    second = rotations.rotate(laptop.world)
    assert laptop.ask().key_id == second
    laptop.world.advance(HOUR)
    laptop.failure = refusal(code)
    said = laptop.ask()
    assert (said.key_id, laptop.lasts(said)) == (second, 20 * MINUTE)
    assert "cannot be read any more" in said.err


@pytest.mark.parametrize(
    "value",
    [
        "text",
        ["AccessKeyId"],
        {"username": "admin", "password": "fake-secret-of-a-database"},
        {"AccessKeyId": "AKIAFAKE"},
        {"AccessKeyId": "AKIAFAKE000000000009", "SecretAccessKey": None},
        {"AccessKeyId": "AKIAFAKE000000000009", "SecretAccessKey": "two words of a fake secret"},
        {"AccessKeyId": "AKIA FAKE 0000000009", "SecretAccessKey": "fake-secret-of-nobody"},
    ],
)
def test_what_has_not_the_shape_of_a_key_is_not_taken_over(laptop: Laptop, first: str, value: object) -> None:
    rotations.begin(laptop.world)
    rotations.store(laptop.world, value)
    said = laptop.ask()
    assert (said.key_id, laptop.lasts(said)) == (first, 20 * MINUTE)
    assert "holds no access key in Keyturn's form" in said.err


def test_a_key_that_aws_refuses_is_not_answered_and_the_owner_is_told_what_helps(laptop: Laptop, first: str) -> None:
    rotations.rotate(laptop.world)
    rotations.set_status(laptop.world, first, "Inactive")  # it slept through grace
    said = laptop.ask()
    assert (said.status, said.out) == (1, "")
    assert f"AWS refuses access key {first[:4]}…{first[-4:]} (UnrecognizedClientException)" in said.err
    assert "rollback of the user of secret keyturn/alice/access-key" in said.err
    assert "seed --replace" in said.err
    assert first not in said.err
    laptop.ask()
    assert len(laptop.reads) == 1, "a program in a loop does not ask AWS at every turn"


def test_after_a_rollback_it_goes_on_by_itself_within_a_minute(laptop: Laptop, first: str) -> None:
    second = rotations.rotate(laptop.world)
    rotations.set_status(laptop.world, first, "Inactive")
    assert laptop.ask().status == 1
    rotations.set_status(laptop.world, first, "Active")
    laptop.world.advance(MINUTE)
    assert laptop.ask().key_id == second
    rotations.set_status(laptop.world, first, "Inactive")
    laptop.world.advance(HOUR)
    assert laptop.ask().key_id == second


def test_a_wrong_secret_is_a_refused_key(unseeded: Laptop, first: str) -> None:
    rotations.begin(unseeded.world)
    unseeded.say("seed", given=f"{first} fake-secret-of-another-key")
    said = unseeded.ask()
    assert said.status == 1
    assert "(InvalidSignatureException)" in said.err


def test_when_the_successor_dies_its_predecessor_serves_again(laptop: Laptop, first: str) -> None:
    second = rotations.rotate(laptop.world)
    assert laptop.ask().key_id == second
    rotations.set_status(laptop.world, second, "Inactive")  # it leaked, say, and grace is still running
    for _ in range(3):
        laptop.world.advance(HOUR)
        said = laptop.ask()
        assert said.key_id == first, "and the dead key that the secret holds is not taken over again"
        assert f"AWS refuses access key {second[:4]}…{second[-4:]}, which the secret holds" in said.err
    third = rotations.rotate(laptop.world)
    laptop.world.advance(HOUR)
    assert laptop.ask().key_id == third


def test_awscurrent_moved_back_by_a_person_is_followed(laptop: Laptop) -> None:
    second = rotations.rotate(laptop.world)
    assert laptop.ask().key_id == second
    third = rotations.rotate(laptop.world)
    laptop.world.advance(HOUR)
    assert laptop.ask().key_id == third
    value = {"AccessKeyId": second, "SecretAccessKey": laptop.world.keys[second].secret}
    rotations.store(laptop.world, value)
    laptop.world.advance(HOUR)
    assert laptop.ask().key_id == second


def test_a_clock_that_was_wrong_keeps_nobody_from_reading(laptop: Laptop) -> None:
    laptop.world.advance(timedelta(days=400))
    laptop.ask()
    laptop.world.advance(timedelta(days=-400))
    second = rotations.rotate(laptop.world)
    assert laptop.ask().key_id == second


def test_a_credential_shows_no_secret(first: str, world: World) -> None:
    secret = world.keys[first].secret
    assert secret not in repr(Credential(first, secret))
