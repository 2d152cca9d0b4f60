"""The emulator keeps Secrets Manager's rules for versions, staging labels and deletions."""

import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from sandbox.local_aws import Client, LocalAws
from tests.e2e.refusals import refused

NewSecret = Callable[..., str]
TOKENS = [str(uuid.UUID(int=number)) for number in range(200)]


@pytest.fixture
def secrets(account: LocalAws) -> Client:
    return account.client("secretsmanager")


def labels(secrets: Client, name: str) -> dict[str, list[str]]:
    stages = secrets.describe_secret(SecretId=name).get("VersionIdsToStages", {})
    return {version: sorted(stages[version]) for version in stages}


def put(secrets: Client, name: str, token: str, value: str, *stages: str) -> dict[str, Any]:
    asked = {"VersionStages": list(stages)} if stages else {}
    answer: dict[str, Any] = secrets.put_secret_value(
        SecretId=name, ClientRequestToken=token, SecretString=value, **asked
    )
    return answer


def test_a_secret_without_a_value_has_no_version(secrets: Client, new_secret: NewSecret) -> None:
    name = new_secret()
    assert labels(secrets, name) == {}
    assert secrets.list_secret_version_ids(SecretId=name)["Versions"] == []
    with refused("ResourceNotFoundException"):
        secrets.get_secret_value(SecretId=name)


def test_the_first_value_becomes_current_beside_the_labels_asked_for(secrets: Client, new_secret: NewSecret) -> None:
    name = new_secret()
    answer = put(secrets, name, TOKENS[1], "intent", "AWSPENDING", "before:AKIAFAKE")
    assert sorted(answer["VersionStages"]) == ["AWSCURRENT", "AWSPENDING", "before:AKIAFAKE"]
    answer = put(secrets, name, TOKENS[2], "second", "AWSPENDING")
    assert answer["VersionStages"] == ["AWSPENDING"]
    assert labels(secrets, name) == {TOKENS[1]: ["AWSCURRENT", "before:AKIAFAKE"], TOKENS[2]: ["AWSPENDING"]}


def test_a_token_writes_once(secrets: Client, new_secret: NewSecret) -> None:
    name = new_secret()
    put(secrets, name, TOKENS[1], "value", "AWSPENDING")
    put(secrets, name, TOKENS[2], "other", "AWSPENDING")
    again = put(secrets, name, TOKENS[1], "value", "AWSPENDING")
    assert again["VersionId"] == TOKENS[1]
    assert labels(secrets, name)[TOKENS[2]] == ["AWSPENDING"], "the same again changes nothing"
    with refused("ResourceExistsException"):
        put(secrets, name, TOKENS[1], "another value", "AWSPENDING")
    assert secrets.get_secret_value(SecretId=name, VersionId=TOKENS[1])["SecretString"] == "value"


def test_creating_under_a_token_writes_once(secrets: Client) -> None:
    request = {"Name": "created/once/access-key", "ClientRequestToken": TOKENS[1]}
    assert secrets.create_secret(**request, SecretString="value")["VersionId"] == TOKENS[1]
    assert secrets.create_secret(**request, SecretString="value")["VersionId"] == TOKENS[1]
    with refused("ResourceExistsException"):
        secrets.create_secret(**request, SecretString="another")
    with refused("ResourceExistsException"):
        secrets.create_secret(Name="created/once/access-key")


def test_the_current_label_leaves_the_previous_one_behind(secrets: Client, new_secret: NewSecret) -> None:
    name = new_secret()
    for number in (1, 2, 3):
        put(secrets, name, TOKENS[number], f"value {number}", "AWSPENDING", f"AKIAFAKE{number}")
    for former, version in ((1, 2), (2, 3)):
        secrets.update_secret_version_stage(
            SecretId=name,
            VersionStage="AWSCURRENT",
            MoveToVersionId=TOKENS[version],
            RemoveFromVersionId=TOKENS[former],
        )
    assert labels(secrets, name) == {
        TOKENS[1]: ["AKIAFAKE1"],
        TOKENS[2]: ["AKIAFAKE2", "AWSPREVIOUS"],
        TOKENS[3]: ["AKIAFAKE3", "AWSCURRENT", "AWSPENDING"],
    }
    put(secrets, name, TOKENS[4], "value 4")
    assert labels(secrets, name)[TOKENS[3]] == ["AKIAFAKE3", "AWSPENDING", "AWSPREVIOUS"]


def test_labels_are_moved_by_those_who_know_where_they_are(secrets: Client, new_secret: NewSecret) -> None:
    name = new_secret()
    for number in (1, 2, 3):
        put(secrets, name, TOKENS[number], f"value {number}", f"AKIAFAKE{number}")
    before = labels(secrets, name)
    stale = {"MoveToVersionId": TOKENS[3], "RemoveFromVersionId": TOKENS[2]}
    unknowing = {"MoveToVersionId": TOKENS[3]}
    gone = {"MoveToVersionId": TOKENS[9], "RemoveFromVersionId": TOKENS[1]}
    removed = {"RemoveFromVersionId": TOKENS[1]}
    for request, code in (
        (stale, "InvalidParameterException"),
        (unknowing, "InvalidParameterException"),
        (gone, "ResourceNotFoundException"),
        (removed, "InvalidParameterException"),
    ):
        with refused(code):
            secrets.update_secret_version_stage(SecretId=name, VersionStage="AWSCURRENT", **request)
    with refused("InvalidParameterException"):
        secrets.update_secret_version_stage(SecretId=name, VersionStage="AKIAFAKE1", RemoveFromVersionId=TOKENS[2])
    assert labels(secrets, name) == before
    secrets.update_secret_version_stage(SecretId=name, VersionStage="AKIAFAKE2", RemoveFromVersionId=TOKENS[2])
    assert TOKENS[2] not in labels(secrets, name)


def test_a_secret_has_twenty_labels_at_most(secrets: Client, new_secret: NewSecret) -> None:
    name = new_secret()
    put(secrets, name, TOKENS[1], "value", *(f"label-{number}" for number in range(19)))
    with refused("LimitExceededException"):
        put(secrets, name, TOKENS[2], "value", "one-too-many")
    with refused("LimitExceededException"):
        secrets.update_secret_version_stage(SecretId=name, VersionStage="x", MoveToVersionId=TOKENS[1])
    with refused("InvalidParameterException"):
        secrets.update_secret_version_stage(SecretId=name, VersionStage="x" * 257, RemoveFromVersionId=TOKENS[1])
    assert list(labels(secrets, name)) == [TOKENS[1]]


@pytest.mark.parametrize("name", ["with,comma", "with space", "ends-abc123", "ümlaut", "x" * 513])
def test_names_are_refused_that_a_secret_must_not_have(secrets: Client, name: str) -> None:
    with refused("InvalidParameterException"):
        secrets.create_secret(Name=name)


def test_a_secret_scheduled_for_deletion_answers_nothing_but_its_description(
    account: LocalAws, secrets: Client, new_secret: NewSecret
) -> None:
    name = new_secret()
    put(secrets, name, TOKENS[1], "value", "AWSPENDING")
    for days in (6, 31):
        with refused("InvalidParameterException"):
            secrets.delete_secret(SecretId=name, RecoveryWindowInDays=days)
    secrets.delete_secret(SecretId=name, RecoveryWindowInDays=7)
    with refused("InvalidRequestException"):
        put(secrets, name, TOKENS[2], "value")
    with refused("InvalidRequestException"):
        secrets.get_secret_value(SecretId=name)
    with refused("InvalidRequestException"):
        secrets.create_secret(Name=name)
    with refused("InvalidRequestException"):
        secrets.update_secret_version_stage(SecretId=name, VersionStage="AWSPENDING", RemoveFromVersionId=TOKENS[1])
    with refused("InvalidRequestException"):
        secrets.tag_resource(SecretId=name, Tags=[{"Key": "a", "Value": "b"}])
    assert secrets.describe_secret(SecretId=name)["DeletedDate"]
    assert listed(secrets, name) == []
    assert listed(secrets, name, IncludePlannedDeletion=True) == [name]
    secrets.restore_secret(SecretId=name)
    assert secrets.get_secret_value(SecretId=name)["SecretString"] == "value"
    secrets.delete_secret(SecretId=name, RecoveryWindowInDays=7)
    account.clock.move_by(timedelta(days=7, minutes=1))
    with refused("ResourceNotFoundException"):
        secrets.describe_secret(SecretId=name)


def listed(secrets: Client, prefix: str, **request: object) -> list[str]:
    pages = secrets.get_paginator("list_secrets").paginate(Filters=[{"Key": "name", "Values": [prefix]}], **request)
    return [secret["Name"] for page in pages for secret in page["SecretList"]]


def test_lists_of_secrets_come_in_pages_with_tags_and_labels(secrets: Client) -> None:
    for number in range(101):
        tags = [{"Key": "keyturn:user-id", "Value": f"AIDAFAKE{number}"}]
        secrets.create_secret(Name=f"many/{number:03}/access-key", Tags=tags, SecretString="value")
    first = secrets.list_secrets(Filters=[{"Key": "name", "Values": ["many/"]}])
    assert len(first["SecretList"]) == 100
    assert first["NextToken"]
    assert first["SecretList"][0]["Tags"] == [{"Key": "keyturn:user-id", "Value": "AIDAFAKE0"}]
    assert list(first["SecretList"][0]["SecretVersionsToStages"].values()) == [["AWSCURRENT"]]
    assert len(listed(secrets, "many/")) == 101
    assert listed(secrets, "any/") == [], "a filter is a prefix"
    by_tag = secrets.list_secrets(
        Filters=[
            {"Key": "tag-key", "Values": ["keyturn:user"]},
            {"Key": "tag-value", "Values": ["AIDAFAKE100"]},
        ]
    )
    assert [secret["Name"] for secret in by_tag["SecretList"]] == ["many/100/access-key"]


def test_versions_are_listed_with_their_dates_and_the_unlabelled_on_request(
    account: LocalAws, secrets: Client, new_secret: NewSecret
) -> None:
    name = new_secret()
    put(secrets, name, TOKENS[1], "value 1")
    put(secrets, name, TOKENS[2], "value 2")
    put(secrets, name, TOKENS[3], "value 3")
    secrets.get_secret_value(SecretId=name)
    shown = {each["VersionId"]: each for each in secrets.list_secret_version_ids(SecretId=name)["Versions"]}
    assert set(shown) == {TOKENS[2], TOKENS[3]}
    assert "LastAccessedDate" not in shown[TOKENS[2]]
    accessed = shown[TOKENS[3]]["LastAccessedDate"].astimezone(account.clock.now().tzinfo)
    assert (accessed.hour, accessed.minute) == (0, 0), "kept by the day"
    assert accessed.date() == account.clock.now().date()
    everything = secrets.list_secret_version_ids(SecretId=name, IncludeDeprecated=True, MaxResults=2)
    assert len(everything["Versions"]) == 2
    rest = secrets.list_secret_version_ids(SecretId=name, IncludeDeprecated=True, NextToken=everything["NextToken"])
    (deprecated,) = [each for each in everything["Versions"] + rest["Versions"] if each["VersionId"] == TOKENS[1]]
    assert "VersionStages" not in deprecated
    assert account.clock.now() - deprecated["CreatedDate"] < timedelta(minutes=1)


def test_label_moves_are_told_on_the_default_bus(account: LocalAws, secrets: Client, new_secret: NewSecret) -> None:
    queue = account.client("sqs").create_queue(QueueName="label-events")["QueueUrl"]
    arn = "arn:aws:sqs:us-east-1:000000000000:label-events"
    events = account.client("events")
    events.put_rule(Name="labels", EventPattern='{"detail-type": ["Secret Label Updated"]}')
    events.put_targets(Rule="labels", Targets=[{"Id": "queue", "Arn": arn}])
    name = new_secret()
    put(secrets, name, TOKENS[1], "value", "AWSPENDING")
    messages = account.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    told = [json.loads(each["Body"])["detail"] for each in messages]
    assert told == [{"name": name, "labelUpdated": "AWSCURRENT", "versionId": TOKENS[1]}]


def test_a_list_names_the_key_that_a_secret_is_encrypted_with(account: LocalAws, secrets: Client) -> None:
    key = account.client("kms").create_key()["KeyMetadata"]["Arn"]
    secrets.create_secret(Name="listed/own", KmsKeyId=key)
    secrets.create_secret(Name="listed/aws")
    listed = secrets.list_secrets(Filters=[{"Key": "name", "Values": ["listed/"]}])["SecretList"]
    assert {each["Name"]: each.get("KmsKeyId") for each in listed} == {"listed/own": key, "listed/aws": None}
