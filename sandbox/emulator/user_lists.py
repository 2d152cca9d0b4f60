"""Lists of users: ListUsers paged and without tags, GetAccountAuthorizationDetails paged and with them."""

from collections.abc import Callable

from sandbox.emulator.markup import element, members
from sandbox.emulator.paging import BadPageError, page
from sandbox.emulator.upstream import (
    Answer,
    Record,
    answer_iam,
    extend_iam,
    iam,
    iam_parameter,
    iam_refusal,
    iam_xml,
    replace,
    users,
)

IDENTITY = ("UserName", "UserId", "Arn", "Path", "CreateDate")


def mend() -> None:
    """Answer both lists, and write a user and its tags wherever they are shown."""
    replace(iam, "_user_xml", _user)
    answer_iam("ListUserTags", _list_tags)
    answer_iam("ListUsers", _list_users)
    extend_iam("GetAccountAuthorizationDetails", _authorization_details)


def _list_users(params: Record) -> Answer:
    prefix = iam_parameter(params, "PathPrefix") or "/"
    inside = {name: user for name, user in users.items() if user["Path"].startswith(prefix)}
    try:
        shown, rest = page(inside, params)
    except BadPageError as error:
        return error.refusal()
    return iam_xml("ListUsers", members("Users", map(_identity, shown)) + rest)


def _authorization_details(former: Callable[[Record], Answer], params: Record) -> Answer:
    # Only the users' part is mended: the others are read by nobody here, and stay whole in one page.
    if iam_parameter(params, "Filter.member.1") != "User" or iam_parameter(params, "Filter.member.2"):
        return former(params)
    try:
        shown, rest = page(dict(users.items()), params)
    except BadPageError as error:
        return error.refusal()
    return iam_xml("GetAccountAuthorizationDetails", members("UserDetailList", map(_detail, shown)) + rest)


def _list_tags(params: Record) -> Answer:
    name = iam_parameter(params, "UserName")
    if name not in users:
        return iam_refusal(404, "NoSuchEntity", f"The user with name {name} cannot be found.")
    try:
        shown, rest = page({tag["Key"]: tag for tag in users[name]["Tags"]}, params)
    except BadPageError as error:
        return error.refusal()
    return iam_xml("ListUserTags", _tags(shown) + rest)


def _user(name: str, *, boundary: bool = True) -> str:
    user = users[name]
    bound = user.get("PermissionsBoundary") if boundary else None
    kind = element("PermissionsBoundaryType", "PermissionsBoundaryPolicy")
    limit = f"<PermissionsBoundary>{kind}{element('PermissionsBoundaryArn', bound)}</PermissionsBoundary>"
    return _identity(user) + (limit if bound else "") + (_tags(user["Tags"]) if user["Tags"] else "")


def _tags(tags: list[dict[str, str]]) -> str:
    return members("Tags", (element("Key", tag["Key"]) + element("Value", tag["Value"]) for tag in tags))


def _identity(user: Record) -> str:
    return "".join(element(name, user[name]) for name in IDENTITY)


def _detail(user: Record) -> str:
    name = user["UserName"]
    # The policies themselves are left to the calls that ask for them: no reader of this list wants them here.
    attached = [
        element("PolicyName", arn.rsplit("/", 1)[-1]) + element("PolicyArn", arn) for arn in user["AttachedPolicies"]
    ]
    groups = [group["GroupName"] for group in iam._groups.values() if name in group.get("Users", [])]
    return (
        _identity(user)
        + members("GroupList", groups)
        + members("AttachedManagedPolicies", attached)
        + _tags(user["Tags"])
    )
