"""A tour through an organization: the deployed state machine, several accounts, and one message about all of them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.touring import Organization, Tour, organization_of

MANY = 12  # more than the five rotations that one run begins below
USERS = {"home": 1, "small": 2, "large": MANY, "powerless": 1, "left-out": 1}


@pytest.fixture(scope="module")
def organization() -> Iterator[Organization]:
    """A hub, an account with two users, one with many, one whose role has no rights, one without, and one left out."""
    with organization_of(
        USERS,
        strangers=("closed-off",),
        waves="{small} 999999999999; *",
        exclude_accounts="{left-out}",
        max_rotations_per_run=5,
    ) as organization:
        organization.break_role("powerless")
        yield organization


@pytest.fixture(scope="module")
def heard(organization: Organization) -> str:
    """A queue that hears what people are told."""
    sqs, sns = organization.hub.aws.client("sqs"), organization.hub.aws.client("sns")
    queue: str = sqs.create_queue(QueueName="people")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    topic = organization.hub.outputs["TopicArn"]
    allowed = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage"}
    admitting = {"Statement": {**allowed, "Resource": arn, "Condition": {"ArnEquals": {"aws:SourceArn": topic}}}}
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": json.dumps(admitting)})
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    return queue


@pytest.fixture(scope="module")
def toured(organization: Organization, heard: str) -> Tour:
    """The first tour."""
    assert heard
    return organization.tour()


def test_every_account_that_can_be_reached_is_rotated(organization: Organization, toured: Tour) -> None:
    for which in ("home", "small", "large"):
        keys = organization.keys(which)
        assert keys
        assert set(keys.values()) == {2}, which
        assert toured.records[organization.accounts[which]]["Status"] == "SUCCEEDED"


def test_an_account_with_more_than_one_run_can_do_is_asked_until_nothing_is_left(
    organization: Organization, toured: Tour
) -> None:
    output = toured.output(organization.accounts["large"])

    assert output["runs"] == 3
    assert output["report"]["remaining"] == 0


def test_failed_accounts_are_named_and_stopped_nobody(organization: Organization, toured: Tour) -> None:
    failed = {organization.accounts[which] for which in ("powerless", "closed-off")}

    assert set(toured.answer["named"]) == failed
    assert {account for account, record in toured.records.items() if record["Status"] == "FAILED"} == failed
    assert set(organization.keys("powerless").values()) == {1}


def test_an_account_that_is_left_out_is_not_touched(organization: Organization, toured: Tour) -> None:
    assert organization.accounts["left-out"] not in toured.records
    assert set(organization.keys("left-out").values()) == {1}


def test_the_first_wave_ends_before_the_second_begins(organization: Organization, toured: Tour) -> None:
    first = toured.records[organization.accounts["small"]]
    others = [record for account, record in toured.records.items() if account != organization.accounts["small"]]

    assert len(others) == 4
    assert all(first["StopDate"] <= record["StartDate"] for record in others)


def test_people_get_one_digest_that_names_what_is_not_well(
    organization: Organization, toured: Tour, heard: str
) -> None:
    assert toured.answer["accounts"] == 5
    sqs = organization.hub.aws.client("sqs")
    messages: list[dict[str, Any]] = []
    while batch := sqs.receive_message(QueueUrl=heard, MaxNumberOfMessages=10).get("Messages"):
        messages += [json.loads(each["Body"]) for each in batch]
        for each in batch:
            sqs.delete_message(QueueUrl=heard, ReceiptHandle=each["ReceiptHandle"])
    (digest,) = [each for each in messages if "accounts" in each["Subject"]]

    assert digest["Subject"] == "Keyturn: 5 accounts, 2 of them not well"
    for which in ("powerless", "closed-off"):
        assert f"- {organization.accounts[which]} NOT_RUN: " in digest["Message"]
    assert "999999999999 is named in the settings and is no open account" in digest["Message"]
    assert not any("users in scope" in each["Message"] for each in messages), "no run sent a digest of its own"


def test_no_secret_is_in_the_history_or_the_results(organization: Organization, toured: Tour) -> None:
    secrets = organization.client("small", "secretsmanager")
    told = toured.history + json.dumps(toured.records)

    for number in range(2):
        stored = json.loads(secrets.get_secret_value(SecretId=f"keyturn/small-{number}/access-key")["SecretString"])
        assert stored["SecretAccessKey"] not in told


def test_a_second_tour_finishes_what_could_not_be_done(organization: Organization, toured: Tour) -> None:
    assert toured
    organization.mend_role("powerless")

    again = organization.tour()

    assert again.answer["named"] == [organization.accounts["closed-off"]]
    assert set(organization.keys("powerless").values()) == {2}
    assert set(organization.keys("large").values()) == {2}
