"""Secrets Manager's index: all secrets with tags and stages, possibly as they were some minutes ago."""

from typing import Any

from tests.fakes.account import Account
from tests.fakes.calls import Caller, Params, Response, ServiceError, operation
from tests.fakes.paging import token_page
from tests.fakes.secrets_read import shown
from tests.fakes.vault import Secret


@operation("secretsmanager")
def list_secrets(account: Account, _caller: Caller, params: Params) -> Response:
    planned_too = params.get("IncludePlannedDeletion", False)
    filters = params.get("Filters", [])
    listed = [
        entry
        for entry in _index(account)
        if ("DeletedDate" not in entry or planned_too) and all(_matches(entry, one) for one in filters)
    ]
    return token_page(account, listed, params, "SecretList")


def remember_index(account: Account) -> None:
    """Keep the index as it stands before a change, as long as answers lag."""
    if account.list_secrets_lag:
        account.listings.append((account.now, [_entry(one) for one in account.secrets.values()]))


def _index(account: Account) -> list[dict[str, Any]]:
    """What stood before the first change after the moment that the answer is of."""
    moment = account.now - account.list_secrets_lag
    lagging = next((entries for changed_at, entries in account.listings if changed_at > moment), None)
    return [_entry(one) for one in account.secrets.values()] if lagging is None else lagging


def _entry(secret: Secret) -> dict[str, Any]:
    stages = secret.stages
    return shown(secret) | ({"SecretVersionsToStages": stages} if stages else {})


def _matches(entry: dict[str, Any], one: dict[str, Any]) -> bool:
    """Any of the values by prefix, `!` negates (Filter, Secrets Manager API reference)."""
    texts = _texts(entry, one["Key"])
    positive = [value for value in one["Values"] if not value.startswith("!")]
    negative = [value[1:] for value in one["Values"] if value.startswith("!")]
    within = any(_begins(text, value, one["Key"]) for text in texts for value in positive)
    return (within or not positive) and not any(
        _begins(text, value, one["Key"]) for text in texts for value in negative
    )


def _texts(entry: dict[str, Any], key: str) -> list[str]:
    tags = entry.get("Tags", [])
    match key:
        case "name":
            return [entry["Name"]]
        case "description":
            return [entry.get("Description", "")]
        case "tag-key":
            return [tag["Key"] for tag in tags]
        case "tag-value":
            return [tag["Value"] for tag in tags]
        case _:
            raise ServiceError("InvalidParameterException", f"No filter on {key} here.")


def _begins(text: str, value: str, key: str) -> bool:
    """Names and tags match with their case, a description without."""
    return text.lower().startswith(value.lower()) if key == "description" else text.startswith(value)
