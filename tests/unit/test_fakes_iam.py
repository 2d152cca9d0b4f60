"""The fake IAM keeps users and keys as IAM does."""

from datetime import timedelta

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from tests.fakes.world import World


@pytest.fixture
def world() -> World:
    return World()


def code_of(error: pytest.ExceptionInfo[ClientError]) -> tuple[str, int]:
    response = error.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


def ids(world: World, user: str) -> list[str]:
    listed = world.admin.iam.list_access_keys(UserName=user)["AccessKeyMetadata"]
    return [key["AccessKeyId"] for key in listed]


def test_a_new_key_is_active_and_its_secret_is_told_once(world: World) -> None:
    world.user("alice")
    key = world.admin.iam.create_access_key(UserName="alice")["AccessKey"]
    assert (key["Status"], key["CreateDate"]) == ("Active", world.now)
    assert len(key["AccessKeyId"]) == 20
    assert len(key["SecretAccessKey"]) == 40
    assert key["SecretAccessKey"] not in repr(world.admin.iam.list_access_keys(UserName="alice"))


@pytest.mark.parametrize("status", ["Active", "Inactive"])
def test_a_third_key_is_refused_even_if_the_second_is_inactive(world: World, status: str) -> None:
    alice = world.user("alice")  # facts 2.1 and 2.2
    kept = [world.key(alice), world.key(alice, status=status)]
    with pytest.raises(ClientError) as refusal:
        world.admin.iam.create_access_key(UserName="alice")
    assert code_of(refusal) == ("LimitExceeded", 409)
    assert ids(world, "alice") == kept


def test_a_key_is_nobody_elses(world: World) -> None:
    world.user("alice")
    bobs = world.key(world.user("bob"))
    with pytest.raises(ClientError) as refusal:
        world.admin.iam.update_access_key(UserName="alice", AccessKeyId=bobs, Status="Inactive")
    assert code_of(refusal) == ("NoSuchEntity", 404)
    with pytest.raises(ClientError) as refusal:
        world.admin.iam.delete_access_key(UserName="alice", AccessKeyId=bobs)
    assert code_of(refusal) == ("NoSuchEntity", 404)
    assert [key.id for key in world.active("bob")] == [bobs]


def test_an_unknown_user_is_no_user_without_keys(world: World) -> None:
    with pytest.raises(ClientError) as refusal:
        world.admin.iam.list_access_keys(UserName="nobody")
    assert code_of(refusal) == ("NoSuchEntity", 404)
    with pytest.raises(ClientError) as refusal:
        world.admin.iam.create_access_key(UserName="nobody")
    assert code_of(refusal) == ("NoSuchEntity", 404)


def test_deleting_twice_is_refused_and_deactivating_twice_is_not(world: World) -> None:
    key = world.key(world.user("alice"))  # fact 1.16
    for _ in range(2):
        world.admin.iam.update_access_key(UserName="alice", AccessKeyId=key, Status="Inactive")
    world.admin.iam.delete_access_key(UserName="alice", AccessKeyId=key)
    with pytest.raises(ClientError) as refusal:
        world.admin.iam.delete_access_key(UserName="alice", AccessKeyId=key)
    assert code_of(refusal) == ("NoSuchEntity", 404)


def test_a_key_cannot_be_made_expired(world: World) -> None:
    key = world.key(world.user("alice"))  # fact 1.18
    with pytest.raises(ClientError) as refusal:
        world.admin.iam.update_access_key(UserName="alice", AccessKeyId=key, Status="Expired")
    assert code_of(refusal) == ("ValidationError", 400)
    assert world.keys[key].status == "Active"


def test_names_are_unique_and_found_whatever_their_case(world: World) -> None:
    world.user("Alice")  # fact 2.8
    assert world.admin.iam.get_user(UserName="aLICE")["User"]["UserName"] == "Alice"
    with pytest.raises(ClientError) as refusal:
        world.admin.iam.create_user(UserName="ALICE")
    assert code_of(refusal) == ("EntityAlreadyExists", 409)


def test_a_recreated_user_has_another_id(world: World) -> None:
    former = world.admin.iam.create_user(UserName="alice")["User"]
    world.admin.iam.delete_user(UserName="alice")
    again = world.admin.iam.create_user(UserName="alice")["User"]
    assert (former["Arn"], former["UserId"] != again["UserId"]) == (again["Arn"], True)


def test_a_user_with_keys_is_not_deleted(world: World) -> None:
    world.key(world.user("alice"))  # DeleteUser, IAM API reference
    with pytest.raises(ClientError) as refusal:
        world.admin.iam.delete_user(UserName="alice")
    assert code_of(refusal) == ("DeleteConflict", 409)


def test_a_renamed_user_keeps_its_id_and_its_keys(world: World) -> None:
    alice = world.user("alice")
    key = world.key(alice)
    world.admin.iam.update_user(UserName="alice", NewUserName="alicia", NewPath="/staff/")
    renamed = world.admin.iam.get_user(UserName="alicia")["User"]
    assert (renamed["UserId"], renamed["Arn"].rpartition(":")[2]) == (alice.id, "user/staff/alicia")
    assert ids(world, "alicia") == [key]


def test_listing_users_shows_no_tags_and_the_authorization_details_do(world: World) -> None:
    world.user("alice", tags={"keyturn:owner": "a@example.com"}, path="/staff/")  # facts 3.7 and 3.8
    world.user("bob")
    (listed,) = world.admin.iam.list_users(PathPrefix="/staff/")["Users"]
    assert "Tags" not in listed
    details = world.admin.iam.get_account_authorization_details(Filter=["User"])["UserDetailList"]
    assert [(one["UserName"], one["Path"], one["Tags"]) for one in details] == [
        ("alice", "/staff/", [{"Key": "keyturn:owner", "Value": "a@example.com"}]),
        ("bob", "/", []),
    ]
    assert "AccessKeyMetadata" not in details[0]


def test_tags_are_set_and_taken_off_and_take_no_comma(world: World) -> None:
    world.user("alice")
    world.admin.iam.tag_user(UserName="alice", Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    world.admin.iam.untag_user(UserName="alice", TagKeys=["a", "never there"])
    assert world.admin.iam.list_user_tags(UserName="alice")["Tags"] == [{"Key": "b", "Value": "2"}]
    with pytest.raises(ClientError) as refusal:
        world.admin.iam.tag_user(UserName="alice", Tags=[{"Key": "a", "Value": "1,2"}])
    assert code_of(refusal) == ("InvalidInput", 400)


def test_pages_are_as_long_as_asked_for(world: World) -> None:
    for number in range(250):
        world.user(f"user-{number:03d}")  # fact 2.9
    first = world.admin.iam.list_users()
    assert (len(first["Users"]), first["IsTruncated"]) == (100, True)
    pages = world.admin.iam.get_paginator("get_account_authorization_details").paginate(
        PaginationConfig={"PageSize": 120}
    )
    assert [len(page["UserDetailList"]) for page in pages] == [120, 120, 10]
    with pytest.raises(ClientError) as refusal:
        world.admin.iam.list_users(MaxItems=1001)
    assert code_of(refusal) == ("ValidationError", 400)


def test_pages_may_be_short_and_even_empty_with_more_to_come(world: World) -> None:
    world.page_cap, world.empty_pages = 1, True  # fact 2.9
    alice = world.user("alice")
    keys = [world.key(alice), world.key(alice)]
    pages = list(world.admin.iam.get_paginator("list_access_keys").paginate(UserName="alice"))
    assert [len(page["AccessKeyMetadata"]) for page in pages] == [0, 1, 0, 1]
    assert [key["AccessKeyId"] for page in pages for key in page["AccessKeyMetadata"]] == keys
    assert [page["IsTruncated"] for page in pages] == [True, True, True, False]


def test_a_listing_of_keys_may_lag(world: World) -> None:
    world.list_keys_lag = timedelta(seconds=4)  # fact 1.12
    alice = world.user("alice")
    old = world.key(alice, age_days=91)
    new = world.admin.iam.create_access_key(UserName="alice")["AccessKey"]["AccessKeyId"]
    world.admin.iam.update_access_key(UserName="alice", AccessKeyId=old, Status="Inactive")
    listed = world.admin.iam.list_access_keys(UserName="alice")["AccessKeyMetadata"]
    assert [(key["AccessKeyId"], key["Status"]) for key in listed] == [(old, "Active")]
    world.sleep(4)
    world.admin.iam.delete_access_key(UserName="alice", AccessKeyId=old)
    listed = world.admin.iam.list_access_keys(UserName="alice")["AccessKeyMetadata"]
    assert [(key["AccessKeyId"], key["Status"]) for key in listed] == [(old, "Inactive"), (new, "Active")]
    world.sleep(4)
    assert ids(world, "alice") == [new]


def test_a_key_that_was_never_used_has_no_date(world: World) -> None:
    key = world.key(world.user("alice"))  # fact 3.6
    answer = world.admin.iam.get_access_key_last_used(AccessKeyId=key)
    assert answer["UserName"] == "alice"
    assert answer["AccessKeyLastUsed"] == {"ServiceName": "N/A", "Region": "N/A"}


@pytest.mark.parametrize(("denies", "answer"), [(False, ("NoSuchEntity", 404)), (True, ("AccessDenied", 403))])
def test_the_last_use_of_a_key_that_is_gone_is_refused_in_one_way_or_another(
    world: World, *, denies: bool, answer: tuple[str, int]
) -> None:
    world.denies_unknown_keys = denies  # the API reference lists neither
    key = world.key(world.user("alice"))
    world.admin.iam.delete_access_key(UserName="alice", AccessKeyId=key)
    with pytest.raises(ClientError) as refusal:
        world.admin.iam.get_access_key_last_used(AccessKeyId=key)
    assert code_of(refusal) == answer


def test_only_the_first_use_in_fifteen_minutes_is_kept(world: World) -> None:
    key = world.key(world.user("alice"))  # fact 3.5
    first = world.now
    world.use(key, "sts")
    world.advance(timedelta(minutes=14))
    world.use(key, "s3")
    used = world.admin.iam.get_access_key_last_used(AccessKeyId=key)["AccessKeyLastUsed"]
    assert (used["LastUsedDate"], used["ServiceName"]) == (first, "sts")
    world.advance(timedelta(minutes=1))
    world.use(key, "s3")
    used = world.admin.iam.get_access_key_last_used(AccessKeyId=key)["AccessKeyLastUsed"]
    assert (used["LastUsedDate"], used["ServiceName"]) == (world.now, "s3")


def test_the_last_use_may_be_told_hours_later(world: World) -> None:
    world.last_used_lag = timedelta(hours=3)  # fact 3.6
    key = world.key(world.user("alice"), last_used_days=5)
    world.use(key, "dynamodb")
    told = world.admin.iam.get_access_key_last_used(AccessKeyId=key)["AccessKeyLastUsed"]
    assert told["LastUsedDate"] == world.now - timedelta(days=5)
    world.advance(timedelta(hours=3))
    told = world.admin.iam.get_access_key_last_used(AccessKeyId=key)["AccessKeyLastUsed"]
    assert told["ServiceName"] == "dynamodb"


def test_what_boto3_refuses_is_never_sent(world: World) -> None:
    with pytest.raises(ParamValidationError):
        world.admin.iam.create_user(UserName="")
    with pytest.raises(ParamValidationError):
        world.admin.iam.create_access_key(User="alice")  # type: ignore[call-arg]  # the mistake itself
    assert world.log == []
