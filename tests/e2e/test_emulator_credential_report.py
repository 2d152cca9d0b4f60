"""The emulator makes, keeps and expires the credential report as IAM does."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from sandbox.local_aws import Credential, LocalAws, local_aws
from tests.e2e.refusals import refused

FOUR_HOURS = timedelta(hours=4)


@pytest.fixture(scope="module")
def fresh() -> Iterator[LocalAws]:
    """An account without a report."""
    with local_aws() as aws:
        yield aws


def rows(aws: LocalAws) -> list[dict[str, str]]:
    content = aws.client("iam").get_credential_report()["Content"].decode()
    return list(csv.DictReader(content.splitlines()))


def test_a_report_is_made_kept_for_four_hours_and_expires(fresh: LocalAws) -> None:
    iam = fresh.client("iam")
    iam.create_user(UserName="comma,name", Path="/team/")
    with refused("ReportNotPresent"):
        iam.get_credential_report()
    assert iam.generate_credential_report()["State"] == "STARTED"
    assert iam.generate_credential_report()["State"] == "COMPLETE"
    assert [row["user"] for row in rows(fresh)] == ["<root_account>", "comma,name"]
    key = iam.create_access_key(UserName="comma,name")["AccessKey"]
    fresh.client("sts", Credential(key["AccessKeyId"], key["SecretAccessKey"])).get_caller_identity()
    fresh.clock.move_by(FOUR_HOURS - timedelta(minutes=1))
    assert iam.generate_credential_report()["State"] == "COMPLETE"
    assert rows(fresh)[1]["access_key_1_active"] == "false", "the kept report does not know the key"
    fresh.clock.move_by(timedelta(minutes=2))
    with refused("ReportExpired"):
        iam.get_credential_report()
    assert iam.generate_credential_report()["State"] == "STARTED"
    row = rows(fresh)[1]
    assert row["arn"] == "arn:aws:iam::000000000000:user/team/comma,name"
    assert (row["access_key_1_active"], row["access_key_2_active"]) == ("true", "false")
    assert datetime.fromisoformat(row["access_key_1_last_rotated"]) == key["CreateDate"]
    assert (row["access_key_1_last_used_service"], row["access_key_1_last_used_region"]) == ("sts", "us-east-1")
    assert datetime.fromisoformat(row["access_key_1_last_used_date"]).tzinfo == UTC
    assert row["access_key_2_last_used_date"] == "N/A"
