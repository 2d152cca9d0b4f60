"""The emulator's IAM throttles an account when it is told to, each with buckets of its own."""

from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from sandbox.local_aws import Client, Credential, LocalAws, Rate
from tests.e2e.refusals import refused
from tests.e2e.waiting import eventually

SLOW = "666666666666"
ONE_A_SECOND = Rate(per_second=1, burst=2)


@pytest.fixture
def iam(account: LocalAws) -> Iterator[Client]:
    """IAM of an account whose mutations are throttled, with one user."""
    iam = account.client("iam", Credential(SLOW, "test"))
    iam.create_user(UserName="slow")
    account.throttle({SLOW: {"mutations": ONE_A_SECOND}})
    yield iam
    account.throttle({})
    iam.delete_user(UserName="slow")


def exhaust(iam: Client) -> None:
    for _ in range(int(ONE_A_SECOND.burst)):
        iam.tag_user(UserName="slow", Tags=[{"Key": "touched", "Value": "yes"}])


def test_a_throttled_call_is_refused_as_iam_refuses_it_and_does_nothing(iam: Client) -> None:
    exhaust(iam)
    with pytest.raises(ClientError) as refusal:
        iam.create_access_key(UserName="slow")
    answer = refusal.value.response
    assert answer["Error"] == {"Type": "Sender", "Code": "Throttling", "Message": "Rate exceeded"}
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert iam.list_access_keys(UserName="slow")["AccessKeyMetadata"] == []


def test_tokens_come_back_with_time(iam: Client) -> None:
    def taken() -> bool:
        try:
            iam.tag_user(UserName="slow", Tags=[])
        except iam.exceptions.ClientError:
            return False
        return True

    exhaust(iam)
    assert not taken()
    eventually(taken, seconds=3)


def test_reads_and_other_accounts_and_observers_have_tokens_of_their_own(account: LocalAws, iam: Client) -> None:
    exhaust(iam)
    assert iam.get_user(UserName="slow")
    account.client("iam").create_user(UserName="quick")
    seen = account.observer("iam", Credential(SLOW, "test"))
    for _ in range(5):
        seen.tag_user(UserName="slow", Tags=[])
    account.throttle({SLOW: {"reads": Rate(per_second=0, burst=1)}})
    assert iam.get_user(UserName="slow")
    with refused("Throttling"):
        iam.list_users()
    iam.tag_user(UserName="slow", Tags=[])
    assert seen.list_users()["Users"]


def test_an_account_is_let_alone_again(account: LocalAws, iam: Client) -> None:
    exhaust(iam)
    account.throttle({})
    for _ in range(5):
        iam.tag_user(UserName="slow", Tags=[])
