"""The fake Secrets Manager keeps tokens, labels, names and deletions as Secrets Manager does."""

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from tests.fakes.world import World

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager.type_defs import FilterTypeDef

NAME = "keyturn/alice/access-key"
ONE, TWO, THREE = "1" * 32, "2" * 32, "3" * 32


@pytest.fixture
def world() -> World:
    world = World()
    world.admin.secretsmanager.create_secret(Name=NAME, Tags=[{"Key": "keyturn:user-id", "Value": "AIDAFAKE1"}])
    return world


def put(world: World, token: str, *labels: str, value: str = "a value") -> list[str]:
    answer = world.admin.secretsmanager.put_secret_value(
        SecretId=NAME, ClientRequestToken=token, SecretString=value, VersionStages=labels
    )
    assert answer["VersionId"] == token
    return answer["VersionStages"]


def move(world: World, label: str, *, to: str | None = None, source: str | None = None) -> None:
    ends = {"MoveToVersionId": to, "RemoveFromVersionId": source}
    world.admin.secretsmanager.update_secret_version_stage(
        SecretId=NAME, VersionStage=label, **{name: version for name, version in ends.items() if version}
    )


def stages(world: World) -> dict[str, list[str]]:
    return world.admin.secretsmanager.describe_secret(SecretId=NAME).get("VersionIdsToStages", {})


def refused(code: str) -> pytest.RaisesExc[ClientError]:
    return pytest.RaisesExc(ClientError, match=re.escape(f"({code})"))


def test_the_same_token_with_the_same_value_changes_nothing(world: World) -> None:
    put(world, ONE, "AWSPENDING")  # fact 4.1
    put(world, TWO, "AWSPENDING", "mine")
    before = stages(world)
    assert put(world, ONE, "AWSPENDING", "mine") == ["AWSCURRENT"]
    assert stages(world) == before


def test_the_same_token_with_another_value_is_refused_and_overwrites_nothing(world: World) -> None:
    put(world, ONE, "AWSPENDING")  # fact 4.1
    with refused("ResourceExistsException"):
        put(world, ONE, "AWSPENDING", value="another value")
    assert world.admin.secretsmanager.get_secret_value(SecretId=NAME)["SecretString"] == "a value"


def test_a_token_has_at_least_32_characters(world: World) -> None:
    with pytest.raises(ParamValidationError):  # fact 4.2
        put(world, "AKIAFAKE000000000001", "AWSPENDING")
    assert stages(world) == {}


def test_boto3_fills_in_a_token_of_its_own(world: World) -> None:
    first, second = (
        world.admin.secretsmanager.put_secret_value(SecretId=NAME, SecretString="same")["VersionId"] for _ in "ab"
    )
    assert first != second  # fact 4.2


def test_without_labels_awscurrent_moves_to_the_new_version_at_once(world: World) -> None:
    put(world, ONE, "AWSCURRENT")  # fact 4.3
    world.admin.secretsmanager.put_secret_value(SecretId=NAME, ClientRequestToken=TWO, SecretString="b")
    assert stages(world) == {ONE: ["AWSPREVIOUS"], TWO: ["AWSCURRENT"]}


def test_the_first_version_gets_awscurrent_beside_what_was_asked_for(world: World) -> None:
    assert put(world, ONE, "AWSPENDING", "before:X") == ["AWSPENDING", "before:X", "AWSCURRENT"]  # fact 4.3
    assert put(world, TWO, "AWSPENDING", "X") == ["AWSPENDING", "X"]
    assert stages(world) == {ONE: ["before:X", "AWSCURRENT"], TWO: ["AWSPENDING", "X"]}


def test_a_secret_created_with_a_value_has_a_version_and_one_without_has_none(world: World) -> None:
    assert "VersionIdsToStages" not in world.admin.secretsmanager.describe_secret(SecretId=NAME)
    answer = world.admin.secretsmanager.create_secret(Name="valued", ClientRequestToken=ONE, SecretString="a")
    assert answer["VersionId"] == ONE
    listed = world.admin.secretsmanager.list_secret_version_ids(SecretId="valued")["Versions"]
    assert [(one["VersionId"], one["VersionStages"]) for one in listed] == [(ONE, ["AWSCURRENT"])]


def test_creating_again_is_the_same_only_for_the_same_token_and_value(world: World) -> None:
    create = world.admin.secretsmanager.create_secret  # fact 4.1
    arn = create(Name="valued", ClientRequestToken=ONE, SecretString="a")["ARN"]
    assert create(Name="valued", ClientRequestToken=ONE, SecretString="a")["ARN"] == arn
    for token, value in ((ONE, "b"), (TWO, "a")):
        with refused("ResourceExistsException"):
            create(Name="valued", ClientRequestToken=token, SecretString=value)
    with refused("ResourceExistsException"):
        create(Name=NAME)


def test_a_label_moves_only_from_the_version_that_is_named_as_its_holder(world: World) -> None:
    put(world, ONE, "AWSPENDING")  # fact 4.4
    put(world, TWO, "AWSPENDING")
    put(world, THREE, "AWSPENDING")
    before = stages(world)
    for source in (None, TWO, THREE):
        with refused("InvalidParameterException"):
            move(world, "AWSCURRENT", to=TWO, source=source)
    with refused("InvalidParameterException"):
        move(world, "nowhere yet", to=TWO, source=ONE)
    assert stages(world) == before
    move(world, "AWSCURRENT", to=TWO, source=ONE)
    with refused("InvalidParameterException"):  # the loser of a race saw ONE as the holder
        move(world, "AWSCURRENT", to=THREE, source=ONE)
    assert stages(world) == {TWO: ["AWSCURRENT"], ONE: ["AWSPREVIOUS"], THREE: ["AWSPENDING"]}


def test_awsprevious_follows_awscurrent_and_other_labels_stay(world: World) -> None:
    put(world, ONE, "AWSCURRENT", "one")  # fact 4.4
    put(world, TWO, "AWSCURRENT", "two")
    put(world, THREE, "AWSCURRENT", "three")
    assert stages(world) == {ONE: ["one"], TWO: ["two", "AWSPREVIOUS"], THREE: ["AWSCURRENT", "three"]}


def test_a_label_is_taken_off_only_from_its_holder_and_awscurrent_not_at_all(world: World) -> None:
    put(world, ONE, "mine", "AWSPENDING")
    put(world, TWO, "AWSPENDING")
    with refused("InvalidParameterException"):
        move(world, "mine", source=TWO)
    with refused("InvalidParameterException"):
        move(world, "AWSCURRENT", source=ONE)
    with refused("InvalidParameterException"):
        move(world, "mine")
    move(world, "mine", source=ONE)
    assert stages(world) == {ONE: ["AWSCURRENT"], TWO: ["AWSPENDING"]}


def test_a_version_without_labels_is_deprecated_and_listed_only_when_asked_for(world: World) -> None:
    put(world, ONE, "AWSCURRENT")  # facts 4.4 and 4.5
    put(world, TWO, "AWSPENDING")
    put(world, THREE, "AWSPENDING")
    assert TWO not in stages(world)
    listing = world.admin.secretsmanager.list_secret_version_ids
    assert [one["VersionId"] for one in listing(SecretId=NAME)["Versions"]] == [ONE, THREE]
    all_of_them = listing(SecretId=NAME, IncludeDeprecated=True)["Versions"]
    assert [one["VersionId"] for one in all_of_them] == [ONE, TWO, THREE]
    assert "VersionStages" not in all_of_them[1]


def test_deprecated_versions_may_be_gone_at_any_time_and_labelled_ones_never_are(world: World) -> None:
    put(world, ONE, "AWSCURRENT")  # fact 4.4
    put(world, TWO, "AWSPENDING")
    put(world, THREE, "AWSPENDING")
    world.forget_deprecated()
    listed = world.admin.secretsmanager.list_secret_version_ids(SecretId=NAME, IncludeDeprecated=True)["Versions"]
    assert [one["VersionId"] for one in listed] == [ONE, THREE]


def test_twenty_labels_are_all_a_secret_carries(world: World) -> None:
    put(world, ONE, *(f"label-{number}" for number in range(19)))  # fact 4.6; AWSCURRENT is the twentieth
    with refused("LimitExceededException"):
        put(world, TWO, "one more")
    with refused("LimitExceededException"):
        put(world, TWO, "AWSCURRENT")  # since AWSPREVIOUS would follow
    with refused("LimitExceededException"):
        move(world, "one more", to=ONE)
    assert put(world, TWO, "label-0") == ["label-0"]
    assert TWO in stages(world)


def test_a_label_has_at_most_256_characters(world: World) -> None:
    with refused("InvalidParameterException"):  # fact 4.6
        put(world, ONE, "x" * 257)
    assert stages(world) == {}


def test_only_the_newest_hundred_versions_are_kept_and_all_of_the_last_day(world: World) -> None:
    tokens = [f"{number:032d}" for number in range(120)]  # fact 4.6
    for token in tokens:
        put(world, token, "AWSPENDING")
    assert len(world.secrets[NAME].versions) == 120
    world.advance(timedelta(days=1, seconds=1))
    put(world, ONE, "AWSPENDING")
    kept = list(world.secrets[NAME].versions)
    assert kept == [tokens[0], *tokens[21:], ONE]  # the first holds AWSCURRENT


@pytest.mark.parametrize("name", ["with,comma", "with space", "ends-like-an-abc123", "x" * 513, "ü"])
def test_some_names_are_not_taken(world: World, name: str) -> None:
    with pytest.RaisesExc(ClientError):  # fact 4.7
        world.admin.secretsmanager.create_secret(Name=name)
    assert list(world.secrets) == [NAME]


def test_names_differ_by_case_and_a_secret_is_found_by_its_arn(world: World) -> None:
    other = world.admin.secretsmanager.create_secret(Name=NAME.upper())["ARN"]  # fact 4.7
    assert world.admin.secretsmanager.describe_secret(SecretId=other)["Name"] == NAME.upper()
    with refused("ResourceNotFoundException"):
        world.admin.secretsmanager.describe_secret(SecretId=other[:-6] + "000009")
    with refused("ResourceNotFoundException"):
        world.admin.secretsmanager.describe_secret(SecretId="nowhere")


def test_a_secret_scheduled_for_deletion_takes_nothing_and_gives_nothing_but_its_description(world: World) -> None:
    put(world, ONE, "AWSCURRENT")  # fact 4.8
    client = world.admin.secretsmanager
    client.delete_secret(SecretId=NAME, RecoveryWindowInDays=7)
    with refused("InvalidRequestException"):
        put(world, TWO, "AWSPENDING")
    with refused("InvalidRequestException"):
        move(world, "more", to=ONE)
    with refused("InvalidRequestException"):
        client.get_secret_value(SecretId=NAME)
    with refused("InvalidRequestException"):
        client.create_secret(Name=NAME)
    with refused("InvalidRequestException"):
        client.tag_resource(SecretId=NAME, Tags=[{"Key": "a", "Value": "b"}])
    assert "DeletedDate" in client.describe_secret(SecretId=NAME)
    assert stages(world) == {ONE: ["AWSCURRENT"]}


def test_a_deletion_is_undone_within_its_window_and_final_after_it(world: World) -> None:
    client = world.admin.secretsmanager  # fact 4.8
    client.delete_secret(SecretId=NAME)
    world.advance(timedelta(days=29))
    client.restore_secret(SecretId=NAME)
    assert "DeletedDate" not in client.describe_secret(SecretId=NAME)
    client.delete_secret(SecretId=NAME, RecoveryWindowInDays=7)
    world.advance(timedelta(days=7))
    with refused("ResourceNotFoundException"):
        client.restore_secret(SecretId=NAME)
    client.create_secret(Name=NAME)


@pytest.mark.parametrize("days", [6, 31])
def test_a_recovery_window_has_7_to_30_days(world: World, days: int) -> None:
    with refused("InvalidParameterException"):  # fact 4.8
        world.admin.secretsmanager.delete_secret(SecretId=NAME, RecoveryWindowInDays=days)
    assert world.secrets[NAME].deletion_at is None


def test_a_forced_deletion_leaves_nothing_even_of_a_scheduled_one(world: World) -> None:
    world.admin.secretsmanager.delete_secret(SecretId=NAME)
    world.admin.secretsmanager.delete_secret(SecretId=NAME, ForceDeleteWithoutRecovery=True)
    with refused("ResourceNotFoundException"):
        world.admin.secretsmanager.describe_secret(SecretId=NAME)


def test_reading_a_value_leaves_the_date_without_the_time(world: World) -> None:
    put(world, ONE, "AWSCURRENT")  # fact 4.16
    put(world, TWO, "AWSPENDING")
    client = world.admin.secretsmanager
    assert client.get_secret_value(SecretId=NAME, VersionStage="AWSPENDING")["VersionId"] == TWO
    first, second = client.list_secret_version_ids(SecretId=NAME)["Versions"]
    today = world.now.replace(hour=0)
    assert ("LastAccessedDate" in first, second["LastAccessedDate"]) == (False, today)
    assert client.describe_secret(SecretId=NAME)["LastAccessedDate"] == today != world.now


def test_an_empty_secret_has_no_value_to_give(world: World) -> None:
    with refused("ResourceNotFoundException"):
        world.admin.secretsmanager.get_secret_value(SecretId=NAME)


def test_versions_come_in_pages_without_a_paginator(world: World) -> None:
    for token in (ONE, TWO, THREE):  # fact 4.5
        put(world, token, f"label-{token[0]}")
    client = world.admin.secretsmanager
    first = client.list_secret_version_ids(SecretId=NAME, MaxResults=2)
    rest = client.list_secret_version_ids(SecretId=NAME, MaxResults=2, NextToken=first["NextToken"])
    assert [one["VersionId"] for one in first["Versions"] + rest["Versions"]] == [ONE, TWO, THREE]
    assert "NextToken" not in rest
    assert not client.can_paginate("list_secret_version_ids")


def test_tags_are_merged_and_taken_off_and_take_no_comma(world: World) -> None:
    client = world.admin.secretsmanager
    client.tag_resource(SecretId=NAME, Tags=[{"Key": "a", "Value": "1"}])
    client.untag_resource(SecretId=NAME, TagKeys=["never there"])
    assert {tag["Key"] for tag in client.describe_secret(SecretId=NAME)["Tags"]} == {"keyturn:user-id", "a"}
    client.untag_resource(SecretId=NAME, TagKeys=["a"])
    with refused("InvalidParameterException"):
        client.tag_resource(SecretId=NAME, Tags=[{"Key": "keyturn:user-arn", "Value": "user/a,b"}])
    assert {tag["Key"] for tag in client.describe_secret(SecretId=NAME)["Tags"]} == {"keyturn:user-id"}


def test_the_index_comes_a_hundred_a_page_with_tags_and_stages(world: World) -> None:
    put(world, ONE, "AWSCURRENT")
    for number in range(150):
        world.admin.secretsmanager.create_secret(Name=f"keyturn/user{number}/access-key")
    pages = list(world.admin.secretsmanager.get_paginator("list_secrets").paginate())
    assert [len(page["SecretList"]) for page in pages] == [100, 51]
    entry = pages[0]["SecretList"][0]
    assert (entry["Tags"][0]["Value"], entry["SecretVersionsToStages"]) == ("AIDAFAKE1", {ONE: ["AWSCURRENT"]})


def test_the_index_is_filtered_by_prefix_and_leaves_out_what_is_scheduled_for_deletion(world: World) -> None:
    client = world.admin.secretsmanager
    client.create_secret(Name="other", Tags=[{"Key": "team", "Value": "AIDAFAKE1"}])

    def named(*filters: "FilterTypeDef", planned_too: bool = False) -> list[str]:
        answer = client.list_secrets(Filters=filters, IncludePlannedDeletion=planned_too)
        return [one["Name"] for one in answer["SecretList"]]

    assert named({"Key": "name", "Values": ["keyturn/"]}) == [NAME]
    assert named({"Key": "tag-key", "Values": ["keyturn:"]}) == [NAME]
    assert named({"Key": "tag-value", "Values": ["AIDA"]}) == [NAME, "other"]
    assert named({"Key": "name", "Values": ["!keyturn/"]}) == ["other"]
    assert named({"Key": "tag-value", "Values": ["AIDA"]}, {"Key": "tag-key", "Values": ["team"]}) == ["other"]
    client.delete_secret(SecretId="other")
    assert named() == [NAME]
    assert named(planned_too=True) == [NAME, "other"]


def test_the_index_may_lag(world: World) -> None:
    world.list_secrets_lag = timedelta(minutes=5)  # ListSecrets, Secrets Manager API reference
    put(world, ONE, "AWSPENDING")
    world.admin.secretsmanager.create_secret(Name="newer")
    (entry,) = world.admin.secretsmanager.list_secrets()["SecretList"]
    assert "SecretVersionsToStages" not in entry
    assert stages(world) == {ONE: ["AWSPENDING", "AWSCURRENT"]}
    world.advance(timedelta(minutes=5))
    first, second = world.admin.secretsmanager.list_secrets()["SecretList"]
    assert (first["SecretVersionsToStages"], second["Name"]) == ({ONE: ["AWSPENDING", "AWSCURRENT"]}, "newer")
