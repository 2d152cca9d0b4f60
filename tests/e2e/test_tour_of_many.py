"""A tour with accounts in trouble, each in its own way: one has 300 users, one throttles, one's role is broken."""

import json
from collections.abc import Iterator

import pytest

from sandbox.local_aws import Rate
from tests.e2e.touring import Organization, Tour, organization_of

USERS = {"home": 1, "small": 2, "crowded": 300, "slow": 12, "broken": 1}
# Twelve users take twelve creates and some seventy reads, eight of them at once.
NARROW = {"reads": Rate(per_second=8, burst=8), "mutations": Rate(per_second=1, burst=2)}


@pytest.fixture(scope="module")
def organization() -> Iterator[Organization]:
    with organization_of(USERS, account_concurrency=4) as organization:
        organization.break_role("broken")
        organization.hub.aws.throttle({organization.accounts["slow"]: NARROW})
        yield organization


@pytest.fixture(scope="module")
def toured(organization: Organization) -> Tour:
    return organization.tour()


def throttles(organization: Organization) -> float:
    """How many calls of the tours were throttled, as the metric says."""
    aws = organization.hub.aws
    now = aws.clock.now().timestamp()
    found = aws.client("cloudwatch").get_metric_statistics(
        Namespace="Keyturn",
        MetricName="ApiThrottles",
        StartTime=now - 3600,
        EndTime=now + 60,
        Period=60,
        Statistics=["Sum"],
    )
    return float(sum(each["Sum"] for each in found["Datapoints"]))


def test_everything_else_is_rotated(organization: Organization, toured: Tour) -> None:
    assert toured
    for which in ("home", "small", "crowded"):
        keys = organization.keys(which)
        assert len(keys) == USERS[which]
        assert set(keys.values()) == {2}, which


def test_three_hundred_users_are_one_execution_that_asks_until_nobody_is_left(
    organization: Organization, toured: Tour
) -> None:
    output = toured.output(organization.accounts["crowded"])
    assert output["runs"] == 3, "of a hundred rotations each"
    assert output["report"]["remaining"] == 0
    created = [each for each in organization.created() if "crowded" in each]
    assert len(created) == len(set(created)) == USERS["crowded"], "nobody was rotated twice"


def test_an_account_that_throttles_is_slow_and_does_not_fail(organization: Organization, toured: Tour) -> None:
    slow = organization.accounts["slow"]
    assert throttles(organization) > 0, "it is told"
    assert toured.records[slow]["Status"] == "SUCCEEDED"
    assert toured.output(slow)["report"]["status"] != "FAILED"
    assert slow not in toured.answer["named"]


def test_the_failed_account_is_named_and_it_alone(organization: Organization, toured: Tour) -> None:
    broken = organization.accounts["broken"]
    assert toured.answer["accounts"] == len(USERS)
    assert toured.answer["named"] == [broken]
    assert "GetAccountAuthorizationDetails" in json.dumps(toured.records[broken])
    assert set(organization.keys("broken").values()) == {1}


def test_a_second_tour_completes(organization: Organization, toured: Tour) -> None:
    assert toured
    organization.mend_role("broken")
    before = organization.created()

    again = organization.tour()

    assert again.answer["named"] == []
    assert all(set(organization.keys(which).values()) == {2} for which in USERS), (
        "what the first tour had not come to is done, too"
    )
    left = set(organization.created()) - set(before)
    allowed = {organization.accounts["broken"], organization.accounts["slow"]}
    assert {each.split("/")[0] for each in left} <= allowed, "and nothing is done twice"
