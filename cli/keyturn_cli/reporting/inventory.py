"""The account's users and their keys, from IAM itself: what the rotator says of them can be held against it."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from keyturn.domain.access_key import AccessKey, KeyStatus, LastUse, User
from keyturn_cli.reporting.evidence import Holding

if TYPE_CHECKING:
    from keyturn_cli.sessions import Client

_AT_ONCE: Final = 8
_NO_SUCH_ENTITY: Final = "NoSuchEntity"


def whole(connect: "Callable[[], Client]") -> tuple[list[Holding], str | None]:
    """Read all users and keys of an account that may not be readable; give what could be read, or why nothing."""
    try:
        iam = connect()
        return holdings(iam, users(iam), lambda: None), None
    except (ClientError, BotoCoreError) as error:
        return [], _told(error)


def users(iam: "Client") -> list[User]:
    """List all users with their tags."""
    pages = iam.get_paginator("get_account_authorization_details").paginate(Filter=["User"])
    found = [_user(each) for page in pages for each in page.get("UserDetailList", [])]
    return sorted(found, key=lambda user: user.name.casefold())


def holdings(iam: "Client", found: Iterable[User], tick: Callable[[], object]) -> list[Holding]:
    """Read the keys of users, several users at once; `tick` is called after each.

    A user that was deleted in between is left out. One whose keys can't be read is in the list, and says so.
    """

    def read(user: User) -> Holding | None:
        try:
            return _holding(iam, user)
        except (ClientError, BotoCoreError) as error:
            return Holding(user, unreadable=_told(error)) if not _gone(error) else None
        finally:
            tick()

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return [holding for holding in pool.map(read, found) if holding]


def _holding(iam: "Client", user: User) -> Holding:
    pages = iam.get_paginator("list_access_keys").paginate(UserName=user.name)
    keys = [
        AccessKey(each["AccessKeyId"], KeyStatus(each["Status"]), each["CreateDate"])
        for page in pages
        for each in page.get("AccessKeyMetadata", [])
    ]
    uses = {key.id: _last_use(iam, key.id) for key in keys}
    return Holding(user, tuple(sorted(keys, key=lambda key: (key.created, key.id))), uses)


def _last_use(iam: "Client", key_id: str) -> LastUse:
    used = iam.get_access_key_last_used(AccessKeyId=key_id).get("AccessKeyLastUsed", {})
    return LastUse(used.get("LastUsedDate"), used.get("ServiceName", "N/A"), used.get("Region", "N/A"))


def _user(detail: dict[str, Any]) -> User:
    return User(
        name=detail["UserName"],
        id=detail["UserId"],
        arn=detail["Arn"],
        path=detail["Path"],
        created=detail["CreateDate"],
        tags={tag["Key"]: tag["Value"] for tag in detail.get("Tags", [])},
    )


def _gone(error: Exception) -> bool:
    return isinstance(error, ClientError) and error.response.get("Error", {}).get("Code") == _NO_SUCH_ENTITY


def _told(error: Exception) -> str:
    if isinstance(error, ClientError):
        return f"{error.operation_name}: {error.response.get('Error', {}).get('Code', 'Unknown')}"
    return type(error).__name__
