"""The console about all accounts of an organization, and every command of its page, against a deployed hub."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import fastjsonschema
import pytest

from sandbox.cdk import ACCOUNT
from tests.e2e.test_console import Console
from tests.e2e.test_report import SCHEMA
from tests.e2e.touring import Organization, organization_of
from tests.shown import commands

BLOCKS = commands("docs/organization.md")
AUDITOR = "auditor"
READING = ("iam:GetAccountAuthorizationDetails", "iam:ListAccessKeys", "iam:GetAccessKeyLastUsed")
AUDITED = ("--org", "--role", "auditor", "--external-id", "an-audit")


@pytest.fixture(scope="module")
def organization() -> Iterator[Organization]:
    """Three members, and an account that has not joined; all of them but one lend the auditor a role."""
    members = dict.fromkeys(("home", "member", "powerless", "unaudited"), 0)
    with organization_of(members, strangers=("stranger",)) as found:
        found.settle_namesakes("alice")
        for which in ("member", "powerless", "stranger"):
            admit_auditor(found, which)
        yield found


def admit_auditor(organization: Organization, which: str) -> None:
    """Make the role that an account lends to whoever audits it."""
    iam = organization.client(which, "iam")
    trusted = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
    asking = {**trusted, "Condition": {"StringEquals": {"sts:ExternalId": "an-audit"}}}
    reading = {"Effect": "Allow", "Action": READING, "Resource": "*"}
    iam.create_role(RoleName=AUDITOR, AssumeRolePolicyDocument=_document(asking))
    iam.put_role_policy(RoleName=AUDITOR, PolicyName="read", PolicyDocument=_document(reading))


def _document(statement: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


@pytest.fixture(scope="module")
def console(organization: Organization) -> Console:
    return Console(organization.hub)


def test_every_command_of_the_page_does_what_it_says(organization: Organization, tmp_path: Path) -> None:
    """At accounts that are all well: the others are left out, as `exclude_accounts` would."""
    program = tmp_path / "bin" / "keyturn"
    program.parent.mkdir()
    narrowed = " ".join(f"--account {organization.accounts[which]}" for which in ("home", "member"))
    program.write_text(
        f'#!/bin/bash\n[[ " $* " == *" --org "* && " $* " != *" --account "* ]] && set -- "$@" {narrowed}\n'
        f'exec {sys.executable} -m keyturn_cli.main "$@"\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    variables = Console(organization.hub).variables
    path = os.pathsep.join([str(program.parent), variables["PATH"]])
    organization.hub.invoke({"action": "rotate", "account": organization.accounts["member"]})
    assert BLOCKS
    for block in BLOCKS:
        script = block.replace("444455556666", organization.accounts["member"])
        ended = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=tmp_path,
            env={**variables, "PATH": path},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert ended.returncode == 0, f"{script}\n{ended.stdout}\n{ended.stderr}"
    assert (tmp_path / "accounts.csv").read_text(encoding="utf-8").startswith("account,")
    assert (tmp_path / "organization.html").read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.fixture(scope="module")
def broken(organization: Organization) -> Organization:
    """One member's role loses its rights."""
    organization.break_role("powerless")
    return organization


def by_name(organization: Organization, document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    names = {number: which for which, number in organization.accounts.items()}
    return {names[each["account"]]: each for each in document["accounts"] if each["account"] in names}


def test_all_accounts_are_in_one_table_and_those_that_are_not_well_are_named(
    broken: Organization, console: Console
) -> None:
    ended = console.run("status", "--org", "-o", "json")
    assert ended.returncode == 1, ended.stderr
    found = by_name(broken, json.loads(ended.stdout))

    assert {which: each["state"] for which, each in found.items()} == {
        "home": "OK",
        "member": "OK",
        "powerless": "Unreadable",
        "unaudited": "OK",
        "stranger": "Unreachable",
    }
    assert (found["home"]["users"], found["home"]["due"], found["home"]["oldest_active_key_age_days"]) == (1, 1, 80)
    assert (found["member"]["due"], found["member"]["begun"]) == (0, 1)
    assert "GetAccountAuthorizationDetails" in found["powerless"]["reason"]
    assert "does not lend its role" in found["stranger"]["reason"]
    shown = console.run("status", "--org").stdout
    assert f"{broken.accounts['stranger']} is unreachable: " in shown
    assert "1 Unreadable, 1 Unreachable" in shown
    assert len(broken.client("home", "iam").list_access_keys(UserName="alice")["AccessKeyMetadata"]) == 1


def test_the_report_names_what_could_not_be_read_and_vouches_for_none_of_it(
    broken: Organization, console: Console, tmp_path: Path
) -> None:
    ended = console.run("report", *AUDITED, "--format", "json", "--full")
    assert ended.returncode == 1, ended.stderr
    whole = json.loads(ended.stdout)
    fastjsonschema.compile(SCHEMA)(whole)
    found = by_name(broken, whole)

    assert whole["account"] == ACCOUNT
    assert whole["verdict"]["state"] == "attention"
    assert whole["verdict"]["headline"] == "No Active key that could be read is over the limit"
    unaudited = broken.accounts["unaudited"]
    assert [each for each in whole["verdict"]["sentences"] if unaudited in each and "not proven" in each]
    assert (found["unaudited"]["state"], found["unaudited"]["users"]) == ("unread", 0)
    assert "AssumeRole: AccessDenied" in found["unaudited"]["unreadable"]
    assert found["member"]["state"] == "pass"
    assert found["powerless"]["silent"]
    assert found["stranger"]["silent"]
    users = {each["account"]: each for each in whole["users"]}
    assert users.keys() == {broken.accounts[which] for which in ("home", "member", "powerless", "stranger")}
    assert users[broken.accounts["stranger"]]["stage"] == "Unknown"
    assert len(users[broken.accounts["member"]]["keys"]) == 2
    assert [(each["account"], each["action"]) for each in whole["done"]] == [(broken.accounts["member"], "CreateKey")]

    page = tmp_path / "organization.html"
    assert console.run("report", *AUDITED, "--out", str(page)).returncode == 1
    text = re.sub(r"<[^>]+>", " ", page.read_text(encoding="utf-8"))
    assert f"{broken.accounts['member']}/alice" in text
    assert f"{unaudited}" in text


def test_a_role_that_asks_for_a_word_is_not_lent_without_it(broken: Organization, console: Console) -> None:
    member = broken.accounts["member"]
    ended = console.run("report", "--org", "--role", "auditor", "--account", member, "--format", "json")
    assert ended.returncode == 1
    assert json.loads(ended.stdout)["accounts"][0]["state"] == "unread"


def test_a_user_of_another_account_is_rotated_and_told_of_there(broken: Organization, console: Console) -> None:
    unaudited = broken.accounts["unaudited"]
    assert console.run("rotate", "alice", "--account", unaudited, "--yes").returncode == 0
    keys = {
        which: len(broken.client(which, "iam").list_access_keys(UserName="alice")["AccessKeyMetadata"])
        for which in ("home", "unaudited", "powerless")
    }
    assert keys == {"home": 1, "unaudited": 2, "powerless": 1}
    told = console.json("history", "alice", "--account", unaudited)
    assert told["account"] == unaudited
    assert [each["action"] for each in told["entries"] if each["outcome"] == "Done"] == ["CreateKey"]
    at_home = console.json("history", "alice")["entries"]
    assert not [each for each in at_home if each["outcome"] == "Done"], "the same name in another account"


def test_a_tour_measures_all_accounts_together_and_names_the_others_in_its_log(
    broken: Organization, console: Console
) -> None:
    states, arn = broken.hub.aws.client("stepfunctions"), broken.hub.outputs["TourStateMachineArn"]
    begun = states.start_execution(stateMachineArn=arn, input="{}")["executionArn"]
    broken.at_rest()
    assert broken.tours()[begun] == "SUCCEEDED"

    listed = broken.hub.aws.client("cloudwatch").list_metrics(Namespace="Keyturn")["Metrics"]
    names = {each["MetricName"] for each in listed}
    assert {"AccountsToured", "AccountsNotRun", "OrganizationKeysOverdue"} <= names
    assert {tuple((each["Name"], each["Value"]) for each in metric["Dimensions"]) for metric in listed} == {
        (("service", "Keyturn"),)
    }
    function = broken.hub.aws.client("lambda").get_function_configuration(
        FunctionName=broken.hub.outputs["RoundupFunctionName"]
    )
    group, logs = function["LoggingConfig"]["LogGroup"], broken.hub.aws.client("logs")
    events = logs.filter_log_events(logGroupName=group, filterPattern="account_stop")["events"]
    stops = [json.loads(each["message"])["account_stop"] for each in events]
    assert {each["account"] for each in stops} == {broken.accounts[which] for which in ("powerless", "stranger")}
    assert all(each["trouble"] for each in stops)
    assert by_name(broken, json.loads(console.run("status", "--org", "-o", "json").stdout))["home"]["begun"] == 1
