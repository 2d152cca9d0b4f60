"""A tour through an organization: the deployed state machine, several accounts, and one message about all of them."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from sandbox.local_aws import Client, Credential, Deployment, local_aws, synthesis
from tests.e2e.joining import join

MANY = 12  # more than the five rotations that one run begins below
HOME = "000000000000"


@dataclass(frozen=True)
class Tour:
    """What a tour answered, and what it left in the results bucket."""

    answer: dict[str, Any]
    records: dict[str, dict[str, Any]]
    history: str


@dataclass(frozen=True)
class Organization:
    """A hub, accounts of its organization by what is the matter with them, and the policy that one's role has lost."""

    hub: Deployment
    accounts: dict[str, str]
    taken: dict[str, Any]

    def client(self, which: str, service: str) -> Client:
        """A client of an account's administrator, of whom the emulator knows the account by the key's ID."""
        return self.hub.aws.client(service, Credential(self.accounts[which], "test"))

    def keys(self, which: str) -> dict[str, int]:
        iam = self.client(which, "iam")
        users = [user["UserName"] for user in iam.get_paginator("list_users").paginate().build_full_result()["Users"]]
        return {user: len(iam.list_access_keys(UserName=user)["AccessKeyMetadata"]) for user in users}

    def tour(self) -> Tour:
        """Start the state machine as the schedule does, and wait for its end."""
        states = self.hub.aws.client("stepfunctions")
        arn = states.start_execution(stateMachineArn=self.hub.outputs["TourStateMachineArn"], input="{}")[
            "executionArn"
        ]
        for _ in range(600):
            ended = states.describe_execution(executionArn=arn)
            if ended["status"] != "RUNNING":
                break
            time.sleep(0.2)
        assert ended["status"] == "SUCCEEDED", ended
        history = json.dumps(states.get_execution_history(executionArn=arn)["events"], default=str)
        return Tour(json.loads(ended["output"]), self._records(arn.rsplit(":", 1)[-1]), history)

    def _records(self, execution: str) -> dict[str, dict[str, Any]]:
        s3, bucket = self.hub.aws.client("s3"), self.hub.outputs["TourResultsBucketName"]
        listed = s3.list_objects_v2(Bucket=bucket, Prefix=execution)["Contents"]
        found = {}
        for each in listed:
            content = json.loads(s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read())
            for record in content if isinstance(content, list) else []:
                found[json.loads(record["Input"])["account"]] = record
        return found


def settle(organization: Organization, which: str, users: int) -> None:
    iam = organization.client(which, "iam")
    for number in range(users):
        iam.create_user(UserName=f"{which}-{number}")
        iam.create_access_key(UserName=f"{which}-{number}")


@pytest.fixture(scope="module")
def organization() -> Iterator[Organization]:
    """A hub, an account with two users, one with many, one whose role has no rights, one without, and one left out."""
    with local_aws() as aws:
        accounts = {"home": HOME}
        for which in ("small", "large", "powerless", "closed-off", "left-out"):
            status = aws.client("organizations").create_account(Email=f"{which}@example.com", AccountName=which)
            accounts[which] = status["CreateAccountStatus"]["AccountId"]
        settings: dict[str, object] = {
            "mode": "enforce",
            "external_id": "an-external-id",
            "organization": True,
            "waves": f"{accounts['small']} 999999999999; *",
            "exclude_accounts": accounts["left-out"],
            "max_rotations_per_run": 5,
        }
        with synthesis(settings) as assembly:
            hub = aws.deploy(assembly)
            template = (assembly.assembly / "KeyturnMember.template.json").read_text(encoding="utf-8")
        aws.client("scheduler").delete_schedule(Name=hub.outputs["ScheduleName"])
        organization = Organization(hub, accounts, {})
        for which in ("small", "large", "powerless", "left-out"):
            join(organization.client(which, "cloudformation"), template, hub.outputs["RotatorRoleArn"])
        iam = organization.client("powerless", "iam")
        (name,) = iam.list_role_policies(RoleName="keyturn-member")["PolicyNames"]
        organization.taken.update(iam.get_role_policy(RoleName="keyturn-member", PolicyName=name))
        iam.delete_role_policy(RoleName="keyturn-member", PolicyName=name)
        for which, users in (("home", 1), ("small", 2), ("large", MANY), ("powerless", 1), ("left-out", 1)):
            settle(organization, which, users)
        aws.clock.move_by(timedelta(days=80))
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
    output = json.loads(toured.records[organization.accounts["large"]]["Output"])

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
    taken = organization.taken
    organization.client("powerless", "iam").put_role_policy(
        RoleName=taken["RoleName"],
        PolicyName=taken["PolicyName"],
        PolicyDocument=json.dumps(taken["PolicyDocument"]),
    )

    again = organization.tour()

    assert again.answer["named"] == [organization.accounts["closed-off"]]
    assert set(organization.keys("powerless").values()) == {2}
    assert set(organization.keys("large").values()) == {2}
