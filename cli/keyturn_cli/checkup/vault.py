"""Checks of the secrets and of the key that encrypts them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from keyturn_cli.checkup.finding import Finding, Patient, fail, ok, warn

if TYPE_CHECKING:
    from keyturn_cli.sessions import Client


def encryption(patient: Patient) -> Iterator[Finding]:
    """Can secrets be encrypted and read."""
    arn = patient.stack.outputs.get("VaultKeyArn")
    if arn is None:
        yield ok("KMS key", "the secrets are encrypted with AWS's own key (customer_managed_key is false)")
        return
    kms = patient.stack.client("kms")
    state = kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"]
    if state != "Enabled":
        do = (
            f"aws kms cancel-key-deletion --key-id {arn}"
            if state == "PendingDeletion"
            else f"aws kms enable-key --key-id {arn}"
        )
        yield fail("KMS key", f"{arn} is {state}: no secret can be written or read", do)
    elif not kms.get_key_rotation_status(KeyId=arn)["KeyRotationEnabled"]:
        yield warn("KMS key", f"{arn} is not rotated", f"aws kms enable-key-rotation --key-id {arn}")
    else:
        yield ok("KMS key", f"{arn} is enabled, and rotated by AWS")


def secrets(patient: Patient) -> Iterator[Finding]:
    """Are the secrets as the rotator leaves them."""
    prefix = patient.stack.settings().secret_prefix
    client = patient.stack.client("secretsmanager")
    pages = client.get_paginator("list_secrets").paginate(Filters=[{"Key": "name", "Values": [prefix]}])
    found = [each for page in pages for each in page["SecretList"] if each["Name"].startswith(prefix)]
    wrong = [finding for secret in found for finding in _secret(secret, patient, client)]
    yield from wrong or [ok("secrets", f"{len(found)} under {prefix}")]


def _secret(secret: dict[str, Any], patient: Patient, client: "Client") -> Iterator[Finding]:
    name, key = secret["Name"], patient.stack.outputs.get("VaultKeyArn")
    if secret.get("RotationEnabled"):
        yield fail(
            "secrets",
            f"{name} is rotated by Secrets Manager, too, which the rotator takes for a run at work",
            f"aws secretsmanager cancel-rotate-secret --secret-id {name}",
        )
    if key and not _is(secret.get("KmsKeyId"), key):
        yield warn(
            "secrets",
            f"{name} is encrypted with another key ({secret.get('KmsKeyId', 'aws/secretsmanager')})",
            f"aws secretsmanager update-secret --secret-id {name} --kms-key-id {key}",
        )
    if client.get_resource_policy(SecretId=name).get("ResourcePolicy"):
        yield warn(
            "secrets",
            f"{name} has a policy of its own, which may let others read it",
            f"aws secretsmanager get-resource-policy --secret-id {name}",
        )


def _is(named: str | None, arn: str) -> bool:
    return named is not None and arn.endswith(named)


def readers(patient: Patient) -> Iterator[Finding]:
    """Can users read their own secrets."""
    arn = patient.stack.output("ReadOwnSecretPolicyArn")
    number = patient.stack.client("iam").get_policy(PolicyArn=arn)["Policy"].get("AttachmentCount", 0)
    if number:
        yield ok("readers", f"the policy to read one's own secret is attached to {number} users, groups or roles")
    else:
        yield warn(
            "readers",
            "the policy to read one's own secret is attached to nobody",
            f"for each user whose program reads it: aws iam attach-user-policy --policy-arn {arn} --user-name NAME",
        )
