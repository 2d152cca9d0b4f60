"""A hub with accounts of an organization, one for each thing that may be the matter with one."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sandbox.local_aws import Client, Credential, Deployment, local_aws, synthesis
from tests.e2e.joining import join
from tests.e2e.waiting import eventually

HOME = "000000000000"
AUDITOR = "auditor"
READING = ("iam:GetAccountAuthorizationDetails", "iam:ListAccessKeys", "iam:GetAccessKeyLastUsed")


@dataclass(frozen=True)
class Touring:
    """A hub, and its accounts by what is the matter with them."""

    hub: Deployment
    accounts: Mapping[str, str]

    def client(self, which: str, service: str) -> Client:
        """A client of an account's administrator, of whom the emulator knows the account by the key's ID."""
        return self.hub.aws.client(service, Credential(self.accounts[which], "test"))

    def tours(self) -> dict[str, str]:
        """The tours so far, with how each ended."""
        states = self.hub.aws.client("stepfunctions")
        listed = states.list_executions(stateMachineArn=self.hub.outputs["TourStateMachineArn"])["executions"]
        return {each["executionArn"]: each["status"] for each in listed}

    def ended(self) -> None:
        """Wait until no tour is under way."""
        eventually(lambda: "RUNNING" not in self.tours().values(), 120)

    def admit_auditor(self, which: str) -> None:
        """Make the role that an account lends to whoever audits it."""
        iam = self.client(which, "iam")
        trusted = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{HOME}:root"}, "Action": "sts:AssumeRole"}
        asking = {**trusted, "Condition": {"StringEquals": {"sts:ExternalId": "an-audit"}}}
        reading = {"Effect": "Allow", "Action": READING, "Resource": "*"}
        iam.create_role(RoleName=AUDITOR, AssumeRolePolicyDocument=_document(asking))
        iam.put_role_policy(RoleName=AUDITOR, PolicyName="read", PolicyDocument=_document(reading))


def _document(statement: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


@contextmanager
def touring(*members: str, strangers: tuple[str, ...] = ()) -> Iterator[Touring]:
    """Deploy a hub and the members' stacks; strangers are accounts that have none. Each has a user with an old key."""
    with local_aws() as aws:
        accounts = {"home": HOME}
        for which in (*members, *strangers):
            status = aws.client("organizations").create_account(Email=f"{which}@example.com", AccountName=which)
            accounts[which] = status["CreateAccountStatus"]["AccountId"]
        settings = {"mode": "enforce", "external_id": "an-external-id", "organization": True}
        with synthesis(settings) as assembly:
            hub = aws.deploy(assembly)
            template = (assembly.assembly / "KeyturnMember.template.json").read_text(encoding="utf-8")
        # Tours are the tests' own; the schedule stays, for pages that look at it.
        _turn_off(hub)
        found = Touring(hub, accounts)
        for which in members:
            join(found.client(which, "cloudformation"), template, hub.outputs["RotatorRoleArn"])
        for which in accounts:
            iam = found.client(which, "iam")
            iam.create_user(UserName="alice")
            iam.create_access_key(UserName="alice")
        aws.clock.move_by(timedelta(days=80))
        yield found


def _turn_off(hub: Deployment) -> None:
    scheduler = hub.aws.client("scheduler")
    now = scheduler.get_schedule(Name=hub.outputs["ScheduleName"])
    kept = {name: now[name] for name in ("Name", "ScheduleExpression", "FlexibleTimeWindow", "Target")}
    scheduler.update_schedule(State="DISABLED", **kept)
