"""The door to IAM: users and their access keys."""

from typing import TYPE_CHECKING

from keyturn.aws.clients import Clients
from keyturn.aws.translation import asking
from keyturn.domain.access_key import AccessKey, KeyStatus, LastUse, NewKey, User
from keyturn.domain.refusal import NotFound, Refused

if TYPE_CHECKING:
    from mypy_boto3_iam.literals import StatusTypeType
    from mypy_boto3_iam.type_defs import AttachedPolicyTypeDef, UserDetailTypeDef, UserTypeDef

# The most that IAM gives a page; it may give fewer, or none and say that there are more.
_PAGE = 1000


class Iam:
    """IAM in the domain's words. All methods raise AwsError."""

    def __init__(self, clients: Clients) -> None:
        self._iam = clients.iam
        self._iam_once = clients.iam_once

    def users(self) -> list[User]:
        """List all users of the account with their ids, paths and tags, about 1,000 a call.

        ListUsers has no tags, and no other call gives those of several users (IAM API reference).
        """
        with asking("GetAccountAuthorizationDetails"):
            pages = self._iam.get_paginator("get_account_authorization_details").paginate(
                Filter=["User"], PaginationConfig={"PageSize": _PAGE}
            )
            return [
                _user(each, each.get("AttachedManagedPolicies", []))
                for page in pages
                for each in page.get("UserDetailList", [])
            ]

    def user(self, name: str) -> User:
        """Read one user with its policies; IAM finds it in any case and answers in its own spelling.

        Raises:
            NotFound: when there is none.
        """
        with asking("GetUser"):
            user = self._iam.get_user(UserName=name)["User"]
        with asking("ListAttachedUserPolicies"):
            pages = self._iam.get_paginator("list_attached_user_policies").paginate(UserName=user["UserName"])
            return _user(user, [policy for page in pages for policy in page.get("AttachedPolicies", [])])

    def keys(self, user_name: str) -> tuple[AccessKey, ...]:
        """List a user's keys, oldest first."""
        with asking("ListAccessKeys"):
            pages = self._iam.get_paginator("list_access_keys").paginate(UserName=user_name)
            keys = [
                AccessKey(each["AccessKeyId"], KeyStatus(each["Status"]), each["CreateDate"])
                for page in pages
                for each in page.get("AccessKeyMetadata", [])
            ]
        return tuple(sorted(keys, key=lambda key: (key.created, key.id)))

    def last_use(self, key_id: str) -> LastUse:
        """Read when a key was last used; IAM leaves the date out when it never was."""
        with asking("GetAccessKeyLastUsed"):
            used = self._iam.get_access_key_last_used(AccessKeyId=key_id).get("AccessKeyLastUsed", {})
        return LastUse(used.get("LastUsedDate"), used.get("ServiceName", "N/A"), used.get("Region", "N/A"))

    def owner(self, key_id: str) -> str | None:
        """The name of the user that has a key; None when IAM knows no such key in this account.

        For a key that it does not know IAM has been seen to answer AccessDenied on the key itself instead of on a
        user (not documented); a missing permission names a user's ARN.
        """
        try:
            with asking("GetAccessKeyLastUsed"):
                return self._iam.get_access_key_last_used(AccessKeyId=key_id).get("UserName") or None
        except NotFound:
            return None
        except Refused as refusal:
            if "on resource: access key" in str(refusal):
                return None
            raise

    def create_key(self, user_name: str) -> NewKey:
        """Create a key, in one attempt: the call takes no token, so it can't be repeated safely.

        Raises:
            Throttled: surely no key was created.
            Ambiguous: there may be a key whose secret nobody holds.
        """
        with asking("CreateAccessKey", quiet=True):
            key = self._iam_once.create_access_key(UserName=user_name)["AccessKey"]
        return NewKey(key["AccessKeyId"], key["SecretAccessKey"], key["UserName"], key["CreateDate"])

    def activate(self, user_name: str, key_id: str) -> None:
        """Make a key Active; doing so again changes nothing."""
        self._set(user_name, key_id, "Active")

    def deactivate(self, user_name: str, key_id: str) -> None:
        """Make a key Inactive; doing so again changes nothing."""
        self._set(user_name, key_id, "Inactive")

    def _set(self, user_name: str, key_id: str, status: "StatusTypeType") -> None:
        with asking("UpdateAccessKey"):
            self._iam.update_access_key(UserName=user_name, AccessKeyId=key_id, Status=status)

    def delete(self, user_name: str, key_id: str) -> bool:
        """Delete a key; answer whether it was there.

        It may be gone by an earlier attempt of the SDK, or, seconds after its creation, not be seen yet.
        """
        try:
            with asking("DeleteAccessKey"):
                self._iam.delete_access_key(UserName=user_name, AccessKeyId=key_id)
        except NotFound:
            return False
        return True


def _user(detail: "UserDetailTypeDef | UserTypeDef", policies: "list[AttachedPolicyTypeDef]") -> User:
    return User(
        name=detail["UserName"],
        id=detail["UserId"],
        arn=detail["Arn"],
        path=detail["Path"],
        created=detail["CreateDate"],
        tags={tag["Key"]: tag["Value"] for tag in detail.get("Tags", [])},
        policies=tuple(policy.get("PolicyName", "") for policy in policies),
    )
