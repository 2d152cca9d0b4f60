"""With the secrets in the hub: who may do what there, and in a member, where nothing is left to keep."""

import json

import pytest
from aws_cdk import App

from infra.config import Config
from infra.organization.member_stack import MemberStack
from keyturn.domain.member_role import session_policy
from keyturn.settings import InvalidSettings
from tests.infra import cdk_json
from tests.infra.template import Template, statements, synthesize

ID = "o-a1b2c3d4e5"
HUB: dict[str, object] = {"external_id": "an-external-id", "secrets_in": "hub", "organization_id": ID}
OWN = "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:keyturn/*"
MEMBERS = "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:keyturn-members/*"
THROUGH = "secretsmanager.${AWS::Region}.amazonaws.com"
READ_THERE = (
    "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${${RotatorRoleArn} split at :, part 4}"
    ":secret:keyturn-members/${AWS::AccountId}/*"
)


@pytest.fixture(scope="module")
def hub() -> Template:
    return synthesize(**HUB)


@pytest.fixture(scope="module")
def member() -> Template:
    config = Config.from_context({**cdk_json.settings(), **HUB})
    return Template(MemberStack(App(), "Member", config=config, external_id="an-external-id"))


def test_the_rotator_may_keep_both_kinds_and_admit_readers_to_its_members_alone(hub: Template) -> None:
    rotator = statements(hub.all("AWS::IAM::Role")["RotatorRole"]["Policies"][0]["PolicyDocument"])

    assert rotator["StoreSecrets"]["Resource"] == [MEMBERS, OWN]
    assert rotator["AdmitReaders"] == {
        "Effect": "Allow",
        "Action": ["secretsmanager:PutResourcePolicy"],
        "Resource": [MEMBERS],
        "Condition": {"Bool": {"secretsmanager:BlockPublicPolicy": "true"}},
    }
    assert rotator["NeverReadSecrets"]["Effect"] == "Deny"


def test_the_responder_may_touch_no_secret_of_a_member(hub: Template) -> None:
    assert "keyturn-members" not in json.dumps(hub.all("AWS::IAM::Role")["ResponderRole"])


def test_accounts_of_the_organization_may_decrypt_what_is_below_their_own_number(hub: Template) -> None:
    policy = statements(hub.all("AWS::KMS::Key")["VaultKey"]["KeyPolicy"])

    assert policy["MembersThroughSecretsManager"] == {
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": ["kms:Decrypt"],
        "Resource": ["*"],
        "Condition": {
            "StringEquals": {"kms:ViaService": THROUGH, "aws:PrincipalOrgID": ID},
            "StringLike": {
                "kms:EncryptionContext:SecretARN": [MEMBERS.replace("members/*", "members/${aws:PrincipalAccount}/*")]
            },
        },
    }
    assert policy["UseThroughSecretsManager"]["Condition"]["StringLike"]["kms:EncryptionContext:SecretARN"] == [
        OWN,
        MEMBERS,
        "RequestToValidateKeyAccess",
    ]


def test_without_the_setting_nobody_else_may_use_the_key_and_no_policy_be_put() -> None:
    alone = synthesize(external_id="an-external-id", organization_id=ID)

    assert "MembersThroughSecretsManager" not in statements(alone.all("AWS::KMS::Key")["VaultKey"]["KeyPolicy"])
    assert "PutResourcePolicy" not in json.dumps(alone.all("AWS::IAM::Role"))


def test_a_member_has_neither_key_nor_rights_to_secrets(member: Template) -> None:
    assert not member.all("AWS::KMS::Key")
    role = statements(member.one("AWS::IAM::Role")["Policies"][0]["PolicyDocument"])
    granted = {action for each in role.values() if each["Effect"] == "Allow" for action in each["Action"]}
    assert "iam:CreateAccessKey" in granted
    assert not [action for action in granted if action.startswith(("secretsmanager:", "kms:"))]

    written = session_policy("444455556666", "aws", user_path="/", secret_prefix=None, acts=True)
    assert {action for each in json.loads(written)["Statement"] for action in each["Action"]} == granted


def test_a_member_s_user_may_read_below_its_account_s_number_in_the_hub(member: Template) -> None:
    assert statements(member.one("AWS::IAM::ManagedPolicy")["PolicyDocument"]) == {
        "ReadOwnSecret": {
            "Effect": "Allow",
            "Action": ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
            "Resource": [READ_THERE],
        },
        "DecryptOwnSecret": {
            "Effect": "Allow",
            "Action": ["kms:Decrypt"],
            "Resource": ["${VaultKeyArn}"],
            "Condition": {
                "StringEquals": {"kms:ViaService": THROUGH},
                "StringLike": {"kms:EncryptionContext:SecretARN": [READ_THERE]},
            },
        },
    }


def test_the_stack_set_tells_members_which_key_it_is() -> None:
    made = synthesize(**HUB, member_units="r-ab12").one("AWS::CloudFormation::StackSet")

    assert {each["ParameterKey"]: each["ParameterValue"] for each in made["Parameters"]} == {
        "RotatorRoleArn": "${RotatorRole.Arn}",
        "VaultKeyArn": "${VaultKey.Arn}",
    }
    assert "VaultKeyArn" in made["TemplateBody"]


@pytest.mark.parametrize(
    ("without", "allowed"),
    [
        ({"external_id": None}, "secrets_in is hub: allowed is that with external_id"),
        ({"organization_id": None}, "secrets_in is hub: allowed is that with organization_id"),
        ({"customer_managed_key": False}, "secrets_in is hub: allowed is that with customer_managed_key true"),
        ({"organization_id": "r-ab12"}, "organization_id is 'r-ab12': allowed is an organization's id"),
        ({"secrets_in": "both"}, "secrets_in is 'both': allowed is one of member, hub"),
    ],
)
def test_what_it_needs_is_told(without: dict[str, object], allowed: str) -> None:
    block = {name: value for name, value in {**HUB, **without}.items() if value is not None}
    with pytest.raises(InvalidSettings, match=allowed):
        Config.from_context(block)
