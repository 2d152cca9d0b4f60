"""Values of secrets: written once under a token, stored in versions, found by their staging labels."""

import re
import time
from collections.abc import Callable

from sandbox.emulator.observers import observing
from sandbox.emulator.secret_encryption import may_decrypt, may_encrypt
from sandbox.emulator.secret_labels import CURRENT, LABEL_LENGTH, TooManyLabelsError, holder, move, remove, require_room
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
GOING = "You can't perform this operation on the secret because it was marked for deletion."


def mend() -> None:
    """Answer the actions that write, read and label versions."""
    extend(secretsmanager, "_create_secret", _create)
    replace(secretsmanager, "_put_secret_value", _put)
    extend(secretsmanager, "_get_secret_value", _get)
    replace(secretsmanager, "_update_secret_version_stage", _update_stage)


def _create(former: Callable[[Record], Answer], request: Record) -> Answer:
    name, token = request.get("Name", ""), request.get("ClientRequestToken")
    if not NAME.fullmatch(name):
        return json_refusal(
            "InvalidParameterException",
            "Invalid name. Must be a valid name containing alphanumeric "
            "characters, or any of the following: -/_+=.@!, and not end like an ARN.",
        )
    _, secret = _find(name)
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
    _, secret = _find(request["Name"])
    ((made, version),) = secret["Versions"].items()
    # Without a value there is no version; with one, the token is its ID (API reference, CreateSecret).
    version_id = request.get("ClientRequestToken", made) if _has_value(request) else None
    secret["Versions"] = {version_id: version} if version_id else {}
    return json_answer({"ARN": secret["ARN"], "Name": secret["Name"], "VersionId": version_id}) if secret else answer


def _put(request: Record) -> Answer:
    _, secret = _find(request.get("SecretId", ""))
    if refusal := _unusable(secret):
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
        _require_short(labels)
        require_room(secret, labels)
    except ValueError as error:
        return _label_refusal(error)
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
    _, secret = _find(request.get("SecretId", ""))
    if refusal := _unusable(secret):
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


def _update_stage(request: Record) -> Answer:
    _, secret = _find(request.get("SecretId", ""))
    if refusal := _unusable(secret):
        return refusal
    label = request.get("VersionStage", "")
    to, away_from = request.get("MoveToVersionId", ""), request.get("RemoveFromVersionId", "")
    for version_id in filter(None, (to, away_from)):
        if version_id not in secret["Versions"]:
            return json_refusal("ResourceNotFoundException", f"Secrets Manager can't find version {version_id}.")
    try:
        _require_short([label])
        _require_holder(secret, label, to, away_from)
        require_room(secret, [label] if to else [])
    except ValueError as error:
        return _label_refusal(error)
    if to:
        move(secret, label, to)
    else:
        remove(secret, label, away_from)
    secret["LastChangedDate"] = int(time.time())
    return json_answer({"ARN": secret["ARN"], "Name": secret["Name"]})


def _require_holder(secret: Record, label: str, to: str, away_from: str) -> None:
    """Compare before the swap: a label is moved or removed only by those who know which version has it."""
    present = holder(secret, label)
    if not to and not away_from:
        raise ValueError("You must specify MoveToVersionId or RemoveFromVersionId.")
    if away_from and away_from != present:
        raise ValueError(f"The staging label {label} is on version {present}, not on version {away_from}.")
    if to and present not in {None, to} and not away_from:
        raise ValueError(f"The staging label {label} is on version {present}: name it as RemoveFromVersionId.")
    if label == CURRENT and not to:
        raise ValueError(f"You can't remove {CURRENT} from a secret, only move it.")


def _require_short(labels: list[str]) -> None:
    for label in labels:
        if not 1 <= len(label) <= LABEL_LENGTH:
            raise ValueError(f"A staging label has 1 to {LABEL_LENGTH} characters.")


def _label_refusal(error: Exception) -> Answer:
    code = "LimitExceededException" if isinstance(error, TooManyLabelsError) else "InvalidParameterException"
    return json_refusal(code, str(error))


def _find(secret_id: str) -> tuple[str, Record]:
    found: tuple[str, Record] = secretsmanager._resolve(secret_id)
    return found


def _unusable(secret: Record | None) -> Answer | None:
    if not secret:
        return json_refusal("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
    if secret["DeletedDate"]:
        return json_refusal("InvalidRequestException", GOING)
    return None


def _arn_to_be(name: str) -> str:
    return f"arn:aws:secretsmanager:{responses.get_region()}:{responses.get_account_id()}:secret:{name}-000000"


def _has_value(request: Record) -> bool:
    return any(request.get(name) is not None for name in VALUE)


def _same_value(version: Record, request: Record) -> bool:
    return all(version.get(name) == request.get(name) for name in VALUE)
