"""The credential report's rows become hints of keys, by the columns and spellings that IAM is known to use."""

from datetime import UTC, datetime

import pytest

from keyturn.aws.credential_report import CredentialReport
from keyturn.domain.refusal import AwsError
from keyturn.domain.shortlist import KeyHint
from tests.fakes.account import Report
from tests.fakes.faults import always, at, refused
from tests.fakes.world import World

COLUMNS = (
    "user,arn,user_creation_time,access_key_1_active,access_key_1_last_rotated,access_key_2_active,"
    "access_key_2_last_rotated,additional_credentials_info"
)
ARN = "arn:aws:iam::111122223333:user/alice"
MADE = datetime(2030, 1, 1, 6, tzinfo=UTC)
ACTIVE, INACTIVE = KeyHint(active=True, created=MADE), KeyHint(active=False, created=MADE)
STAMP = "2030-01-01T06:00:00+00:00"


def hints(row: str, columns: str = COLUMNS) -> tuple[KeyHint, ...]:
    world = World()
    root = "<root_account>,arn:aws:iam::111122223333:root,2020-01-01T00:00:00+00:00,false,N/A,false,N/A,"
    world.report = Report(world.now, f"{columns}\n{root}\nalice,{ARN},{STAMP},{row}".encode())
    report = CredentialReport(world.clients()).read([0])
    assert set(report.keys) == {ARN}
    assert report.generated == world.now
    return report.keys[ARN]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("false,N/A,false,N/A,", ()),
        (f"true,{STAMP},false,N/A,", (ACTIVE,)),
        (f"TRUE,{STAMP},FALSE,N/A,", (ACTIVE,)),
        (f"false,N/A,true,{STAMP},", (ACTIVE,)),
        (f"false,{STAMP},false,N/A,", (INACTIVE,)),
        (f"true,{STAMP},false,{STAMP},", (ACTIVE, INACTIVE)),
        (f"true,{STAMP},true,2030-01-01T06:00:00Z,", (ACTIVE, ACTIVE)),
        ("true,N/A,false,no_information,", (KeyHint(active=True, created=None),)),
        ("false,not_supported,false,,", ()),
        (f"true,{STAMP},true,{STAMP},2 more keys", (ACTIVE, ACTIVE, KeyHint(active=True, created=None))),
        (f"true,{STAMP},true,{STAMP},N/A", (ACTIVE, ACTIVE)),
    ],
)
def test_a_row_tells_of_its_keys(row: str, expected: tuple[KeyHint, ...]) -> None:
    assert hints(row) == expected


def test_a_report_without_the_newest_column_is_read_too() -> None:
    assert hints(f"true,{STAMP},false,N/A", COLUMNS.removesuffix(",additional_credentials_info")) == (ACTIVE,)


def test_a_path_with_a_comma_and_quotes_is_one_column() -> None:
    world = World()
    world.key(world.user("o,x", path='/a,"b"/'), age_days=3)
    door = CredentialReport(world.clients())
    door.request()
    assert list(door.read([0]).keys) == ['arn:aws:iam::111122223333:user/a,"b"/o,x']


@pytest.mark.parametrize(("code", "reads", "requests"), [("ReportInProgress", 3, 0), ("AccessDenied", 1, 0)])
def test_only_a_report_that_is_on_its_way_is_waited_for(code: str, reads: int, requests: int) -> None:
    world = World()
    world.intercept.append(always(refused(code, 403), operation="get_credential_report"))
    with pytest.raises(AwsError, match=code):
        CredentialReport(world.clients()).read([0, 1, 2])
    asked = [call.operation for call in world.calls()]
    assert asked.count("get_credential_report") == reads
    assert asked.count("generate_credential_report") == requests


@pytest.mark.parametrize("code", ["ReportExpired", "ReportNotPresent"])
def test_a_report_that_is_not_there_is_requested_and_read(code: str) -> None:
    world = World()
    world.intercept.append(at(1, refused(code, 410), operation="get_credential_report"))
    assert CredentialReport(world.clients()).read([0, 1]).keys == {}
    assert [call.operation for call in world.calls()] == [
        "get_credential_report",
        "generate_credential_report",
        "get_credential_report",
    ]


def test_it_is_asked_for_as_often_as_there_are_attempts() -> None:
    world = World()
    world.intercept.append(at(1, refused("ReportInProgress", 404), operation="get_credential_report"))
    door = CredentialReport(world.clients())
    door.request()
    with pytest.raises(AwsError, match="ReportInProgress"):
        door.read([0])
    assert door.read([0]).keys == {}
    with pytest.raises(AwsError, match="NoTimeLeft"):
        door.read([])
