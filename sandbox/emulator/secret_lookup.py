"""Finding a secret, and what is refused of one that is going."""

from sandbox.emulator.upstream import Answer, Record, json_refusal, secretsmanager

GOING = "You can't perform this operation on the secret because it was marked for deletion."


def find(secret_id: str) -> tuple[str, Record]:
    """Give the name and the record of a secret that is named by its name or its ARN."""
    found: tuple[str, Record] = secretsmanager._resolve(secret_id)
    return found


def unusable(secret: Record | None) -> Answer | None:
    """Refuse what can not be done to a secret that is not there or scheduled for deletion."""
    if not secret:
        return json_refusal("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
    if secret["DeletedDate"]:
        return json_refusal("InvalidRequestException", GOING)
    return None
