"""The vault's key serves Secrets Manager alone, and each user reads its own secret alone."""

import pytest

from tests.infra.template import Properties, statements, synthesize

SECRETS = "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:keyturn/*"
THROUGH = {"kms:ViaService": "secretsmanager.${AWS::Region}.amazonaws.com"}
OWN = {
    "Effect": "Allow",
    "Action": ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
    "Resource": [SECRETS],
    "Condition": {"StringEquals": {"aws:ResourceTag/keyturn:user-id": "${aws:userid}"}},
}


@pytest.fixture
def key() -> Properties:
    return synthesize().all("AWS::KMS::Key")["VaultKey"]


def test_the_key_outlives_the_stack_and_its_material_rotates(key: Properties) -> None:
    kept = synthesize().whole("VaultKey")

    assert kept["DeletionPolicy"] == kept["UpdateReplacePolicy"] == "Retain"
    assert key["EnableKeyRotation"] is True


def test_the_key_encrypts_and_decrypts_only_for_secrets_below_the_prefix(key: Properties) -> None:
    use = statements(key["KeyPolicy"])["UseThroughSecretsManager"]

    assert use["Principal"] == {"AWS": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
    assert use["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert use["Condition"] == {
        "StringEquals": THROUGH,
        "StringLike": {"kms:EncryptionContext:SecretARN": [SECRETS, "RequestToValidateKeyAccess"]},
    }


def test_who_administers_the_key_does_not_decrypt_with_it(key: Properties) -> None:
    policy = statements(key["KeyPolicy"])

    assert policy.keys() == {"Administer", "UseThroughSecretsManager"}
    cryptographic = ("kms:*", "kms:Decrypt", "kms:Encrypt", "kms:ReEncrypt", "kms:GenerateDataKey", "kms:CreateGrant")
    assert not [action for action in policy["Administer"]["Action"] if action.startswith(cryptographic)]
    # The account has to be able to mend the policy, or nobody ever is.
    assert "kms:Put*" in policy["Administer"]["Action"]


def test_a_user_reads_the_secret_that_carries_its_own_id_and_no_other() -> None:
    policy = synthesize().one("AWS::IAM::ManagedPolicy")

    assert statements(policy["PolicyDocument"]) == {
        "ReadOwnSecret": OWN,
        "DecryptOwnSecret": {
            "Effect": "Allow",
            "Action": ["kms:Decrypt"],
            "Resource": ["${VaultKey.Arn}"],
            "Condition": {"StringEquals": THROUGH, "StringLike": {"kms:EncryptionContext:SecretARN": [SECRETS]}},
        },
    }


def test_the_policy_is_attached_to_nobody() -> None:
    policy = synthesize().one("AWS::IAM::ManagedPolicy")

    assert not policy.keys() & {"Users", "Groups", "Roles"}


def test_with_the_aws_managed_key_there_is_no_key_to_keep_or_to_name() -> None:
    template = synthesize(customer_managed_key=False)

    assert template.all("AWS::KMS::Key").keys() == {"AlertsKey"}
    assert statements(template.one("AWS::IAM::ManagedPolicy")["PolicyDocument"]) == {"ReadOwnSecret": OWN}
    for function in template.all("AWS::Lambda::Function").values():
        assert "KEYTURN_KMS_KEY_ID" not in function["Environment"]["Variables"]
    assert "VaultKeyArn" not in template.outputs()
