"""Moving a staging label by hand: compared before it is swapped."""

import time

from sandbox.emulator.secret_labels import CURRENT, holder, move, refusal_of, remove, require_room, require_short
from sandbox.emulator.secret_lookup import find, unusable
from sandbox.emulator.upstream import Answer, Record, json_answer, json_refusal, replace, secretsmanager


def mend() -> None:
    """Answer the action that moves and removes labels."""
    replace(secretsmanager, "_update_secret_version_stage", _update_stage)


def _update_stage(request: Record) -> Answer:
    _, secret = find(request.get("SecretId", ""))
    if refusal := unusable(secret):
        return refusal
    label = request.get("VersionStage", "")
    to, away_from = request.get("MoveToVersionId", ""), request.get("RemoveFromVersionId", "")
    for version_id in filter(None, (to, away_from)):
        if version_id not in secret["Versions"]:
            return json_refusal("ResourceNotFoundException", f"Secrets Manager can't find version {version_id}.")
    try:
        require_short([label])
        _require_holder(secret, label, to, away_from)
        require_room(secret, [label] if to else [])
    except ValueError as error:
        return refusal_of(error)
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
