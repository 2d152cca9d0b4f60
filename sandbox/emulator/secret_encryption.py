"""The KMS key of a secret: whoever writes or reads a value needs its use, granted by policies as for any KMS call."""

from sandbox.emulator.other_accounts import as_the_caller, caller_account
from sandbox.emulator.upstream import Answer, calling_key, evaluator, json_refusal, kms, responses


def may_encrypt(key_id: str | None, secret_arn: str) -> Answer | None:
    """Refuse a caller who may not encrypt a value (both are needed: user guide, secret encryption)."""
    return _refusal(key_id, secret_arn, "kms:GenerateDataKey") or _refusal(key_id, secret_arn, "kms:Decrypt")


def may_decrypt(key_id: str | None, secret_arn: str) -> Answer | None:
    """Refuse a caller who may not decrypt a value."""
    return _refusal(key_id, secret_arn, "kms:Decrypt")


def _refusal(key_id: str | None, secret_arn: str, action: str) -> Answer | None:
    # Without a key of its own a secret is under aws/secretsmanager, which serves the whole account.
    if not key_id or not calling_key():
        return None
    key = kms._resolve_key(key_id)
    if not key or key.get("KeyState", "Enabled") != "Enabled":
        return json_refusal("EncryptionFailure", f"The KMS key {key_id} is not there or not enabled.")
    region = responses.get_region()
    context = {
        "kms:ViaService": f"secretsmanager.{region}.amazonaws.com",
        "kms:CallerAccount": caller_account(),
        "kms:EncryptionContextKeys": ["SecretARN", "SecretVersionId"],
        "kms:EncryptionContext:SecretARN": secret_arn,
    }
    with as_the_caller():
        denied = evaluator.enforce(calling_key(), action, "kms", region, key["Arn"], context)
    return json_refusal("AccessDeniedException", "Access to KMS is not allowed") if denied else None
