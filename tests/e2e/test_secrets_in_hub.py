"""Secrets of a member's users kept in the hub: written there, and read there by their one user from its own account."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sandbox.local_aws import Client, Credential, Deployment, local_aws, synthesis
from tests.e2e.joining import join

REFUSED = r"AccessDenied|not authorized"
HOME = "000000000000"
HUB, MEMBER, OTHER, STRANGER = "hub", "member", "other", "stranger"


@dataclass(frozen=True)
class Organization:
    """A hub that keeps its members' secrets, accounts by what they are, and what their users sign with."""

    hub: Deployment
    accounts: dict[str, str]
    users: dict[str, Credential]

    def client(self, which: str, service: str) -> Client:
        """A client of an account's administrator, of whom the emulator knows the account by the key's ID."""
        return self.hub.aws.client(service, Credential(self.accounts[which], "test"))

    def settle(self, which: str, user: str, policy: str) -> None:
        """Make a user with a key, and let it read its own secret."""
        iam = self.client(which, "iam")
        iam.create_user(UserName=user)
        made = iam.create_access_key(UserName=user)["AccessKey"]
        iam.attach_user_policy(UserName=user, PolicyArn=policy)
        self.users[f"{which}/{user}"] = Credential(made["AccessKeyId"], made["SecretAccessKey"])

    def invoke(self, **request: object) -> tuple[dict[str, Any], bool]:
        answer = self.hub.aws.client("lambda").invoke(
            FunctionName=self.hub.outputs["RotatorFunctionName"], Payload=json.dumps(request).encode()
        )
        return json.loads(answer["Payload"].read()), "FunctionError" in answer

    def reads(self, which: str, user: str, secret: str) -> dict[str, Any]:
        """What a user of an account gets when it reads a secret, with its own key."""
        client = self.hub.aws.new_client("secretsmanager", self.users[f"{which}/{user}"])
        value: dict[str, Any] = json.loads(client.get_secret_value(SecretId=secret)["SecretString"])
        return value

    def secret(self, which: str, user: str) -> str:
        """The ARN of the secret of a member's user."""
        secrets, name = self.client(HUB, "secretsmanager"), f"keyturn-members/{self.accounts[which]}/{user}/access-key"
        arn: str = secrets.describe_secret(SecretId=name)["ARN"]
        return arn


@pytest.fixture(scope="module")
def organization() -> Iterator[Organization]:
    """A hub with one user, two members with two each, all rotated, and an account outside of the organization."""
    with local_aws() as aws:
        directory = aws.client("organizations")
        settings: dict[str, object] = {
            "mode": "enforce",
            "external_id": "an-external-id",
            "secrets_in": "hub",
            "organization_id": directory.describe_organization()["Organization"]["Id"],
        }
        accounts = {HUB: HOME, STRANGER: "222222222222"}
        for which in (MEMBER, OTHER):
            created = directory.create_account(Email=f"{which}@example.com", AccountName=which)
            accounts[which] = created["CreateAccountStatus"]["AccountId"]
        with synthesis(settings) as assembly:
            hub = aws.deploy(assembly)
            template = (Path(assembly.assembly) / "KeyturnMember.template.json").read_text(encoding="utf-8")
        aws.client("scheduler").delete_schedule(Name=hub.outputs["ScheduleName"])
        organization = Organization(hub, accounts, {})
        organization.settle(HUB, "henry", hub.outputs["ReadOwnSecretPolicyArn"])
        for which in (MEMBER, OTHER, STRANGER):
            cloudformation = organization.client(which, "cloudformation")
            key = hub.outputs["VaultKeyArn"]
            outputs = join(cloudformation, template, hub.outputs["RotatorRoleArn"], VaultKeyArn=key)
            for user in ("mary", "mike"):
                organization.settle(which, user, outputs["ReadOwnSecretPolicyArn"])
        aws.clock.move_by(timedelta(days=80))
        for which in (MEMBER, OTHER, STRANGER):
            report, failed = organization.invoke(action="rotate", account=accounts[which])
            assert not failed, report
            assert [line["outcome"] for line in report["users"]] == ["Done"] * 2, json.dumps(report["users"])
        yield organization


def test_the_secrets_are_in_the_hub_under_its_key_and_none_in_the_members(organization: Organization) -> None:
    kept = organization.client(HUB, "secretsmanager").list_secrets()["SecretList"]

    assert {each["Name"] for each in kept} == {
        f"keyturn-members/{organization.accounts[which]}/{user}/access-key"
        for which in (MEMBER, OTHER, STRANGER)
        for user in ("mary", "mike")
    }
    assert {each["KmsKeyId"] for each in kept} == {organization.hub.outputs["VaultKeyArn"]}
    for which in (MEMBER, OTHER):
        assert organization.client(which, "secretsmanager").list_secrets()["SecretList"] == []


def test_a_user_reads_its_own_secret_from_its_own_account_and_its_key_works(organization: Organization) -> None:
    for which in (MEMBER, OTHER):
        value = organization.reads(which, "mary", organization.secret(which, "mary"))
        sts = organization.hub.aws.new_client("sts", Credential(value["AccessKeyId"], value["SecretAccessKey"]))
        assert sts.get_caller_identity()["Arn"] == f"arn:aws:iam::{organization.accounts[which]}:user/mary"


@pytest.mark.parametrize(
    ("which", "user", "of"),
    [(MEMBER, "mary", (MEMBER, "mike")), (MEMBER, "mary", (OTHER, "mary")), (HUB, "henry", (MEMBER, "mary"))],
    ids=["of a colleague", "of a namesake in another account", "of a member's user, in the hub"],
)
def test_nobody_reads_the_secret_of_another(
    organization: Organization, which: str, user: str, of: tuple[str, str]
) -> None:
    with pytest.raises(Exception, match=REFUSED):
        organization.reads(which, user, organization.secret(*of))


def test_an_account_outside_of_the_organization_gets_no_use_of_the_key(organization: Organization) -> None:
    with pytest.raises(Exception, match="KMS"):
        organization.reads(STRANGER, "mary", organization.secret(STRANGER, "mary"))


def test_a_user_whose_account_gave_it_no_policy_reads_nothing(organization: Organization) -> None:
    iam = organization.client(OTHER, "iam")
    (attached,) = iam.list_attached_user_policies(UserName="mike")["AttachedPolicies"]
    iam.detach_user_policy(UserName="mike", PolicyArn=attached["PolicyArn"])

    with pytest.raises(Exception, match=REFUSED):
        organization.reads(OTHER, "mike", organization.secret(OTHER, "mike"))


def test_the_rotator_reads_none_and_its_session_can_touch_no_secret_in_a_member(organization: Organization) -> None:
    of_secrets = [call for call in organization.hub.aws.calls() if call["action"].startswith("secretsmanager:")]
    by_sessions = [call for call in of_secrets if "assumed-role" in (call["caller"] or "")]

    assert by_sessions
    assert not [call for call in by_sessions if "GetSecretValue" in call["action"]]
    assert not [call for call in by_sessions if "keyturn-member/" in call["caller"]]


def test_the_hub_s_own_run_leaves_its_members_secrets_alone(organization: Organization) -> None:
    report, failed = organization.invoke(action="rotate")

    assert not failed
    assert {line["user"] for line in report["users"]} == {"henry"}
    kept = organization.client(HUB, "secretsmanager").list_secrets(IncludePlannedDeletion=True)["SecretList"]
    assert not [each for each in kept if "DeletedDate" in each]


def test_the_second_rotation_leaves_the_policy_to_people_and_retires_the_old_key(organization: Organization) -> None:
    hub = organization.client(HUB, "secretsmanager")
    secret = organization.secret(MEMBER, "mike")
    policy = json.loads(hub.get_resource_policy(SecretId=secret)["ResourcePolicy"])
    policy["Statement"].append(
        {
            "Sid": "PeoplesOwn",
            "Effect": "Deny",
            "Principal": {"AWS": f"arn:aws:iam::{organization.accounts[OTHER]}:root"},
            "Action": "secretsmanager:*",
            "Resource": "*",
        }
    )
    hub.put_resource_policy(SecretId=secret, ResourcePolicy=json.dumps(policy))
    old = organization.users[f"{MEMBER}/mike"]
    value = organization.reads(MEMBER, "mike", secret)
    organization.users[f"{MEMBER}/mike"] = Credential(value["AccessKeyId"], value["SecretAccessKey"])
    for days in (15, 31, 40):
        organization.hub.aws.clock.move_by(timedelta(days=days))
        used = organization.hub.aws.new_client("iam", organization.users[f"{MEMBER}/mike"])
        with pytest.raises(Exception, match=REFUSED):
            used.list_users()  # a use is a use, allowed or not
        organization.invoke(action="rotate", account=organization.accounts[MEMBER], users=["mike"])

    keys = organization.client(MEMBER, "iam").list_access_keys(UserName="mike")["AccessKeyMetadata"]
    assert old.key_id not in {key["AccessKeyId"] for key in keys}
    assert len(keys) == 2
    assert "PeoplesOwn" in hub.get_resource_policy(SecretId=secret)["ResourcePolicy"]
    assert organization.reads(MEMBER, "mike", secret)["AccessKeyId"] != value["AccessKeyId"]
