"""Staging labels of a secret: each on one version at most, twenty in all, AWSPREVIOUS behind AWSCURRENT."""

import time
from collections.abc import Iterable

from sandbox.emulator.upstream import Answer, Record, extend, json_refusal, secretsmanager

CURRENT, PREVIOUS, PENDING = "AWSCURRENT", "AWSPREVIOUS", "AWSPENDING"
# Secrets Manager quotas: labels over all versions of a secret, their length, and the versions it keeps.
LABELS_OF_A_SECRET, LABEL_LENGTH = 20, 256
VERSIONS_KEPT, KEPT_WHATEVER_SECONDS = 100, 86_400


def mend() -> None:
    """Have UpdateSecret promote its version as every other call does."""
    extend(secretsmanager, "_apply_current_promotion", lambda _former, secret, version: move(secret, CURRENT, version))


class TooManyLabelsError(ValueError):
    """The labels asked for do not fit beside those that are there."""


def holder(secret: Record, label: str) -> str | None:
    """Give the ID of the version that a label is on."""
    version_id: str | None = secretsmanager._find_stage_version(secret, label)[0]
    return version_id


def require_room(secret: Record, labels: Iterable[str]) -> None:
    """Refuse labels that are new to the secret once it has all it may have."""
    there = {label for version in secret["Versions"].values() for label in version["Stages"]}
    if len(there | set(labels)) > LABELS_OF_A_SECRET:
        raise TooManyLabelsError(f"You can't attach more than {LABELS_OF_A_SECRET} staging labels to the secret.")


def require_short(labels: Iterable[str]) -> None:
    """Refuse a label that is empty or too long."""
    for label in labels:
        if not 1 <= len(label) <= LABEL_LENGTH:
            raise ValueError(f"A staging label has 1 to {LABEL_LENGTH} characters.")


def refusal_of(error: ValueError) -> Answer:
    """Give the answer to labels that were refused."""
    code = "LimitExceededException" if isinstance(error, TooManyLabelsError) else "InvalidParameterException"
    return json_refusal(code, str(error))


def move(secret: Record, label: str, version_id: str) -> None:
    """Put a label on a version, take it from the one that had it, and tell the default event bus."""
    former = holder(secret, label)
    if former == version_id:
        return
    if former:
        remove(secret, label, former)
    secret["Versions"][version_id]["Stages"].append(label)
    if label not in (PENDING, PREVIOUS):
        secretsmanager._emit_secret_label_updated(secret, label, version_id)
    if label == CURRENT and former:
        move(secret, PREVIOUS, former)
    _forget_old_versions(secret)


def remove(secret: Record, label: str, version_id: str) -> None:
    """Take a label from a version, which stays."""
    secret["Versions"][version_id]["Stages"].remove(label)


def _forget_old_versions(secret: Record) -> None:
    newest_first = sorted(secret["Versions"].items(), key=lambda each: each[1]["CreatedDate"], reverse=True)
    for version_id, version in newest_first[VERSIONS_KEPT:]:
        if not version["Stages"] and time.time() - version["CreatedDate"] > KEPT_WHATEVER_SECONDS:
            del secret["Versions"][version_id]
