"""The tour's definition and rights: waves in order, accounts side by side, faults tolerated, results in S3."""

import json
from typing import Any

import pytest

from infra.config import Config
from infra.organization.tour_states import definition
from keyturn.request import Request, parse
from keyturn.settings import InvalidSettings
from tests.infra.template import Template, statements, synthesize

ORGANIZATION: dict[str, object] = {"external_id": "an-external-id", "organization": True}
WRITING = {"Bucket": "results", "Prefix.$": "$$.Execution.Name"}


def defined(**settings: object) -> dict[str, Any]:
    config = Config.from_context({**ORGANIZATION, **settings})
    return definition(config, rotator="ROTATOR", roster="ROSTER", roundup="ROUNDUP", results="results")


def accounts(machine: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = machine["States"]["Waves"]["ItemProcessor"]["States"]["Accounts"]
    return found


@pytest.fixture(scope="module")
def organization() -> Template:
    """The hub's stack of an organization."""
    return synthesize(**ORGANIZATION)


def test_there_is_no_tour_unless_somebody_asks_for_it() -> None:
    assert not synthesize().all("AWS::StepFunctions::StateMachine")
    assert not synthesize(external_id="an-external-id").all("AWS::StepFunctions::StateMachine")


def test_the_schedule_starts_the_tour_and_not_the_rotator(organization: Template) -> None:
    target = organization.one("AWS::Scheduler::Schedule")["Target"]

    assert target["Arn"] == "${TourMachine.Arn}"
    assert target["Input"] == "{}"
    role = statements(organization.all("AWS::IAM::Role")["DailyRole"]["Policies"][0]["PolicyDocument"])
    assert role["StartTour"]["Action"] == ["states:StartExecution"]
    assert "StartRun" not in role


def test_waves_are_taken_one_after_the_other() -> None:
    machine = defined(waves="111122223333 ou-ab12-12345678; *", exclude_accounts="444455556666")

    assert machine["States"]["Waves"]["MaxConcurrency"] == 1
    assert machine["States"]["ListAccounts"]["Parameters"]["Payload"] == {
        "waves": [["111122223333", "ou-ab12-12345678"], ["*"]],
        "exclude": ["444455556666"],
    }


def test_accounts_are_taken_side_by_side_and_none_stops_the_others() -> None:
    of_wave = accounts(defined(account_concurrency=25))

    assert of_wave["ItemProcessor"]["ProcessorConfig"] == {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    assert of_wave["MaxConcurrency"] == 25
    assert of_wave["ToleratedFailurePercentage"] == 100
    assert "ItemBatcher" not in of_wave, "an account is an execution of its own, so that it fails alone"


def test_the_metrics_of_accounts_executions_are_found_by_the_maps_name(organization: Template) -> None:
    assert accounts(defined())["Label"] == "Accounts"
    throttled = organization.all("AWS::CloudWatch::Alarm")["AlarmsTourThrottled"]
    assert throttled["Dimensions"] == [{"Name": "StateMachineArn", "Value": "${TourMachine.Arn}/Accounts"}]


def test_the_state_of_an_accounts_users_is_handed_on() -> None:
    selected = accounts(defined())["ItemProcessor"]["States"]["Rotate"]["ResultSelector"]
    assert selected["figures.$"] == "$.Payload.figures"


def test_the_console_asks_the_roster_what_the_machine_asks_it(organization: Template) -> None:
    assert organization.outputs()["RosterFunctionName"] == "${RosterFunction}"
    assert defined()["States"]["ListAccounts"]["Parameters"]["Payload"].keys() == {"waves", "exclude"}


def test_results_go_to_the_bucket_under_the_tours_own_name() -> None:
    writer = accounts(defined())["ResultWriter"]
    assert writer["Resource"].endswith(":states:::s3:putObject")
    assert writer["Parameters"] == WRITING


def test_the_rotator_is_asked_in_its_own_words() -> None:
    asked = accounts(defined())["ItemProcessor"]["States"]["Rotate"]["Parameters"]["Payload"]
    assert asked.pop("account.$") == "$.account"
    assert parse({**asked, "account": "111122223333"}) == Request(account="111122223333", brief=True)


def test_an_account_is_asked_again_while_users_remain_but_not_for_ever() -> None:
    (more,) = accounts(defined())["ItemProcessor"]["States"]["IsMoreLeft"]["Choices"]
    assert more["And"] == [
        {"Variable": "$.report.remaining", "NumericGreaterThan": 0},
        {"Variable": "$.report.totals.done", "NumericGreaterThan": 0},
        {"Variable": "$.runs", "NumericLessThan": 20},
    ]
    assert more["Next"] == "Rotate"


def test_a_run_that_began_is_never_repeated_by_the_machine() -> None:
    (retried,) = accounts(defined())["ItemProcessor"]["States"]["Rotate"]["Retry"]
    assert "States.ALL" not in retried["ErrorEquals"]
    assert "States.Timeout" not in retried["ErrorEquals"]
    assert "States.TaskFailed" not in retried["ErrorEquals"]


def test_every_state_that_is_named_is_there() -> None:
    def check(machine: dict[str, Any]) -> None:
        states = machine["States"]
        named = {machine["StartAt"]} | {each["Next"] for each in states.values() if "Next" in each}
        named |= {catcher["Next"] for each in states.values() for catcher in each.get("Catch", [])}
        named |= {choice["Next"] for each in states.values() for choice in each.get("Choices", [])}
        named |= {each["Default"] for each in states.values() if "Default" in each}
        assert named == states.keys()
        for each in states.values():
            if "ItemProcessor" in each:
                check(each["ItemProcessor"])

    check(defined())


def test_people_are_told_also_when_a_map_has_failed() -> None:
    states = defined()["States"]
    (caught,) = states["Waves"]["Catch"]

    assert caught["ErrorEquals"] == ["States.ALL"]
    assert states[caught["Next"]] == {"Type": "Pass", "Result": [], "ResultPath": "$.written", "Next": "TellPeople"}


def test_no_input_or_output_is_logged(organization: Template) -> None:
    machine = organization.one("AWS::StepFunctions::StateMachine")
    assert machine["LoggingConfiguration"]["IncludeExecutionData"] is False


def test_the_machine_may_ask_three_functions_and_write_its_results_and_no_more(organization: Template) -> None:
    role = statements(organization.all("AWS::IAM::Role")["TourRole"]["Policies"][0]["PolicyDocument"])

    assert role["AskFunctions"]["Action"] == ["lambda:InvokeFunction"]
    assert len(role["AskFunctions"]["Resource"]) == 3
    assert not any("*" in resource for resource in role["AskFunctions"]["Resource"])
    assert role.keys() == {"AskFunctions", "WriteResults", "DeliverLogs"}


def test_neither_the_roster_nor_the_roundup_can_touch_a_key(organization: Template) -> None:
    for name in ("RosterRole", "RoundupRole"):
        text = json.dumps(organization.all("AWS::IAM::Role")[name]["Policies"])
        assert "iam:" not in text.replace(":iam:", "")
        assert "secretsmanager:" not in text
        assert "sts:" not in text


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("waves", ""),
        ("waves", ";"),
        ("waves", "production"),
        ("waves", "11112222333"),
        ("waves", "*;"),
        ("exclude_accounts", "ou-x"),
        ("account_concurrency", 0),
        ("account_concurrency", 1001),
        ("organization", "yes"),
    ],
)
def test_a_bad_setting_is_named(setting: str, value: object) -> None:
    with pytest.raises(InvalidSettings, match=rf"{setting} is .*: allowed is "):
        Config.from_context({**ORGANIZATION, setting: value})


def test_one_large_account_needs_neither_members_nor_an_organization() -> None:
    alone = synthesize(organization=True, waves="own")

    assert alone.stack.tour
    assert "organizations:" not in str(alone.all("AWS::IAM::Role"))
    assert "sts:AssumeRole" not in str(alone.all("AWS::IAM::Role")["RotatorRole"]["Policies"])
    with pytest.raises(InvalidSettings, match="or with waves 'own' for this account alone"):
        Config.from_context({"organization": True, "waves": "own; *"})


def test_an_organization_needs_the_external_id() -> None:
    with pytest.raises(InvalidSettings, match="organization is true: allowed is that with external_id"):
        Config.from_context({"organization": True})
