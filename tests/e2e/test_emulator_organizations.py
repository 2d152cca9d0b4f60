"""The emulator's Organizations bounds its members, and its stopped state machines begin nothing more."""

import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.cdk import ACCOUNT
from sandbox.local_aws import Client, Credential, LocalAws
from tests.e2e.functions import create_function, create_role
from tests.e2e.refusals import refused
from tests.e2e.waiting import eventually

ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
_numbers = itertools.count(1)
SLEEPS = "import time\n\ndef handler(event, context):\n    print('called')\n    time.sleep(0.5)\n"


def policy(**statement: object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


def mighty(account: LocalAws, where: str) -> Client:
    """IAM as a user who may do everything that nothing denies."""
    iam = account.client("iam", Credential(where, "test"))
    name = f"mighty-{next(_numbers)}"
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="all", PolicyDocument=policy(**ALL))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return account.new_client("iam", Credential(key["AccessKeyId"], key["SecretAccessKey"]))


@pytest.fixture
def member(account: LocalAws) -> str:
    status = account.client("organizations").create_account(Email="m@example.com", AccountName="member")
    return str(status["CreateAccountStatus"]["AccountId"])


@pytest.fixture
def forbid(account: LocalAws) -> Callable[[str, str], Callable[[], object]]:
    """Attach a policy that denies an action below a place; give what detaches it."""
    organizations = account.client("organizations")

    def attach(action: str, place: str) -> Callable[[], object]:
        content = policy(Effect="Deny", Action=action, Resource="*")
        made = organizations.create_policy(
            Name=f"no {action} in {place}", Description="", Type="SERVICE_CONTROL_POLICY", Content=content
        )["Policy"]["PolicySummary"]["Id"]
        organizations.attach_policy(PolicyId=made, TargetId=place)
        return lambda: organizations.detach_policy(PolicyId=made, TargetId=place)

    return attach


def test_a_service_control_policy_bounds_members_and_not_the_management_account(
    account: LocalAws, member: str, forbid: Callable[[str, str], Callable[[], object]]
) -> None:
    inside, management = mighty(account, member), mighty(account, ACCOUNT)
    root = account.client("organizations").list_roots()["Roots"][0]["Id"]
    assert inside.list_users()
    for place in (root, member):
        lift = forbid("iam:ListUsers", place)
        with refused("AccessDenied"):
            inside.list_users()
        assert "Roles" in inside.list_roles()
        assert management.list_users()
        lift()
        assert inside.list_users()


def test_a_policy_on_a_unit_bounds_the_accounts_in_it(
    account: LocalAws, member: str, forbid: Callable[[str, str], Callable[[], object]]
) -> None:
    organizations = account.client("organizations")
    root = organizations.list_roots()["Roots"][0]["Id"]
    unit = organizations.create_organizational_unit(ParentId=root, Name="unit")["OrganizationalUnit"]["Id"]
    forbid("iam:ListRoles", unit)
    inside = mighty(account, member)
    assert "Roles" in inside.list_roles()
    organizations.move_account(AccountId=member, SourceParentId=root, DestinationParentId=unit)
    with refused("AccessDenied"):
        inside.list_roles()


def test_nobody_does_anything_in_a_closed_account(account: LocalAws, member: str) -> None:
    inside = mighty(account, member)
    assert "Roles" in inside.list_roles()
    account.client("organizations").close_account(AccountId=member)
    with refused("AccessDenied"):
        inside.list_roles()


def test_a_stopped_map_begins_nothing_more(account: LocalAws) -> None:
    states, logs = account.client("stepfunctions"), account.client("logs")
    function = create_function(account, "sleeps", SLEEPS, LoggingConfig={"LogGroup": "/sleeps"})
    role = create_role(account, "mapping")
    machine = states.create_state_machine(name="mapping", roleArn=role, definition=json.dumps(_mapping(function)))

    def called() -> int:
        try:
            events: list[dict[str, Any]] = logs.filter_log_events(logGroupName="/sleeps")["events"]
        except logs.exceptions.ResourceNotFoundException:
            return 0
        return sum(event["message"].startswith("called") for event in events)

    execution = states.start_execution(stateMachineArn=machine["stateMachineArn"], input="[1, 2, 3, 4, 5, 6]")
    eventually(called)
    states.stop_execution(executionArn=execution["executionArn"])
    (run,) = states.list_map_runs(executionArn=execution["executionArn"])["mapRuns"]
    eventually(lambda: states.describe_map_run(mapRunArn=run["mapRunArn"])["status"] != "RUNNING")
    assert 1 <= called() <= 2, "what was called goes on to its end"
    assert states.describe_execution(executionArn=execution["executionArn"])["status"] == "ABORTED"


def _mapping(function: str) -> dict[str, Any]:
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": function},
        "End": True,
    }
    each = {"ProcessorConfig": {"Mode": "DISTRIBUTED"}, "StartAt": "Call", "States": {"Call": task}}
    return {
        "StartAt": "Map",
        "States": {
            "Map": {
                "Type": "Map",
                "ItemProcessor": each,
                "MaxConcurrency": 1,
                "ToleratedFailurePercentage": 100,
                "End": True,
            }
        },
    }
