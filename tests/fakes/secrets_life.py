"""Secrets Manager's secrets themselves: creation under a name, tags, a deletion to be undone (facts 4.7 and 4.8)."""

import re
from datetime import timedelta

from tests.fakes import notes, tags
from tests.fakes.account import Account
from tests.fakes.calls import Caller, Params, Response, ServiceError, operation
from tests.fakes.secrets_find import found, usable
from tests.fakes.secrets_values import add, value_in
from tests.fakes.vault import CURRENT, Secret, Version

NAME = re.compile(r"[A-Za-z0-9/_+=.@-]{1,512}")
LOOKS_LIKE_AN_ARN = re.compile(r".*-[A-Za-z0-9]{6}")
DAYS_OF_RECOVERY = range(7, 31)


@operation("secretsmanager", mutating=True)
def create_secret(account: Account, caller: Caller, params: Params) -> Response:
    name, value = params["Name"], value_in(params)
    if not NAME.fullmatch(name) or LOOKS_LIKE_AN_ARN.fullmatch(name):
        raise ServiceError("InvalidParameterException", f"Invalid name {name}.")
    if name in account.secrets:
        return _created_again(account.secrets[name], params)
    secret = Secret(name, _arn(account, name), account.now, account.now)
    secret.tags = tags.parse(params.get("Tags", ()), "InvalidParameterException")
    secret.description, secret.kms_key_id = params.get("Description", ""), params.get("KmsKeyId", "")
    account.secrets[name] = secret
    told = {"ARN": secret.arn, "Name": name}
    if value is None:
        return told
    version = Version(params["ClientRequestToken"], value, account.now, caller)
    add(account, secret, version, [CURRENT])
    return told | {"VersionId": version.id}


def _arn(account: Account, name: str) -> str:
    account.secrets_made += 1
    return f"arn:aws:secretsmanager:{account.region}:{account.id}:secret:{name}-{account.secrets_made:06d}"


def _created_again(secret: Secret, params: Params) -> Response:
    if secret.deletion_at is not None:
        message = "You can't create this secret because a secret with this name is already scheduled for deletion."
        raise ServiceError("InvalidRequestException", message)
    version = secret.versions.get(params["ClientRequestToken"])
    if version is None or version.value != value_in(params):
        raise ServiceError("ResourceExistsException", f"The secret {secret.name} already exists.")
    return {"ARN": secret.arn, "Name": secret.name, "VersionId": version.id}


@operation("secretsmanager", mutating=True)
def put_resource_policy(account: Account, _caller: Caller, params: Params) -> Response:
    secret = usable(account, params["SecretId"])
    secret.policy = params["ResourcePolicy"]
    return {"ARN": secret.arn, "Name": secret.name}


@operation("secretsmanager", mutating=True)
def tag_resource(account: Account, _caller: Caller, params: Params) -> Response:
    secret = usable(account, params["SecretId"])
    merged = secret.tags | tags.parse(params["Tags"], "InvalidParameterException")
    if len(merged) > tags.MAX_TAGS:
        raise ServiceError("InvalidParameterException", "A secret has at most 50 tags.")
    secret.tags = merged
    return {}


@operation("secretsmanager", mutating=True)
def untag_resource(account: Account, _caller: Caller, params: Params) -> Response:
    secret = usable(account, params["SecretId"])
    secret.tags = {key: value for key, value in secret.tags.items() if key not in params["TagKeys"]}
    return {}


@operation("secretsmanager", mutating=True)
def delete_secret(account: Account, caller: Caller, params: Params) -> Response:
    forced, days = params.get("ForceDeleteWithoutRecovery", False), params.get("RecoveryWindowInDays")
    secret = (found if forced else usable)(account, params["SecretId"])
    if days is not None and (forced or days not in DAYS_OF_RECOVERY):
        message = "The RecoveryWindowInDays value must be between 7 and 30 days, and excludes a forced deletion."
        raise ServiceError("InvalidParameterException", message)
    secret.deletion_at = account.now + timedelta(days=0 if forced else days or DAYS_OF_RECOVERY[-1])
    notes.losses(account, caller, secret)
    return {"ARN": secret.arn, "Name": secret.name, "DeletionDate": secret.deletion_at}


@operation("secretsmanager", mutating=True)
def restore_secret(account: Account, caller: Caller, params: Params) -> Response:
    secret = found(account, params["SecretId"])
    secret.deletion_at = None
    notes.losses(account, caller, secret)
    return {"ARN": secret.arn, "Name": secret.name}
