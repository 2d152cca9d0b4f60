"""Secrets Manager's reads: what a secret is, which versions it has, and a value for those who may ask for one."""

from typing import Any

from tests.fakes import tags
from tests.fakes.account import Account
from tests.fakes.calls import Caller, Params, Response, ServiceError, operation
from tests.fakes.paging import token_page
from tests.fakes.secrets_find import found, usable
from tests.fakes.vault import CURRENT, Secret, Version


def shown(secret: Secret) -> dict[str, Any]:
    """The members that DescribeSecret and ListSecrets share; a field without a value is left out."""
    told = {
        "ARN": secret.arn,
        "Name": secret.name,
        "Description": secret.description,
        "KmsKeyId": secret.kms_key_id,
        "CreatedDate": secret.created_at,
        "LastChangedDate": secret.changed_at,
        "LastAccessedDate": secret.accessed_on,
        "DeletedDate": secret.deletion_at,
        "Tags": tags.shown(secret.tags),
    }
    return {name: value for name, value in told.items() if value}


@operation("secretsmanager")
def describe_secret(account: Account, _caller: Caller, params: Params) -> Response:
    secret = found(account, params["SecretId"])
    stages = secret.stages
    return shown(secret) | ({"VersionIdsToStages": stages} if stages else {})


@operation("secretsmanager")
def list_secret_version_ids(account: Account, _caller: Caller, params: Params) -> Response:
    secret = found(account, params["SecretId"])
    deprecated_too = params.get("IncludeDeprecated", False)
    listed = [_version(one) for one in secret.versions.values() if one.labels or deprecated_too]
    return token_page(account, listed, params, "Versions") | {"ARN": secret.arn, "Name": secret.name}


def _version(version: Version) -> dict[str, Any]:
    told: dict[str, Any] = {"VersionId": version.id, "CreatedDate": version.created_at}
    if version.labels:
        told["VersionStages"] = list(version.labels)
    if version.accessed_on:
        told["LastAccessedDate"] = version.accessed_on
    return told


@operation("secretsmanager")
def get_secret_value(account: Account, _caller: Caller, params: Params) -> Response:
    secret = usable(account, params["SecretId"])
    version = _asked_for(secret, params.get("VersionId"), params.get("VersionStage"))
    # The date alone is kept (fact 4.16).
    secret.accessed_on = version.accessed_on = account.now.replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "ARN": secret.arn,
        "Name": secret.name,
        "VersionId": version.id,
        "VersionStages": list(version.labels),
        "CreatedDate": version.created_at,
        ("SecretString" if isinstance(version.value, str) else "SecretBinary"): version.value,
    }


def _asked_for(secret: Secret, version_id: str | None, label: str | None) -> Version:
    version = secret.versions.get(version_id) if version_id else secret.holder(label or CURRENT)
    if version is None:
        message = f"Secrets Manager can't find the specified secret value for {version_id or label or CURRENT}."
        raise ServiceError("ResourceNotFoundException", message)
    if version_id and label and label not in version.labels:
        raise ServiceError("InvalidRequestException", f"The version {version_id} does not carry {label}.")
    return version
