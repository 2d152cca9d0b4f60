"""IAM user names: unique and found whatever their case, shown in the spelling they were created with."""

from collections.abc import Callable
from functools import partial

from sandbox.emulator.upstream import (
    Answer,
    Record,
    access_keys,
    calling_key,
    extend_iam,
    iam_actions_known,
    iam_parameter,
    iam_refusal,
    users,
)

# When these name no user, the one who signs is meant (API reference, "UserName").
OF_THE_CALLER = frozenset({"CreateAccessKey", "ListAccessKeys", "UpdateAccessKey", "DeleteAccessKey", "GetUser"})


def mend() -> None:
    """Have every IAM action that names a user find it in any spelling."""
    for action in iam_actions_known():
        if action != "CreateUser":
            extend_iam(action, partial(_find_the_user, action))
    extend_iam("CreateUser", _create_user)


def spelling(name: str) -> str:
    """Give the name as the user was created with it; a name of nobody is given back."""
    if name in users:
        return name
    return next((known for known in users if known.lower() == name.lower()), name)


def _find_the_user(action: str, former: Callable[[Record], Answer], params: Record) -> Answer:
    name = iam_parameter(params, "UserName")
    if name:
        return former({**params, "UserName": [spelling(name)]})
    if action in OF_THE_CALLER and calling_key() in access_keys:
        return former({**params, "UserName": [access_keys[calling_key()]["UserName"]]})
    return former(params)


def _create_user(former: Callable[[Record], Answer], params: Record) -> Answer:
    name = iam_parameter(params, "UserName")
    if spelling(name) in users:
        return iam_refusal(409, "EntityAlreadyExists", f"User with name {name} already exists.")
    return former(params)
