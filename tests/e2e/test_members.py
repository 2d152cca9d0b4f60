"""One rotator and several accounts, under the emulator's IAM, which lend it their role or do not."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sandbox.local_aws import Client, Credential, Deployment, local_aws, synthesis
from tests.e2e.joining import join

MEMBER, BROKEN, NONE, OTHER_ID = "222222222222", "333333333333", "444444444444", "555555555555"
USERS = ("mary", "mike")


@dataclass(frozen=True)
class Organization:
    """A hub and its members."""

    hub: Deployment

    def client(self, account: str, service: str) -> Client:
        """A client of an account's administrator, of whom the emulator knows the account by the key's ID."""
        return self.hub.aws.client(service, Credential(account, "test"))

    def keys(self, account: str, user: str) -> list[dict[str, Any]]:
        keys: list[dict[str, Any]] = self.client(account, "iam").list_access_keys(UserName=user)["AccessKeyMetadata"]
        return keys

    def invoke(self, **request: object) -> tuple[dict[str, Any], bool]:
        answer = self.hub.aws.client("lambda").invoke(
            FunctionName=self.hub.outputs["RotatorFunctionName"], Payload=json.dumps(request).encode()
        )
        return json.loads(answer["Payload"].read()), "FunctionError" in answer

    def join(self, account: str, template: str) -> None:
        join(self.client(account, "cloudformation"), template, self.hub.outputs["RotatorRoleArn"])


@pytest.fixture(scope="module")
def organization() -> Iterator[Organization]:
    """A hub that enforces, a member with old keys, a member without the rights, one with another external id."""
    with synthesis({"mode": "enforce", "external_id": "an-external-id"}) as assembly, local_aws() as aws:
        hub = aws.deploy(assembly)
        aws.client("scheduler").delete_schedule(Name=hub.outputs["ScheduleName"])
        organization = Organization(hub)
        template = (Path(assembly.assembly) / "KeyturnMember.template.json").read_text(encoding="utf-8")
        for account in (MEMBER, BROKEN):
            organization.join(account, template)
        organization.join(OTHER_ID, template.replace("an-external-id", "another-external-id"))
        (policy,) = organization.client(BROKEN, "iam").list_role_policies(RoleName="keyturn-member")["PolicyNames"]
        organization.client(BROKEN, "iam").delete_role_policy(RoleName="keyturn-member", PolicyName=policy)
        for account in (MEMBER, BROKEN, OTHER_ID):
            for user in USERS:
                organization.client(account, "iam").create_user(UserName=user)
                organization.client(account, "iam").create_access_key(UserName=user)
        aws.clock.move_by(timedelta(days=80))
        yield organization


def test_a_look_at_a_member_is_made_by_a_session_that_can_only_look(organization: Organization) -> None:
    report, failed = organization.invoke(action="rotate", account=MEMBER, dry_run=True)

    assert not failed
    assert {line["user"]: line["outcome"] for line in report["users"]} == dict.fromkeys(USERS, "Planned")
    assert all(len(organization.keys(MEMBER, user)) == 1 for user in USERS)


def test_a_member_s_users_are_rotated_and_their_secrets_stay_with_it(organization: Organization) -> None:
    report, failed = organization.invoke(action="rotate", account=MEMBER)

    assert not failed
    assert report["status"] == "OK"
    assert {line["user"]: (line["account"], line["outcome"]) for line in report["users"]} == dict.fromkeys(
        USERS, (MEMBER, "Done")
    )
    secrets = organization.client(MEMBER, "secretsmanager")
    for user in USERS:
        stored = json.loads(secrets.get_secret_value(SecretId=f"keyturn/{user}/access-key")["SecretString"])
        assert stored["AccessKeyId"] in {key["AccessKeyId"] for key in organization.keys(MEMBER, user)}
        key = secrets.describe_secret(SecretId=f"keyturn/{user}/access-key")["KmsKeyId"]
        assert key == "alias/keyturn-member"
    assert organization.client("000000000000", "secretsmanager").list_secrets()["SecretList"] == []


def test_an_account_that_lends_no_role_is_named(organization: Organization) -> None:
    error, failed = organization.invoke(action="rotate", account=NONE)

    assert failed
    assert error["errorType"] == "AccountUnreachable"
    assert f"account {NONE} does not lend its role" in error["errorMessage"]


def test_a_role_that_asks_for_another_external_id_is_not_lent(organization: Organization) -> None:
    error, failed = organization.invoke(action="rotate", account=OTHER_ID)

    assert failed
    assert error["errorType"] == "AccountUnreachable"
    assert all(len(organization.keys(OTHER_ID, user)) == 1 for user in USERS)


def test_a_role_without_rights_costs_only_its_own_account(organization: Organization) -> None:
    error, failed = organization.invoke(action="rotate", account=BROKEN)

    assert failed
    assert "GetAccountAuthorizationDetails" in error["errorMessage"]
    assert all(len(organization.keys(BROKEN, user)) == 1 for user in USERS)
    report, failed = organization.invoke(action="status", account=MEMBER)
    assert not failed
    assert {line["user"] for line in report["users"]} == set(USERS)


def test_nobody_but_the_rotator_may_take_the_role(organization: Organization) -> None:
    hub = organization.hub.aws
    hub.client("iam").create_user(UserName="eve")
    made = hub.client("iam").create_access_key(UserName="eve")["AccessKey"]
    allowed = {"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}}
    hub.client("iam").put_user_policy(
        UserName="eve", PolicyName="take", PolicyDocument=json.dumps({"Version": "2012-10-17", **allowed})
    )
    sts = hub.new_client("sts", Credential(made["AccessKeyId"], made["SecretAccessKey"]))

    with pytest.raises(sts.exceptions.ClientError, match="AccessDenied"):
        sts.assume_role(
            RoleArn=f"arn:aws:iam::{MEMBER}:role/keyturn-member", RoleSessionName="eve", ExternalId="an-external-id"
        )
