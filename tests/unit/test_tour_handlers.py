"""The roster and the roundup as Lambda invokes them, on botocore's stubs of Organizations and S3."""

import io
import json
import os
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from keyturn import roster, roundup
from keyturn.aws.organization import Organization
from keyturn.aws.results import Results
from keyturn.domain.refusal import Refused
from keyturn.request import InvalidRequest
from tests.fakes.world import World
from tests.lambda_function import HEARD

A, B, C, CLOSED = "111111111111", "222222222222", "333333333333", "999999999999"
ROOT, UNIT = "r-ab12", "ou-ab12-12345678"
CONTEXT = SimpleNamespace(
    function_name="tour", memory_limit_in_mb=512, invoked_function_arn=f"arn:aws:lambda:eu-west-1:{A}:function:tour",
    aws_request_id="request",
)  # fmt: skip


def stubbed(service: str) -> tuple[Any, Stubber]:
    client = boto3.client(  # type: ignore[call-overload] # the stubs know literal names only
        service, region_name="us-east-1", aws_access_key_id="AKIAFAKE", aws_secret_access_key="fake"
    )
    stubber = Stubber(client)
    stubber.activate()
    return client, stubber


def an_account(number: str, state: str = "ACTIVE") -> dict[str, str]:
    return {"Id": number, "State": state}


def asked(
    monkeypatch: pytest.MonkeyPatch, event: dict[str, Any], *pages: tuple[str, dict[str, Any], dict[str, Any]]
) -> dict[str, Any]:
    client, stubber = stubbed("organizations")
    for operation, answer, parameters in pages:
        stubber.add_response(operation, answer, parameters)
    monkeypatch.setattr(Organization, "connect", classmethod(lambda cls: cls(client)))
    answer = roster.handler(event, CONTEXT)  # type: ignore[arg-type] # what Lambda's context has of it
    stubber.assert_no_pending_responses()
    return answer


def test_all_pages_of_accounts_are_read_and_closed_accounts_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = asked(
        monkeypatch,
        {"waves": [["*"]], "exclude": []},
        ("list_accounts", {"Accounts": [an_account(B), an_account(CLOSED, "CLOSED")], "NextToken": "more"}, {}),
        ("list_accounts", {"Accounts": [an_account(A), {"Id": C, "Status": "ACTIVE"}]}, {"NextToken": "more"}),
    )
    assert answer == {"waves": [[A, B, C]], "notes": []}


def test_a_tour_through_the_own_account_asks_organizations_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for waves in ([["own"]], [[A]]):
        assert asked(monkeypatch, {"waves": waves, "exclude": []}) == {"waves": [[A]], "notes": []}


def test_the_own_account_can_be_a_wave_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    accounts = {"Accounts": [an_account(A), an_account(B), an_account(C)]}
    first = asked(monkeypatch, {"waves": [["own"], ["*"]], "exclude": [C]}, ("list_accounts", accounts, {}))
    without = asked(monkeypatch, {"waves": [["*"]], "exclude": ["own"]}, ("list_accounts", accounts, {}))
    assert (first["waves"], without["waves"]) == ([[A], [B]], [[B, C]])


def test_a_unit_means_all_accounts_in_it_and_in_the_units_below(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = asked(
        monkeypatch,
        {"waves": [[ROOT]], "exclude": [CLOSED]},
        ("list_accounts", {"Accounts": [an_account(A), an_account(B), an_account(C)]}, {}),
        ("list_accounts_for_parent", {"Accounts": [an_account(A)]}, {"ParentId": ROOT}),
        ("list_organizational_units_for_parent", {"OrganizationalUnits": [{"Id": UNIT}]}, {"ParentId": ROOT}),
        ("list_accounts_for_parent", {"Accounts": [an_account(B)]}, {"ParentId": UNIT}),
        ("list_organizational_units_for_parent", {"OrganizationalUnits": []}, {"ParentId": UNIT}),
    )
    assert answer == {"waves": [[A, B]], "notes": [f"{CLOSED} is named in the settings and is no open account"]}


def test_an_organization_that_cannot_be_read_begins_no_tour(monkeypatch: pytest.MonkeyPatch) -> None:
    client, stubber = stubbed("organizations")
    stubber.add_client_error("list_accounts", "AccessDeniedException", "not a delegated administrator", 400)
    monkeypatch.setattr(Organization, "connect", classmethod(lambda cls: cls(client)))

    with pytest.raises(Refused, match="ListAccounts: AccessDeniedException"):
        roster.handler({"waves": [["*"]], "exclude": []}, CONTEXT)  # type: ignore[arg-type] # as above


def test_more_accounts_than_a_tour_can_hold_are_counted_and_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    many = [an_account(f"{number:012}") for number in range(20_000)]
    with pytest.raises(roster.TooManyAccounts, match="20000 accounts in scope: allowed are about 14,000"):
        asked(monkeypatch, {"waves": [["*"]], "exclude": []}, ("list_accounts", {"Accounts": many}, {}))


def test_ten_thousand_accounts_are_no_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    many = [an_account(f"{number:012}") for number in range(10_000)]
    answer = asked(monkeypatch, {"waves": [["*"]], "exclude": []}, ("list_accounts", {"Accounts": many}, {}))
    assert len(answer["waves"][0]) == 10_000


def body(content: object) -> dict[str, Any]:
    raw = json.dumps(content).encode()
    return {"Body": StreamingBody(io.BytesIO(raw), len(raw))}


def test_the_roundup_reads_what_was_written_and_tells_people_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    client, stubber = stubbed("s3")
    figures = {"UsersScanned": 9, "KeysOverdue": 2, "OldestActiveKeyAgeDays": 95}
    report = {"status": "OK", "remaining": 0, "totals": {"done": 4}, "users": [], "figures": figures}
    fine = {"Status": "SUCCEEDED", "Output": json.dumps({"account": A, "report": report})}
    broken = {"Status": "FAILED", "Input": json.dumps({"account": B}), "Error": "Refused", "Cause": "no"}
    files = {"SUCCEEDED": [{"Key": "t/S", "Size": 1}], "FAILED": [{"Key": "t/F", "Size": 1}], "PENDING": []}
    for key, content in (("t/manifest.json", {"ResultFiles": files}), ("t/S", [fine]), ("t/F", [broken])):
        stubber.add_response("get_object", body(content), {"Bucket": "results", "Key": key})
    world = World()
    monkeypatch.setattr(Results, "connect", classmethod(lambda cls: cls(client)))
    monkeypatch.setattr(roundup, "connect", world.clients)
    printed = io.StringIO()
    monkeypatch.setattr(roundup.logger.registered_handler, "stream", printed)
    monkeypatch.setattr(roundup, "os", SimpleNamespace(**(vars(os) | {"environ": HEARD})))

    answer = roundup.handler(
        {
            "tour": "tour-1",
            "waves": [[A, B], [C]],
            "notes": ["a note"],
            "written": [{"ResultWriterDetails": {"Bucket": "results", "Key": "t/manifest.json"}}],
        },
        CONTEXT,
    )

    assert answer == {"accounts": 3, "unwell": 2, "named": [B, C]}
    (told,) = [entry.call.params for entry in world.log if entry.call.operation == "publish"]
    assert told["Subject"] == "Keyturn: 3 accounts, 2 of them not well"
    text = json.loads(told["Message"])["default"]
    assert f"- {B} NOT_RUN: Refused: no" in text
    assert f"- {C} NOT_RUN: no result was written" in text
    assert "done 4" in text
    lines = [json.loads(line) for line in printed.getvalue().splitlines()]
    assert [line["account_stop"] for line in lines if "account_stop" in line] == [
        {"account": B, "status": "NOT_RUN", "trouble": "Refused: no"},
        {"account": C, "status": "NOT_RUN", "trouble": "no result was written"},
    ]
    (measured,) = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    told_of_all = {name: measured[name] for name in ("AccountsToured", "AccountsNotWell", "AccountsNotRun")}
    assert told_of_all == {"AccountsToured": [3.0], "AccountsNotWell": [2.0], "AccountsNotRun": [2.0]}
    assert measured["OrganizationKeysOverdue"] == [2.0]
    assert measured["OrganizationOldestActiveKeyAgeDays"] == [95.0]
    assert measured["RotationsFailed"] == [2.0], "an account that could not be run rings as a failed rotation"
    assert {B, C}.isdisjoint(measured), "no account is a dimension"


@pytest.mark.parametrize(
    "event",
    [{}, None, [], {"waves": "*", "exclude": []}, {"waves": ["*"], "exclude": []}, {"waves": [[1]], "exclude": []}],
)
def test_the_roster_says_what_is_allowed_and_asks_nobody(event: object) -> None:
    with pytest.raises(InvalidRequest, match=r"event is .*: allowed is what the tour's state machine sends"):
        roster.handler(event, CONTEXT)  # type: ignore[arg-type] # as above


# A refused event measures nothing, of which Powertools warns.
@pytest.mark.filterwarnings("ignore:No application metrics")
@pytest.mark.parametrize("event", [{}, None, {"tour": "t", "waves": [], "notes": []}, {"tour": 1}])
def test_the_roundup_says_what_is_allowed_and_tells_nobody(event: Any) -> None:  # noqa: ANN401 - it may be anything
    with pytest.raises(InvalidRequest, match="allowed is what the tour's state machine sends, with tour, waves"):
        roundup.handler(event, CONTEXT)
