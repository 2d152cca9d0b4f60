"""What happens to a tour when accounts come and go while it is under way."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.e2e.touring import HOME, Organization, Tour, organization_of
from tests.e2e.waiting import eventually

USERS = {HOME: 1, "leaving": 40, "gone": 2, "closed": 2, "staying": 2}
NEWCOMER = "newcomer"
# The shortest life that tags can ask for: due after two days.
SHORT = [{"Key": "keyturn:max-age-days", "Value": "4"}, {"Key": "keyturn:grace-days", "Value": "1"}]


@pytest.fixture(scope="module")
def organization() -> Iterator[Organization]:
    """A hub and members, of which one goes first and takes its time."""
    with organization_of(USERS, waves="{leaving}; *", concurrency=2) as organization:
        yield organization


@pytest.fixture(scope="module")
def first_keys(organization: Organization) -> dict[str, list[str]]:
    """The keys of the account that leaves, before anything was done."""
    return organization.key_ids("leaving")


@pytest.fixture(scope="module")
def toured(organization: Organization, first_keys: dict[str, list[str]]) -> Tour:
    """A tour; once it is at work, its first account and another leave, a third is closed, and a fourth joins."""
    assert first_keys
    execution = organization.begin()
    eventually(lambda: len(organization.created()) > 5, seconds=60)
    organization.leave("leaving")
    organization.leave("gone")
    organization.hub.aws.client("organizations").close_account(AccountId=organization.accounts["closed"])
    organization.found(NEWCOMER)
    organization.join(NEWCOMER)
    iam = organization.client(NEWCOMER, "iam")
    iam.create_user(UserName="nina", Tags=SHORT)
    iam.create_access_key(UserName="nina")
    return organization.ended(execution)


def test_the_others_are_rotated(organization: Organization, toured: Tour) -> None:
    assert toured
    for which in (HOME, "staying"):
        assert set(organization.keys(which).values()) == {2}, which


def test_an_account_that_joins_waits_for_the_next_tour(organization: Organization, toured: Tour) -> None:
    assert organization.accounts[NEWCOMER] not in toured.records
    assert organization.keys(NEWCOMER) == {"nina": 1}


def test_accounts_that_leave_before_their_turn_fail_alone_and_are_named(
    organization: Organization, toured: Tour
) -> None:
    assert set(toured.answer["named"]) == {organization.accounts[which] for which in ("leaving", "gone", "closed")}
    assert "keyturn-member" in toured.records[organization.accounts["gone"]]["Cause"]
    for which in ("gone", "closed"):
        assert toured.records[organization.accounts[which]]["Status"] == "FAILED"
        assert set(organization.keys(which).values()) == {1}, "nothing was touched"


def test_an_account_that_leaves_in_the_middle_keeps_every_key_that_its_users_had(
    organization: Organization, toured: Tour, first_keys: dict[str, list[str]]
) -> None:
    assert toured.output(organization.accounts["leaving"])["report"]["status"] == "FAILED"
    now = organization.key_ids("leaving")
    assert all(key in now[user] for user, (key,) in first_keys.items())
    assert {len(keys) for keys in now.values()} == {1, 2}, "some were done, and some were not"
    iam = organization.observer("leaving", "iam")
    listed = (iam.list_access_keys(UserName=user)["AccessKeyMetadata"] for user in now)
    assert all(key["Status"] == "Active" for keys in listed for key in keys)


def test_what_was_begun_is_finished_when_the_account_is_back(
    organization: Organization, toured: Tour, first_keys: dict[str, list[str]]
) -> None:
    assert toured
    organization.join("leaving")
    organization.join("gone")
    for _ in range(3):  # a key of which nobody knows whose it is waits for a day, and is then replaced
        organization.hub.aws.clock.move_by(timedelta(days=1))
        tour = organization.tour()

    assert tour.answer["named"] == []
    assert organization.accounts["closed"] not in tour.records
    secrets = organization.observer("leaving", "secretsmanager")
    for user, keys in organization.key_ids("leaving").items():
        stored = json.loads(secrets.get_secret_value(SecretId=f"keyturn/{user}/access-key")["SecretString"])
        assert set(keys) == {*first_keys[user], stored["AccessKeyId"]}
        assert len(keys) == 2
    assert set(organization.keys("gone").values()) == {2}
    assert organization.keys(NEWCOMER) == {"nina": 2}
