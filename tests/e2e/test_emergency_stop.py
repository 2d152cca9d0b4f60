"""The emergency stop of an organization, by the commands of its page, while a tour is under way in all its accounts."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.e2e.shell import Shell
from tests.e2e.touring import HOME, Organization, organization_of
from tests.e2e.waiting import eventually
from tests.runbook import INDEX, Page

USERS = {HOME: 60, "crowded": 300, "first": 60, "second": 60, "bare": 1}
_, STOP, HOLD_ROLE, _, _, OBSERVE, _, ENFORCE, UNDO, _, UNDO_STOP, UNDO_HOLD = Page("emergency-stop").commands
A_MINUTE = 60


@pytest.fixture(scope="module")
def organization() -> Iterator[Organization]:
    """A hub and four members, of which one has a mode of its own; runs take their time."""
    own = {"{first}": {"mode": "enforce"}}
    with organization_of(USERS, accounts=own, concurrency=2, account_concurrency=len(USERS)) as organization:
        yield organization


@pytest.fixture(scope="module")
def shell(organization: Organization, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    shell = Shell(organization.hub.aws, tmp_path_factory.mktemp("on-call")).open()
    (lines,) = INDEX.commands
    shell.remember(lines)
    return shell


def test_a_tour_that_observes_changes_no_account(organization: Organization, shell: Shell) -> None:
    shell.run(OBSERVE)
    tour = organization.tour()
    shell.run(ENFORCE)

    reports = [tour.output(account)["report"] for account in organization.accounts.values()]
    assert all(report["totals"]["planned"] > 0 for report in reports)
    assert all(report["totals"]["done"] == report["totals"]["failed"] == 0 for report in reports)
    assert organization.changes() == [], "not even one that was refused"


@dataclass(frozen=True)
class Stopped:
    """A tour that was stopped: the moments between which the commands ran, and what changed keys before and after."""

    execution: str
    began: float
    ended: float


@pytest.fixture(scope="module")
def stopped(organization: Organization, shell: Shell) -> Stopped:
    """Stop a tour as soon as it has created keys in each account."""
    execution = organization.begin()
    busy = {organization.accounts[which] for which in USERS if which != "bare"}
    eventually(lambda: busy <= {each.split("/")[0] for each in organization.created()}, seconds=120)
    clock = organization.hub.aws.clock
    began = clock.now().timestamp()
    shell.run(STOP)
    ended = clock.now().timestamp()
    eventually(lambda: clock.now().timestamp() - max(call["time"] for call in organization.hub.aws.calls()) > 3, 60)
    return Stopped(execution, began, ended)


def test_within_a_minute_no_key_is_changed_in_any_account(
    organization: Organization, stopped: Stopped, record_property: Callable[[str, object], None]
) -> None:
    changed = [call for call in organization.changes() if call["allowed"]]
    last = max(call["time"] for call in changed)
    record_property("seconds until an organization stands still", round(last - stopped.began))
    assert any(call["time"] > stopped.began for call in changed), "there was something to stop"
    assert last - stopped.began <= A_MINUTE
    assert last <= stopped.ended, "what is still in work by then changes nothing any more"


def test_runs_that_had_taken_a_role_are_held(organization: Organization, stopped: Stopped) -> None:
    refused = [call for call in organization.changes() if not call["allowed"] and call["time"] > stopped.ended]
    accounts = {call["caller"].split(":")[4] for call in refused if ":assumed-role/keyturn-member/" in call["caller"]}
    assert organization.accounts["crowded"] in accounts


def test_the_tour_is_over_and_nothing_begins(organization: Organization, stopped: Stopped) -> None:
    states = organization.hub.aws.client("stepfunctions")
    assert states.describe_execution(executionArn=stopped.execution)["status"] == "ABORTED"
    client = organization.hub.aws.client("lambda")
    with pytest.raises(client.exceptions.TooManyRequestsException):
        organization.hub.invoke({"action": "status"})


def test_no_key_is_lost(organization: Organization, stopped: Stopped) -> None:
    assert stopped
    for which in USERS:
        stored = secrets(organization, which)
        for user, keys in organization.key_ids(which).items():
            assert len(keys) == 1 or stored[user] in keys, user
    assert any(len(keys) == 1 for keys in organization.key_ids("crowded").values()), "not everybody had a turn"


def secrets(organization: Organization, which: str) -> dict[str, str]:
    """The key that each user's secret gives, by the user's name."""
    client = organization.observer(which, "secretsmanager")
    listed = client.get_paginator("list_secrets").paginate().build_full_result()["SecretList"]
    found = {}
    for each in listed:
        stages = each.get("SecretVersionsToStages", {}).values()
        if any("AWSCURRENT" in labels for labels in stages):
            value = json.loads(client.get_secret_value(SecretId=each["ARN"])["SecretString"])
            found[each["Name"].split("/")[1]] = value.get("AccessKeyId", "")
    return found


def test_a_tour_after_the_stop_finishes_what_was_stopped(
    organization: Organization, stopped: Stopped, shell: Shell
) -> None:
    assert stopped
    shell.run(UNDO)
    execution = json.loads(shell.run(UNDO_STOP))["executionArn"]

    tour = organization.ended(execution)

    assert tour.answer["named"] == []
    for which, number in USERS.items():
        stored = secrets(organization, which)
        keys = organization.key_ids(which)
        assert len(keys) == number
        assert all(len(each) == 2 and stored[user] in each for user, each in keys.items()), which


def test_a_member_s_role_is_held_by_itself_where_no_such_policy_reaches(
    organization: Organization, stopped: Stopped, shell: Shell
) -> None:
    assert stopped
    account = organization.accounts["bare"]
    iam = organization.client("bare", "iam")
    iam.create_user(UserName="later")
    iam.create_access_key(UserName="later")
    request = {"action": "rotate", "account": account, "users": ["later"], "force": True}

    shell.run(HOLD_ROLE, AWS_ACCESS_KEY_ID=account)
    assert organization.hub.invoke(request)["status"] == "FAILED"
    assert organization.keys("bare")["later"] == 1

    shell.run(UNDO_HOLD, AWS_ACCESS_KEY_ID=account)
    assert organization.hub.invoke(request)["status"] == "OK"
    assert organization.keys("bare")["later"] == 2
