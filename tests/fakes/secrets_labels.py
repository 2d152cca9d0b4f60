"""Secrets Manager's staging labels: one call that moves a label only from where it is said to be (fact 4.4)."""

from tests.fakes import notes
from tests.fakes.account import Account
from tests.fakes.calls import Caller, Params, Response, ServiceError, operation
from tests.fakes.secrets_find import usable
from tests.fakes.secrets_values import refuse_too_many
from tests.fakes.vault import CURRENT, Secret, Version


@operation("secretsmanager", mutating=True)
def update_secret_version_stage(account: Account, caller: Caller, params: Params) -> Response:
    secret, label = usable(account, params["SecretId"]), params["VersionStage"]
    source, target = params.get("RemoveFromVersionId"), params.get("MoveToVersionId")
    holder = secret.holder(label)
    _compare(label, holder.id if holder else None, source, target)
    if target is not None:
        notes.storage(account, _move(secret, label, target))
    elif holder is not None:
        _remove(label, holder)
    notes.losses(account, caller, secret)
    secret.changed_at = account.now
    return {"ARN": secret.arn, "Name": secret.name}


def _compare(label: str, holder: str | None, source: str | None, target: str | None) -> None:
    if source is None and target is None:
        raise ServiceError("InvalidParameterException", "Name a version to move the label to or to remove it from.")
    already_there = holder is not None and holder == target and source is None
    if source != holder and not already_there:
        message = f"Staging label {label} is currently attached to version {holder}, not to {source}."
        raise ServiceError("InvalidParameterException", message)


def _remove(label: str, holder: Version) -> None:
    if label == CURRENT:
        message = "You can only move staging label AWSCURRENT to a different version. It can't be removed."
        raise ServiceError("InvalidParameterException", message)
    holder.labels.remove(label)


def _move(secret: Secret, label: str, target: str) -> Version:
    version = secret.versions.get(target)
    if version is None:
        raise ServiceError("ResourceNotFoundException", f"Secrets Manager can't find the version {target}.")
    refuse_too_many(secret, label)
    secret.attach(label, version)
    return version
