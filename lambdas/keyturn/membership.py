"""Other accounts of an organization: a run for one takes the role that the account lends."""

from dataclasses import replace
from typing import Final

from keyturn.aws.clients import Clients
from keyturn.domain.member_role import MemberRole, session_policy
from keyturn.domain.refusal import AwsError
from keyturn.request import InvalidRequest
from keyturn.settings import Settings

# The vault key of a member's stack has this name in every account, since its ID differs.
MEMBER_KEY: Final = "alias/keyturn-member"


class AccountUnreachable(Exception):
    """An account lends no role to this deployment; nothing of it was touched."""


def enter(account: str, settings: Settings, clients: Clients, *, acts: bool) -> tuple[Settings, Clients]:
    """Give the settings and the clients for a run in a member account.

    The account's users, secrets and alarms are its own; the events, messages and letters stay with the deployment.

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
    narrowed = session_policy(
        account, partition, user_path=settings.user_path, secret_prefix=settings.secret_prefix, acts=acts
    )
    try:
        member = clients.member(MemberRole(arn, settings.external_id, narrowed))
    except AwsError as error:
        raise AccountUnreachable(f"account {account} does not lend its role {arn}: {error}") from None
    return replace(settings, kms_key_id=MEMBER_KEY if settings.kms_key_id else None), member
