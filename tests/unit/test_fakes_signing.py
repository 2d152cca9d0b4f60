"""The fake STS takes the keys that AWS would take, and tells whose they are."""

from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

from tests.fakes.calls import Caller, ServiceError
from tests.fakes.clients import connect
from tests.fakes.world import World


@pytest.fixture
def world() -> World:
    world = World()
    world.user("alice")
    return world


def identity(world: World, key_id: str, secret: str | None = None, session_token: str | None = None) -> dict[str, str]:
    signer = Caller("somebody", 0, key_id, secret or world.keys[key_id].secret, session_token)
    answer = connect(world, signer).own_sts.get_caller_identity()
    return {"UserId": answer["UserId"], "Account": answer["Account"], "Arn": answer["Arn"]}


def refusal(world: World, key_id: str, signature: str = "wrong", session_token: str | None = None) -> tuple[str, int]:
    with pytest.raises(ClientError) as error:
        identity(world, key_id, signature, session_token)
    response = error.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


def test_an_active_key_tells_whose_it_is(world: World) -> None:
    key = world.key("alice")  # fact 9.1
    user = world.users["alice"]
    assert identity(world, key) == {"UserId": user.id, "Account": "111122223333", "Arn": user.arn}


def test_unknown_inactive_and_deleted_keys_are_no_valid_token(world: World) -> None:
    key = world.key("alice", status="Inactive")  # fact 9.3
    secret = world.keys[key].secret
    assert refusal(world, "AKIAFAKE999999999999") == ("InvalidClientTokenId", 403)
    assert refusal(world, key, secret) == ("InvalidClientTokenId", 403)
    world.admin.iam.update_access_key(UserName="alice", AccessKeyId=key, Status="Active")
    assert refusal(world, key, secret, "a session's token") == ("InvalidClientTokenId", 403)
    assert identity(world, key, secret)
    world.admin.iam.delete_access_key(UserName="alice", AccessKeyId=key)
    assert refusal(world, key, secret) == ("InvalidClientTokenId", 403)


def test_a_wrong_secret_does_not_match(world: World) -> None:
    assert refusal(world, world.key("alice")) == ("SignatureDoesNotMatch", 403)  # fact 9.3


def test_a_new_key_needs_seconds_until_it_is_taken(world: World) -> None:
    world.new_key_delay = timedelta(seconds=8)  # fact 9.3
    key = world.admin.iam.create_access_key(UserName="alice")["AccessKey"]
    assert refusal(world, key["AccessKeyId"], key["SecretAccessKey"]) == ("InvalidClientTokenId", 403)
    world.sleep(8)
    assert identity(world, key["AccessKeyId"], key["SecretAccessKey"])


def test_a_check_marks_the_key_as_used_by_sts_and_a_refused_one_does_not(world: World) -> None:
    key = world.key("alice")  # facts 7.9 and 9.4
    refusal(world, key)
    assert world.keys[key].uses == []
    identity(world, key)
    used = world.admin.iam.get_access_key_last_used(AccessKeyId=key)["AccessKeyLastUsed"]
    assert (used["ServiceName"], used["LastUsedDate"]) == ("sts", world.now)


def test_a_consumers_calls_are_signed_and_count_as_use(world: World) -> None:
    key = world.key("alice")
    world.admin.secretsmanager.create_secret(Name="hers", SecretString="a value")
    hers = world.signed(key, world.keys[key].secret)
    assert hers.secretsmanager.get_secret_value(SecretId="hers")["SecretString"] == "a value"
    assert [(use.service, use.region) for use in world.keys[key].uses] == [("secretsmanager", "eu-west-1")]
    world.admin.iam.update_access_key(UserName="alice", AccessKeyId=key, Status="Inactive")
    with pytest.raises(ClientError, match="UnrecognizedClientException"):
        hers.secretsmanager.get_secret_value(SecretId="hers")


def test_nobody_uses_a_key_that_is_not_active(world: World) -> None:
    key = world.key("alice", status="Inactive")
    with pytest.raises(ServiceError, match="security token"):
        world.use(key)
    assert world.keys[key].uses == []


def test_the_rotator_itself_is_a_role(world: World) -> None:
    assert ":assumed-role/" in world.clients().own_sts.get_caller_identity()["Arn"]
