"""The emulator keeps IAM's rules for users and access keys."""

from collections.abc import Callable
from datetime import timedelta

from sandbox.local_aws import Credential, LocalAws
from tests.e2e.refusals import refused

NewUser = Callable[..., str]


def credential_of(account: LocalAws, user: str) -> Credential:
    key = account.client("iam").create_access_key(UserName=user)["AccessKey"]
    return Credential(key["AccessKeyId"], key["SecretAccessKey"])


def test_a_third_key_is_refused_even_when_both_are_inactive(account: LocalAws, new_user: NewUser) -> None:
    iam, user = account.client("iam"), new_user()
    for _ in range(2):
        key_id = iam.create_access_key(UserName=user)["AccessKey"]["AccessKeyId"]
        iam.update_access_key(UserName=user, AccessKeyId=key_id, Status="Inactive")
    with refused("LimitExceeded"):
        iam.create_access_key(UserName=user)
    assert len(iam.list_access_keys(UserName=user)["AccessKeyMetadata"]) == 2


def test_wrong_secrets_inactive_and_deleted_keys_are_refused(account: LocalAws, new_user: NewUser) -> None:
    iam, user = account.client("iam"), new_user()
    credential = credential_of(account, user)
    sts = account.client("sts", credential)
    assert sts.get_caller_identity()["Arn"].endswith(f":user/{user}")
    with refused("SignatureDoesNotMatch"):
        account.new_client("sts", Credential(credential.key_id, "obviously/fake")).get_caller_identity()
    iam.update_access_key(UserName=user, AccessKeyId=credential.key_id, Status="Inactive")
    with refused("InvalidClientTokenId"):
        sts.get_caller_identity()
    iam.delete_access_key(UserName=user, AccessKeyId=credential.key_id)
    with refused("InvalidClientTokenId"):
        sts.get_caller_identity()


def test_the_last_use_is_kept_by_quarters_of_an_hour(account: LocalAws, new_user: NewUser) -> None:
    iam, user = account.client("iam"), new_user()
    credential = credential_of(account, user)
    never = iam.get_access_key_last_used(AccessKeyId=credential.key_id)
    assert never["AccessKeyLastUsed"] == {"ServiceName": "N/A", "Region": "N/A"}
    assert never["UserName"] == user
    account.client("sts", credential).get_caller_identity()
    with refused("AccessDenied"):
        account.client("iam", credential).list_users()
    used = iam.get_access_key_last_used(AccessKeyId=credential.key_id)["AccessKeyLastUsed"]
    assert used["ServiceName"] == "sts", "a second use within the span is not recorded"
    assert used["Region"] == "us-east-1"
    assert account.clock.now() - used["LastUsedDate"] < timedelta(minutes=2)
    account.clock.move_by(timedelta(minutes=16))
    with refused("AccessDenied"):
        account.client("iam", credential).list_users()
    used = iam.get_access_key_last_used(AccessKeyId=credential.key_id)["AccessKeyLastUsed"]
    assert used["ServiceName"] == "iam"


def test_a_rejected_call_is_no_use(account: LocalAws, new_user: NewUser) -> None:
    iam, user = account.client("iam"), new_user()
    credential = credential_of(account, user)
    iam.update_access_key(UserName=user, AccessKeyId=credential.key_id, Status="Inactive")
    with refused("InvalidClientTokenId"):
        account.client("sts", credential).get_caller_identity()
    assert "LastUsedDate" not in iam.get_access_key_last_used(AccessKeyId=credential.key_id)["AccessKeyLastUsed"]


def test_keys_are_reached_through_their_own_user_only(account: LocalAws, new_user: NewUser) -> None:
    iam, user, other = account.client("iam"), new_user(), new_user()
    key_id = credential_of(account, user).key_id
    for wrong in (other, "nobody"):
        with refused("NoSuchEntity"):
            iam.update_access_key(UserName=wrong, AccessKeyId=key_id, Status="Inactive")
        with refused("NoSuchEntity"):
            iam.delete_access_key(UserName=wrong, AccessKeyId=key_id)
    with refused("NoSuchEntity"):
        iam.list_access_keys(UserName="nobody")
    with refused("NoSuchEntity"):
        iam.create_access_key(UserName="nobody")
    assert iam.list_access_keys(UserName=user)["AccessKeyMetadata"][0]["Status"] == "Active"


def test_names_are_found_in_any_case_and_shown_in_their_own(account: LocalAws) -> None:
    iam = account.client("iam")
    iam.create_user(UserName="Mixed.Case")
    with refused("EntityAlreadyExists"):
        iam.create_user(UserName="mixed.case")
    assert iam.get_user(UserName="MIXED.CASE")["User"]["UserName"] == "Mixed.Case"
    key = iam.create_access_key(UserName="mixed.case")["AccessKey"]
    assert key["UserName"] == "Mixed.Case"
    assert iam.list_access_keys(UserName="mIXED.cASE")["AccessKeyMetadata"][0]["AccessKeyId"] == key["AccessKeyId"]


def test_a_user_that_names_nobody_means_itself(account: LocalAws, new_user: NewUser) -> None:
    user = new_user()
    credential = credential_of(account, user)
    everything = '{"Statement": {"Effect": "Allow", "Action": "iam:*", "Resource": "*"}}'
    account.client("iam").put_user_policy(UserName=user, PolicyName="all", PolicyDocument=everything)
    mine = account.client("iam", credential).list_access_keys()["AccessKeyMetadata"]
    assert [key["AccessKeyId"] for key in mine] == [credential.key_id]


def test_lists_come_in_pages(account: LocalAws) -> None:
    iam = account.client("iam")
    for number in range(105):
        iam.create_user(UserName=f"paged-{number:03}", Path="/paged/", Tags=[{"Key": "n", "Value": f"R&D <{number}>"}])
    first = iam.list_users(PathPrefix="/paged/")
    assert len(first["Users"]) == 100
    assert first["IsTruncated"]
    rest = iam.list_users(PathPrefix="/paged/", Marker=first["Marker"], MaxItems=1000)
    assert [user["UserName"] for user in rest["Users"]] == [f"paged-{number:03}" for number in range(100, 105)]
    assert not rest["IsTruncated"]
    assert not any("Tags" in user for user in first["Users"])
    with refused("ValidationError"):
        iam.list_users(Marker="%%%")
    for _ in range(2):
        iam.create_access_key(UserName="paged-000")
    keys = list(iam.get_paginator("list_access_keys").paginate(UserName="paged-000", PaginationConfig={"PageSize": 1}))
    assert [len(page["AccessKeyMetadata"]) for page in keys] == [1, 1]


def test_authorization_details_show_users_with_their_tags_in_pages(account: LocalAws) -> None:
    iam = account.client("iam")
    for number in range(3):
        tags = [{"Key": "keyturn:owner", "Value": f"R&D {number}"}]
        iam.create_user(UserName=f"detailed-{number}", Path="/detailed/", Tags=tags)
    paginator = iam.get_paginator("get_account_authorization_details")
    pages = list(paginator.paginate(Filter=["User"], PaginationConfig={"PageSize": 2}))
    assert len(pages) > 1
    found = {each["UserName"]: each for page in pages for each in page["UserDetailList"]}
    assert found["detailed-2"]["Tags"] == [{"Key": "keyturn:owner", "Value": "R&D 2"}]
    assert found["detailed-2"]["Path"] == "/detailed/"
    assert found["detailed-2"]["UserId"] == iam.get_user(UserName="detailed-2")["User"]["UserId"]
    assert {"Arn", "CreateDate"} <= set(found["detailed-2"])
    assert len(found) == len(list(_all_users(account)))


def _all_users(account: LocalAws) -> list[str]:
    pages = account.client("iam").get_paginator("list_users").paginate()
    return [user["UserName"] for page in pages for user in page["Users"]]
