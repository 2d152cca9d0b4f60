"""An organization in the sandbox: a hub, its accounts by what is the matter with them, and its tours."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from sandbox.cdk import ACCOUNT
from sandbox.local_aws import Client, Credential, Deployment, local_aws, synthesis
from tests.e2e.conftest import set_schedule
from tests.e2e.joining import join, leave
from tests.e2e.waiting import eventually

HOME: Final = "home"
ROLE: Final = "keyturn-member"
CHANGES: Final = {"iam:CreateAccessKey", "iam:UpdateAccessKey", "iam:DeleteAccessKey"}


@dataclass(frozen=True)
class Tour:
    """What a tour answered, and what it left in the results bucket."""

    answer: dict[str, Any]
    records: dict[str, dict[str, Any]]
    history: str

    def output(self, account: str) -> dict[str, Any]:
        """What the execution of an account answered."""
        output: dict[str, Any] = json.loads(self.records[account]["Output"])
        return output


@dataclass(frozen=True)
class Organization:
    """A hub and its accounts by name; the template that makes a member of them, and the policies that roles lost."""

    hub: Deployment
    accounts: dict[str, str]
    template: str
    taken: dict[str, dict[str, Any]] = field(default_factory=dict)

    def client(self, which: str, service: str) -> Client:
        """A client of an account's administrator, of whom the emulator knows the account by the key's ID."""
        return self.hub.aws.client(service, Credential(self.accounts[which], "test"))

    def observer(self, which: str, service: str) -> Client:
        """The same, for a look that leaves no trace and takes no token."""
        return self.hub.aws.observer(service, Credential(self.accounts[which], "test"))

    def settle(self, which: str, users: int) -> None:
        """Have so many users live in an account, each with a key."""
        iam = self.client(which, "iam")
        for number in range(users):
            iam.create_user(UserName=f"{which}-{number}")
            iam.create_access_key(UserName=f"{which}-{number}")

    def settle_namesakes(self, name: str) -> None:
        """Have a user of the same name in every account, each with a key that is 80 days old."""
        for which in self.accounts:
            iam = self.client(which, "iam")
            iam.create_user(UserName=name)
            iam.create_access_key(UserName=name)
        self.hub.aws.clock.move_by(timedelta(days=80))

    def join(self, which: str) -> None:
        """Make an account a member."""
        join(self.client(which, "cloudformation"), self.template, self.hub.outputs["RotatorRoleArn"])

    def leave(self, which: str) -> None:
        """Have a member be none any more."""
        leave(self.client(which, "cloudformation"))

    def found(self, name: str) -> str:
        """Have a new account in the organization; give its ID."""
        made = self.hub.aws.client("organizations").create_account(Email=f"{name}@example.com", AccountName=name)
        self.accounts[name] = made["CreateAccountStatus"]["AccountId"]
        return self.accounts[name]

    def break_role(self, which: str) -> None:
        """Take the rights from the role that an account lends."""
        iam = self.client(which, "iam")
        (name,) = iam.list_role_policies(RoleName=ROLE)["PolicyNames"]
        self.taken[which] = iam.get_role_policy(RoleName=ROLE, PolicyName=name)
        iam.delete_role_policy(RoleName=ROLE, PolicyName=name)

    def mend_role(self, which: str) -> None:
        """Give them back."""
        taken = self.taken.pop(which)
        self.client(which, "iam").put_role_policy(
            RoleName=ROLE, PolicyName=taken["PolicyName"], PolicyDocument=json.dumps(taken["PolicyDocument"])
        )

    def key_ids(self, which: str) -> dict[str, list[str]]:
        """The keys of each user of an account."""
        iam = self.observer(which, "iam")
        users = [user["UserName"] for user in iam.get_paginator("list_users").paginate().build_full_result()["Users"]]
        return {
            user: [key["AccessKeyId"] for key in iam.list_access_keys(UserName=user)["AccessKeyMetadata"]]
            for user in users
        }

    def keys(self, which: str) -> dict[str, int]:
        """How many keys each user of an account has."""
        return {user: len(keys) for user, keys in self.key_ids(which).items()}

    def begin(self) -> str:
        """Start the state machine as the schedule does; give the execution."""
        states, machine = self.hub.aws.client("stepfunctions"), self.hub.outputs["TourStateMachineArn"]
        return str(states.start_execution(stateMachineArn=machine, input="{}")["executionArn"])

    def ended(self, execution: str, seconds: float = 300) -> Tour:
        """Wait for the end of a tour."""
        states = self.hub.aws.client("stepfunctions")
        until = time.monotonic() + seconds
        while (ended := states.describe_execution(executionArn=execution))["status"] == "RUNNING":
            assert time.monotonic() < until, f"the tour took longer than {seconds} seconds"
            time.sleep(0.2)
        assert ended["status"] == "SUCCEEDED", ended
        history = json.dumps(states.get_execution_history(executionArn=execution)["events"], default=str)
        return Tour(json.loads(ended["output"]), self._records(execution.rsplit(":", 1)[-1]), history)

    def tour(self) -> Tour:
        """A whole tour."""
        return self.ended(self.begin())

    def tours(self) -> dict[str, str]:
        """The tours so far, with how each ended."""
        states = self.hub.aws.client("stepfunctions")
        listed = states.list_executions(stateMachineArn=self.hub.outputs["TourStateMachineArn"])["executions"]
        return {each["executionArn"]: each["status"] for each in listed}

    def at_rest(self) -> None:
        """Wait until no tour is under way."""
        eventually(lambda: "RUNNING" not in self.tours().values(), 120)

    def changes(self) -> list[dict[str, Any]]:
        """The calls by which runs have changed keys, or were refused to."""
        return [
            call
            for call in self.hub.aws.calls()
            if call["action"] in CHANGES and ":assumed-role/" in (call["caller"] or "")
        ]

    def created(self) -> list[str]:
        """For whom runs have asked IAM for keys, by account and name."""
        creates = (call for call in self.changes() if call["action"] == "iam:CreateAccessKey" and call["allowed"])
        return [call["resource"].split(":", 4)[4].replace(":user", "") for call in creates]

    def _records(self, execution: str) -> dict[str, dict[str, Any]]:
        s3, bucket = self.hub.aws.client("s3"), self.hub.outputs["TourResultsBucketName"]
        listed = s3.list_objects_v2(Bucket=bucket, Prefix=execution)["Contents"]
        found = {}
        for each in listed:
            content = json.loads(s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read())
            for record in content if isinstance(content, list) else []:
                found[json.loads(record["Input"])["account"]] = record
        return found


@contextmanager
def organization_of(
    users: Mapping[str, int], strangers: tuple[str, ...] = (), **settings: object
) -> Iterator[Organization]:
    """An organization of a hub and members with so many users, whose keys are 80 days old, and of strangers.

    Args:
        users: how many users each account has; the hub's own is `home`.
        strangers: accounts that are no members.
        settings: of the hub; `{name}` in them stands for an account's ID.
    """
    with local_aws() as aws:
        accounts = {HOME: ACCOUNT}
        for which in (*users, *strangers):
            if which != HOME:
                made = aws.client("organizations").create_account(Email=f"{which}@example.com", AccountName=which)
                accounts[which] = made["CreateAccountStatus"]["AccountId"]
        of_all = {"mode": "enforce", "external_id": "an-external-id", "organization": True}
        with synthesis({**of_all, **_filled(settings, accounts)}) as assembly:
            hub = aws.deploy(assembly)
            template = (assembly.assembly / "KeyturnMember.template.json").read_text(encoding="utf-8")
        set_schedule(hub, "DISABLED")
        organization = Organization(hub, accounts, template)
        for which, number in users.items():
            if which != HOME:
                organization.join(which)
            organization.settle(which, number)
        aws.clock.move_by(timedelta(days=80))
        yield organization


def _filled(settings: dict[str, object], accounts: Mapping[str, str]) -> dict[str, object]:
    text = json.dumps(settings)
    for name, account in accounts.items():
        text = text.replace(f"{{{name}}}", account)
    filled: dict[str, object] = json.loads(text)
    return filled
