"""Findings say what IAM.3 cannot, keep their Ids, and pass the SDK's own validation."""

import json
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from keyturn_cli.reporting.deployed import gather
from keyturn_cli.reporting.document import document
from keyturn_cli.reporting.findings import findings, prefix
from keyturn_cli.reporting.security_hub import send
from keyturn_cli.text import masked
from tests.cli.lived import LivedStack, an_account
from tests.cli.running import keyturn

AT = "2030-05-11T06:00:00Z"


@pytest.fixture(scope="module")
def account() -> LivedStack:
    return an_account()


@pytest.fixture(scope="module")
def whole(account: LivedStack) -> dict[str, Any]:
    found: dict[str, Any] = masked(document(gather(account, 90, account.world.now)[0]))  # type: ignore[arg-type] # a stack in all that is asked of it
    return found


@pytest.fixture
def hub() -> Any:  # noqa: ANN401 - boto3's client
    return boto3.client(
        "securityhub", region_name="eu-west-1", aws_access_key_id="FAKE", aws_secret_access_key="fake-secret"
    )


def answer(imported: int, *failed: dict[str, str]) -> dict[str, Any]:
    return {"SuccessCount": imported, "FailedCount": len(failed), "FailedFindings": list(failed)}


def asked(whole: dict[str, Any]) -> dict[str, Any]:
    return {
        "Filters": {
            "Id": [{"Value": prefix(whole), "Comparison": "PREFIX"}],
            "RecordState": [{"Value": "ACTIVE", "Comparison": "EQUALS"}],
        }
    }


def test_only_what_the_control_on_age_cannot_say_is_a_finding(whole: dict[str, Any]) -> None:
    made = {
        (each["Resources"][0]["Details"]["AwsIamUser"]["UserName"], each["GeneratorId"]) for each in findings(whole)
    }
    assert made == {
        ("erp-connector", "keyturn/in-use-past-deadline"),
        ("mistagged", "keyturn/blocked"),
        ("two-keys-by-hand", "keyturn/blocked"),
    }


def test_a_failure_is_a_finding_of_its_own(whole: dict[str, Any]) -> None:
    deed = {**whole["done"][0], "outcome": "Failed", "message": "it went wrong"}
    users = [{**each, "failure": deed if each["user"] == "grafana" else None} for each in whole["users"]]
    made = [each for each in findings({**whole, "users": users}) if each["GeneratorId"] == "keyturn/failed"]
    assert [(each["Severity"]["Label"], each["Description"]) for each in made] == [("HIGH", "it went wrong")]


def test_ids_stay_the_same_from_report_to_report(account: LivedStack, whole: dict[str, Any]) -> None:
    later = {**whole, "made_at": "2030-05-12T06:00:00Z"}
    assert [each["Id"] for each in findings(later)] == [each["Id"] for each in findings(whole)]
    assert len({each["Id"] for each in findings(whole)}) == len(findings(whole))
    assert all(each["Id"].startswith(prefix(whole)) for each in findings(whole))
    assert account.world.users["mistagged"].id in findings(whole)[1]["Id"], "a user created anew is another one"


def test_the_product_is_the_accounts_own_in_its_own_partition(whole: dict[str, Any]) -> None:
    own = "arn:aws:securityhub:eu-west-1:111122223333:product/111122223333/default"
    assert {each["ProductArn"] for each in findings(whole)} == {own}
    users = [{**each, "arn": each["arn"].replace("arn:aws:", "arn:aws-cn:")} for each in whole["users"]]
    assert findings({**whole, "users": users})[0]["ProductArn"].startswith("arn:aws-cn:securityhub:")
    named = findings(whole, "arn:aws:securityhub:eu-west-1::product/example/keys")
    assert {each["ProductArn"] for each in named} == {"arn:aws:securityhub:eu-west-1::product/example/keys"}


def test_texts_fit_whatever_a_message_says(whole: dict[str, Any], hub: Any) -> None:  # noqa: ANN401 - boto3's client
    users = [{**each, "message": "long " * 1000, "do": "long " * 1000} for each in whole["users"]]
    made = findings({**whole, "users": users})
    assert max(len(each["Description"]) for each in made) == 1024
    assert max(len(each["Remediation"]["Recommendation"]["Text"]) for each in made) == 512
    with Stubber(hub) as stubber:
        stubber.add_response("batch_import_findings", answer(len(made)), {"Findings": made})
        stubber.add_response("get_findings", {"Findings": []}, asked(whole))
        assert send(hub, made, prefix(whole), AT).imported == len(made)


def test_what_holds_no_more_is_archived_and_what_others_wrote_on_it_is_left(whole: dict[str, Any], hub: Any) -> None:  # noqa: ANN401 - boto3's client
    made = findings(whole)
    gone = {**made[0], "Id": f"{prefix(whole)}AIDAFAKEGONE/blocked", "Workflow": {"Status": "NOTIFIED"}}
    with Stubber(hub) as stubber:
        stubber.add_response("batch_import_findings", answer(3), {"Findings": made})
        stubber.add_response("get_findings", {"Findings": [made[1], gone]}, asked(whole))
        archived = {
            name: value for name, value in gone.items() if name not in {"Workflow", "Remediation", "ProductFields"}
        }
        archived |= {"UpdatedAt": AT, "RecordState": "ARCHIVED", "Compliance": {"Status": "PASSED"}}
        stubber.add_response("batch_import_findings", answer(1), {"Findings": [archived]})
        sent = send(hub, made, prefix(whole), AT)
        stubber.assert_no_pending_responses()
    assert (sent.imported, sent.archived, sent.refused) == (3, 1, ())


def test_a_hundred_are_imported_at_once(whole: dict[str, Any], hub: Any) -> None:  # noqa: ANN401 - boto3's client
    many = [{**findings(whole)[0], "Id": f"{prefix(whole)}{number}"} for number in range(250)]
    with Stubber(hub) as stubber:
        for first in (0, 100, 200):
            batch = many[first : first + 100]
            stubber.add_response("batch_import_findings", answer(len(batch)), {"Findings": batch})
        stubber.add_response("get_findings", {"Findings": []}, asked(whole))
        assert send(hub, many, prefix(whole), AT).imported == 250


def test_a_refused_finding_ends_the_command_with_an_error(
    account: LivedStack,
    whole: dict[str, Any],
    hub: Any,  # noqa: ANN401 - boto3's client
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("keyturn_cli.stack.find", lambda _target: account)
    monkeypatch.setitem(account.clients, "securityhub", hub)
    refused = {"Id": findings(whole)[0]["Id"], "ErrorCode": "InvalidInput", "ErrorMessage": "no such thing"}
    with Stubber(hub) as stubber:
        stubber.add_response("batch_import_findings", answer(2, refused))
        stubber.add_response("get_findings", {"Findings": []})
        ended = keyturn(capsys, "report", "--format", "asff", "--send")
    assert ended.code == 1
    assert "was refused: InvalidInput: no such thing" in ended.err
    assert ended.out == ""


def test_without_send_nothing_is_sent(
    account: LivedStack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("keyturn_cli.stack.find", lambda _target: account)
    assert "securityhub" not in account.clients, "asking for the client would fail"
    ended = keyturn(capsys, "report", "--format", "asff")
    assert ended.code == 0
    assert all(each["SchemaVersion"] == "2018-10-08" for each in json.loads(ended.out)["Findings"])
