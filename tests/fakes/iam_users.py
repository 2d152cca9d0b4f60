"""IAM's users and their tags."""

from collections.abc import Iterable, Mapping
from typing import Any

from tests.fakes import tags
from tests.fakes.account import Account
from tests.fakes.calls import Caller, Params, Response, ServiceError, operation
from tests.fakes.identities import User
from tests.fakes.paging import iam_page


def named(account: Account, name: str) -> User:
    """The user of that name in any spelling (fact 2.8)."""
    user = account.users.get(name.lower())
    if user is None:
        raise ServiceError("NoSuchEntity", f"The user with name {name} cannot be found.", 404)
    return user


def shown(user: User) -> dict[str, Any]:
    """The members that every answer about a user has; listings leave the tags out (fact 3.8)."""
    return {
        "Path": user.path,
        "UserName": user.name,
        "UserId": user.id,
        "Arn": user.arn,
        "CreateDate": user.created_at,
    }


def in_order(account: Account, prefix: str = "/") -> list[User]:
    return sorted((user for user in account.users.values() if user.path.startswith(prefix)), key=lambda user: user.name)


def _refuse_taken(account: Account, name: str) -> None:
    if name.lower() in account.users:
        raise ServiceError("EntityAlreadyExists", f"User with name {name} already exists.", 409)


def _tag(user: User, pairs: Iterable[Mapping[str, str]]) -> None:
    merged = user.tags | tags.parse(pairs, "InvalidInput")
    if len(merged) > tags.MAX_TAGS:
        raise ServiceError("LimitExceeded", "Cannot exceed quota for TagsPerUser: 50", 409)
    user.tags = merged


@operation("iam")
def list_users(account: Account, _caller: Caller, params: Params) -> Response:
    listed = [shown(user) for user in in_order(account, params.get("PathPrefix", "/"))]
    return iam_page(account, listed, params, "Users")


@operation("iam")
def get_user(account: Account, _caller: Caller, params: Params) -> Response:
    user = named(account, params["UserName"])
    return {"User": shown(user) | ({"Tags": tags.shown(user.tags)} if user.tags else {})}


@operation("iam")
def list_user_tags(account: Account, _caller: Caller, params: Params) -> Response:
    user = named(account, params["UserName"])
    return iam_page(account, tags.shown(dict(sorted(user.tags.items()))), params, "Tags")


@operation("iam")
def list_attached_user_policies(account: Account, _caller: Caller, params: Params) -> Response:
    return iam_page(account, _attached(named(account, params["UserName"])), params, "AttachedPolicies")


@operation("iam", mutating=True)
def tag_user(account: Account, _caller: Caller, params: Params) -> Response:
    _tag(named(account, params["UserName"]), params["Tags"])
    return {}


@operation("iam", mutating=True)
def untag_user(account: Account, _caller: Caller, params: Params) -> Response:
    user = named(account, params["UserName"])
    user.tags = {key: value for key, value in user.tags.items() if key not in params["TagKeys"]}
    return {}


@operation("iam", mutating=True)
def create_user(account: Account, _caller: Caller, params: Params) -> Response:
    _refuse_taken(account, params["UserName"])
    tags.parse(params.get("Tags", ()), "InvalidInput")
    user = account.add_user(params["UserName"], params.get("Path", "/"), account.now)
    _tag(user, params.get("Tags", ()))
    return {"User": shown(user) | ({"Tags": tags.shown(user.tags)} if user.tags else {})}


@operation("iam", mutating=True)
def delete_user(account: Account, _caller: Caller, params: Params) -> Response:
    user = named(account, params["UserName"])
    if user.living:
        raise ServiceError("DeleteConflict", "Cannot delete entity, must delete access keys first.", 409)
    del account.users[user.name.lower()]
    return {}


@operation("iam", mutating=True)
def update_user(account: Account, _caller: Caller, params: Params) -> Response:
    user = named(account, params["UserName"])
    name = params.get("NewUserName", user.name)
    if name.lower() != user.name.lower():
        _refuse_taken(account, name)
    del account.users[user.name.lower()]
    user.name, user.path = name, params.get("NewPath", user.path)
    account.users[name.lower()] = user
    return {}


@operation("iam")
def get_account_authorization_details(account: Account, _caller: Caller, params: Params) -> Response:
    """Users with paths and tags, without their keys (fact 3.7); other entities do not exist here."""
    wanted = params.get("Filter", ["User"])
    listed = [_detail(user) for user in in_order(account)] if "User" in wanted else []
    return iam_page(account, listed, params, "UserDetailList") | {
        "GroupDetailList": [],
        "RoleDetailList": [],
        "Policies": [],
    }


def _detail(user: User) -> dict[str, Any]:
    attached = _attached(user)
    return shown(user) | {"GroupList": [], "AttachedManagedPolicies": attached, "Tags": tags.shown(user.tags)}


def _attached(user: User) -> list[dict[str, str]]:
    return [{"PolicyName": name, "PolicyArn": f"arn:aws:iam::aws:policy/{name}"} for name in user.policies]
