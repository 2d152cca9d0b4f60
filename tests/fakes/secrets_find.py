"""Finding a secret by its name or ARN, unless its recovery window is over."""

from tests.fakes.account import Account
from tests.fakes.calls import ServiceError
from tests.fakes.vault import Secret


def found(account: Account, secret_id: str) -> Secret:
    secret = account.secrets.get(_name(secret_id))
    if secret is None or (secret_id.startswith("arn:") and secret_id != secret.arn):
        raise ServiceError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
    return secret


def usable(account: Account, secret_id: str) -> Secret:
    """A secret that takes writes and gives values: not one that is scheduled for deletion (fact 4.8)."""
    secret = found(account, secret_id)
    if secret.deletion_at is not None:
        message = "You can't perform this operation on the secret because it was marked for deletion."
        raise ServiceError("InvalidRequestException", message)
    return secret


def forget_deleted(account: Account) -> None:
    """Drop the secrets whose recovery window is over."""
    over = [one.name for one in account.secrets.values() if one.deletion_at and one.deletion_at <= account.now]
    for name in over:
        del account.secrets[name]


def _name(secret_id: str) -> str:
    if not secret_id.startswith("arn:"):
        return secret_id
    return secret_id.split(":", 6)[-1].rpartition("-")[0]
