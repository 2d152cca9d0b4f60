"""ARNs that policies are checked against: an IAM user's with its path, and an access key's through its user."""

from collections.abc import Callable
from typing import Any

from sandbox.emulator.upstream import access_keys, extend, iam_actions, users
from sandbox.emulator.user_names import spelling

# What AWS names in its refusal, since there is no user whose ARN it could be.
UNKNOWN_KEY = "access key "


def mend() -> None:
    """Find the ARNs of users where ministack knows their names only."""
    extend(iam_actions, "extract_resource_arn", _resource_arn)


def _resource_arn(former: Callable[..., str], service: str, *request: Any) -> str:
    if service != "iam":
        return former(service, *request)
    parameters = request[4]
    name = _first(parameters, "UserName")
    key_id = _first(parameters, "AccessKeyId")
    if not name and key_id in access_keys:
        # GetAccessKeyLastUsed names a key only, yet is allowed or not for its user (service authorization reference).
        name = access_keys[key_id]["UserName"]
    if not name and _first(parameters, "Action") == "GetAccessKeyLastUsed" and key_id not in access_keys:
        return UNKNOWN_KEY + key_id
    user = users.get(spelling(name)) if name else None
    if user:
        return str(user["Arn"])
    path = _first(parameters, "Path")
    if name and path:
        return former(service, *request).replace(":user/", f":user{path}")
    return former(service, *request)


def _first(parameters: dict[str, Any], name: str) -> str:
    value = parameters.get(name, "")
    return str(value[0] if isinstance(value, list) else value)
