"""Values of secrets: written once under a token, stored in versions, found by their staging labels."""

import re
import time
from collections.abc import Callable

from sandbox.emulator.observers import observing
from sandbox.emulator.secret_encryption import may_decrypt, may_encrypt
from sandbox.emulator.secret_labels import CURRENT, holder, move, refusal_of, require_room, require_short
from sandbox.emulator.secret_lookup import find, unusable
from sandbox.emulator.upstream import (
    Answer,
    Record,
    extend,
    json_answer,
    json_refusal,
    replace,
    responses,
    secretsmanager,
)

# A name that ends like an ARN's random part would be found by a partial ARN that means another secret (CreateSecret).
NAME = re.compile(r"(?!.*-[A-Za-z0-9]{6}$)[A-Za-z0-9/_+=.@-]{1,512}")
VALUE = ("SecretString", "SecretBinary")
DAY_SECONDS = 86_400


def mend() -> None:
    """Answer the actions that write and read versions."""
    extend(secretsmanager, "_create_secret", _create)
    replace(secretsmanager, "_put_secret_value", _put)
    extend(secretsmanager, "_get_secret_value", _get)


def _create(former: Callable[[Record], Answer], request: Record) -> Answer:
    name, token = request.get("Name", ""), request.get("ClientRequestToken")
    if not NAME.fullmatch(name):
        return json_refusal(
            "InvalidParameterException",
            "Invalid name. Must be a valid name containing alphanumeric "
            "characters, or any of the following: -/_+=.@!, and not end like an ARN.",
        )
    _, secret = find(name)
    if secret is None:
        return _create_anew(former, request)
    if secret["DeletedDate"]:
        return json_refusal(
            "InvalidRequestException",
            "You can't create this secret because a secret with this name is already scheduled for deletion.",
        )
    if token in secret["Versions"] and _same_value(secret["Versions"][token], request):
        return json_answer({"ARN": secret["ARN"], "Name": name, "VersionId": token})
    return former(request)


def _create_anew(former: Callable[[Record], Answer], request: Record) -> Answer:
    if _has_value(request) and (refusal := may_encrypt(request.get("KmsKeyId"), _arn_to_be(request["Name"]))):
        return refusal
    answer = former(request)
    _, secret = find(request["Name"])
    ((made, version),) = secret["Versions"].items()
    # Without a value there is no version; with one, the token is its ID (API reference, CreateSecret).
    version_id = request.get("ClientRequestToken", made) if _has_value(request) else None
    secret["Versions"] = {version_id: version} if version_id else {}
    return json_answer({"ARN": secret["ARN"], "Name": secret["Name"], "VersionId": version_id}) if secret else answer


def _put(request: Record) -> Answer:
    _, secret = find(request.get("SecretId", ""))
    if refusal := unusable(secret):
        return refusal
    version_id = request.get("ClientRequestToken") or responses.new_uuid()
    if version_id in secret["Versions"]:
        if not _same_value(secret["Versions"][version_id], request):
            return json_refusal(
                "ResourceExistsException",
                "You can't use ClientRequestToken "
                f"{version_id} because that value is already in use for a version of secret {secret['ARN']}.",
            )
        return _stored(secret, version_id)
    labels = list(request.get("VersionStages") or [CURRENT])
    if not secret["Versions"]:
        # The first value of an empty secret is the current one, whatever was asked for (API reference, PutSecretValue).
        labels = list(dict.fromkeys([*labels, CURRENT]))
    try:
        require_short(labels)
        require_room(secret, labels)
    except ValueError as error:
        return refusal_of(error)
    if refusal := may_encrypt(secret.get("KmsKeyId"), secret["ARN"]):
        return refusal
    value = {name: request.get(name) for name in VALUE}
    secret["Versions"][version_id] = {**value, "CreatedDate": time.time(), "Stages": []}
    for label in labels:
        move(secret, label, version_id)
    secret["LastChangedDate"] = int(time.time())
    return _stored(secret, version_id)


def _stored(secret: Record, version_id: str) -> Answer:
    labels = list(secret["Versions"][version_id]["Stages"])
    return json_answer({"ARN": secret["ARN"], "Name": secret["Name"], "VersionId": version_id, "VersionStages": labels})


def _get(former: Callable[[Record], Answer], request: Record) -> Answer:
    _, secret = find(request.get("SecretId", ""))
    if refusal := unusable(secret):
        return refusal
    version_id = request.get("VersionId") or holder(secret, request.get("VersionStage", CURRENT))
    if version_id in secret["Versions"] and (refusal := may_decrypt(secret.get("KmsKeyId"), secret["ARN"])):
        return refusal
    accessed = secret["LastAccessedDate"]
    answer = former(request)
    if version_id in secret["Versions"] and not observing():
        # Access is remembered by the day (API reference, SecretVersionsListEntry).
        accessed = time.time() // DAY_SECONDS * DAY_SECONDS
        secret["Versions"][version_id]["LastAccessedDate"] = accessed
    secret["LastAccessedDate"] = accessed
    return answer


def _arn_to_be(name: str) -> str:
    return f"arn:aws:secretsmanager:{responses.get_region()}:{responses.get_account_id()}:secret:{name}-000000"


def _has_value(request: Record) -> bool:
    return any(request.get(name) is not None for name in VALUE)


def _same_value(version: Record, request: Record) -> bool:
    return all(version.get(name) == request.get(name) for name in VALUE)
