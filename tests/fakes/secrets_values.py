"""Secrets Manager's values: a version by its token, never overwritten (facts 4.1 to 4.3, 4.6)."""

from collections.abc import Iterable
from datetime import timedelta

from tests.fakes import notes, tags
from tests.fakes.account import Account
from tests.fakes.calls import Caller, Params, Response, ServiceError, operation
from tests.fakes.secrets_find import usable
from tests.fakes.vault import CURRENT, PREVIOUS, Secret, Version

MAX_LABELS, MAX_VERSIONS = 20, 100
KEPT_FOR_SURE = timedelta(days=1)


@operation("secretsmanager", mutating=True)
def put_secret_value(account: Account, caller: Caller, params: Params) -> Response:
    secret, value = usable(account, params["SecretId"]), value_in(params)
    if value is None:
        raise ServiceError("InvalidRequestException", "You must provide either SecretString or SecretBinary.")
    version = secret.versions.get(params["ClientRequestToken"])
    if version is None:
        version = Version(params["ClientRequestToken"], value, account.now, caller)
        add(account, secret, version, params.get("VersionStages", [CURRENT]))
    elif version.value != value:
        message = f"The operation failed because the version {version.id} already exists with a different value."
        raise ServiceError("ResourceExistsException", message)
    return {"ARN": secret.arn, "Name": secret.name, "VersionId": version.id, "VersionStages": list(version.labels)}


def value_in(params: Params) -> str | bytes | None:
    if "SecretString" in params and "SecretBinary" in params:
        raise ServiceError("InvalidParameterException", "You can't specify both SecretString and SecretBinary.")
    value: str | bytes | None = params.get("SecretString", params.get("SecretBinary"))
    return value


def add(account: Account, secret: Secret, version: Version, labels: Iterable[str]) -> None:
    """Keep a new version; the first of a secret gets AWSCURRENT beside what was asked for (fact 4.3)."""
    asked = dict.fromkeys(labels if secret.versions else [*labels, CURRENT])
    refuse_too_many(secret, *asked)
    secret.versions[version.id] = version
    for label in asked:
        secret.attach(label, version)
    notes.storage(account, version)
    notes.losses(account, version.created_by, secret)
    secret.changed_at = account.now
    _forget_oldest(account, secret)


def refuse_too_many(secret: Secret, *labels: str) -> None:
    """Twenty labels over all versions of a secret, 256 characters each (fact 4.6)."""
    follows = {PREVIOUS} if CURRENT in labels and secret.holder(CURRENT) else set()
    if len(secret.labels | set(labels) | follows) > MAX_LABELS:
        raise ServiceError("LimitExceededException", "The request failed: more than 20 staging labels.")
    if any(not 0 < len(label) <= tags.MAX_VALUE for label in labels):
        raise ServiceError("InvalidParameterException", "A staging label has 1 to 256 characters.")


def _forget_oldest(account: Account, secret: Secret) -> None:
    """Only the newest hundred are kept, and whatever is labelled or younger than a day (fact 4.6)."""
    for version in list(secret.versions.values())[:-MAX_VERSIONS]:
        if not version.labels and account.now - version.created_at > KEPT_FOR_SURE:
            del secret.versions[version.id]
