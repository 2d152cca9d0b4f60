"""The fake credential report comes late, grows stale and says as little as IAM's."""

import csv
import io
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

from tests.fakes.world import World


@pytest.fixture
def world() -> World:
    return World()


def rows(world: World) -> list[dict[str, str]]:
    world.admin.iam.generate_credential_report()
    content = world.admin.iam.get_credential_report()["Content"]
    return list(csv.DictReader(io.StringIO(content.decode())))


def refusal(world: World) -> tuple[str, int]:
    with pytest.raises(ClientError) as error:
        world.admin.iam.get_credential_report()
    response = error.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


def test_it_is_started_then_in_progress_then_complete(world: World) -> None:
    world.report_takes = timedelta(seconds=5)  # fact 3.2
    assert refusal(world) == ("ReportNotPresent", 410)
    assert world.admin.iam.generate_credential_report()["State"] == "STARTED"
    assert world.admin.iam.generate_credential_report()["State"] == "INPROGRESS"
    assert refusal(world) == ("ReportInProgress", 404)
    world.sleep(5)
    assert world.admin.iam.generate_credential_report()["State"] == "COMPLETE"
    assert world.admin.iam.get_credential_report()["ReportFormat"] == "text/csv"


def test_it_is_the_old_one_for_four_hours_and_expired_after_that(world: World) -> None:
    made = world.now  # fact 3.1
    assert len(rows(world)) == 1
    world.user("alice")
    world.advance(timedelta(hours=4) - timedelta(seconds=1))
    assert world.admin.iam.generate_credential_report()["State"] == "COMPLETE"
    assert world.admin.iam.get_credential_report()["GeneratedTime"] == made
    assert len(rows(world)) == 1
    world.sleep(1)
    assert refusal(world) == ("ReportExpired", 410)
    assert world.admin.iam.generate_credential_report()["State"] == "STARTED"
    assert len(rows(world)) == 2


def test_it_has_22_columns_and_begins_with_the_root_user(world: World) -> None:
    world.user("alice", path="/staff/")  # fact 3.3
    root, alice = rows(world)
    assert (root["user"], root["arn"]) == ("<root_account>", "arn:aws:iam::111122223333:root")
    assert (len(root), len(alice)) == (22, 22)
    assert alice["arn"] == "arn:aws:iam::111122223333:user/staff/alice"


def test_a_user_without_keys_has_false_and_not_applicable(world: World) -> None:
    world.user("alice")  # fact 3.3
    _, alice = rows(world)
    assert (alice["access_key_1_active"], alice["access_key_1_last_rotated"]) == ("false", "N/A")
    assert alice["access_key_2_last_used_service"] == "N/A"


def test_it_shows_the_age_and_the_last_use_of_a_key_but_not_its_id(world: World) -> None:
    key = world.key(world.user("alice"), age_days=80, last_used_days=2)
    _, alice = rows(world)
    assert alice["access_key_1_active"] == "true"
    assert alice["access_key_1_last_rotated"] == (world.now - timedelta(days=80)).isoformat()
    assert alice["access_key_1_last_used_date"] == (world.now - timedelta(days=2)).isoformat()
    assert (alice["access_key_1_last_used_service"], alice["access_key_2_active"]) == ("s3", "false")
    assert key not in alice.values()  # fact 3.4


@pytest.mark.parametrize(("hides", "shown"), [(False, True), (True, False)])
def test_an_inactive_key_keeps_its_time_or_not(world: World, *, hides: bool, shown: bool) -> None:
    world.report_hides_inactive = hides  # fact 3.4: documentation and probe differ
    world.key(world.user("alice"), age_days=80, status="Inactive")
    _, alice = rows(world)
    assert (alice["access_key_1_active"], alice["access_key_1_last_rotated"] != "N/A") == ("false", shown)


def test_a_slot_says_nothing_of_age_and_a_third_key_is_not_shown(world: World) -> None:
    alice = world.user("alice")  # fact 3.4
    gone = world.key(alice, age_days=90)
    world.key(alice, age_days=50)
    world.admin.iam.delete_access_key(UserName="alice", AccessKeyId=gone)
    world.key(alice, age_days=10)
    world.key(alice, age_days=5)
    _, row = rows(world)
    assert row["access_key_1_last_rotated"] == (world.now - timedelta(days=10)).isoformat()
    assert row["access_key_2_last_rotated"] == (world.now - timedelta(days=50)).isoformat()
    assert (world.now - timedelta(days=5)).isoformat() not in row.values()
