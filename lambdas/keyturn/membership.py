"""Other accounts of an organization: a run for one takes the role that the account lends."""

from dataclasses import replace
from typing import Final

from keyturn.aws.clients import Clients
from keyturn.domain.member_role import MemberRole, session_policy
from keyturn.domain.refusal import AwsError
from keyturn.request import InvalidRequest
from keyturn.settings import Keeper, Settings

# The vault key of a member's stack has this name in every account, since its ID differs.
MEMBER_KEY: Final = "alias/keyturn-member"


def folder_of_members(prefix: str) -> str:
    """Where the hub keeps its members' secrets: beside its own, whose users' tidying-up must not find them."""
    return f"{prefix.removesuffix('/')}-members/"


class AccountUnreachable(Exception):
    """An account lends no role to this deployment; nothing of it was touched."""


def home(function_arn: str) -> str:
    """Read the deployment's own account off its function's ARN."""
    return function_arn.split(":")[4]


def enter(account: str, settings: Settings, clients: Clients, *, acts: bool) -> tuple[Settings, Clients]:
    """Give the settings and the clients for a run in a member account.

    The account's users and alarms are its own, and so are its secrets unless the hub keeps them; the events, messages
    and letters stay with the deployment.

    Raises:
        InvalidRequest: when this deployment looks after no other account.
        AccountUnreachable: naming the account, its role and what AWS said.
    """
    if settings.member_roles is None or settings.external_id is None:
        raise InvalidRequest(
            f"account is {account!r}: allowed is this deployment's own account, or none, since the setting external_id "
            "is not set"
        )
    arn = settings.member_roles.replace("*", account)
    partition = arn.split(":")[1]
    at_home = settings.secrets_in is Keeper.HUB
    narrowed = session_policy(
        account,
        partition,
        user_path=settings.user_path,
        secret_prefix=None if at_home else settings.secret_prefix,
        acts=acts,
    )
    try:
        member = clients.member(MemberRole(arn, settings.external_id, narrowed))
    except AwsError as error:
        raise AccountUnreachable(f"account {account} does not lend its role {arn}: {error}") from None
    if at_home:
        folder = f"{folder_of_members(settings.secret_prefix)}{account}/"
        return replace(settings, secret_prefix=folder), replace(member, secretsmanager=clients.secretsmanager)
    return replace(settings, kms_key_id=MEMBER_KEY if settings.kms_key_id else None), member
