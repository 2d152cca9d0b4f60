"""The role that a member account lends: its name, who may take it, and for what."""

from collections.abc import Sequence
from typing import Final

from aws_cdk import Aws, Duration, Fn
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra import policy
from infra.policy import Permission

# The hub has to know it before it has seen the account: the one name that is not generated.
NAME: Final = "keyturn-member"
ROLES: Final = f"arn:{Aws.PARTITION}:iam::*:role/{NAME}"


class MemberRole(Construct):
    """A role that the hub's rotator alone may take, and only with the external id."""

    def __init__(
        self, scope: Construct, construct_id: str, *, rotator_role: str, external_id: str, may: Sequence[Permission]
    ) -> None:
        super().__init__(scope, construct_id)
        self.may = may
        # The account is trusted, and of its principals the one role by name: named as the principal itself, IAM would
        # keep the role's inner id, and a hub deployed anew would be a stranger (IAM user guide, Principal).
        hub = iam.AccountPrincipal(Fn.select(4, Fn.split(":", rotator_role)))
        self.role = iam.Role(
            self,
            "Role",
            role_name=NAME,
            description="What Keyturn's rotator in another account may do here",
            assumed_by=hub.with_conditions(
                {"StringEquals": {"sts:ExternalId": external_id}, "ArnEquals": {"aws:PrincipalArn": rotator_role}}
            ),
            max_session_duration=Duration.hours(1),
            inline_policies={"Rotate": policy.document(may)},
        )
        policy.acknowledge_wildcards(self.role, may)


def taking(external_id: str | None) -> list[Permission]:
    """Return what the rotator needs to take its members' roles, if it has members."""
    if external_id is None:
        return []
    return [
        Permission(
            sid="TakeMemberRoles",
            purpose="Rotate in the accounts that lend the role, one at a time, with a session narrowed to the run.",
            actions=["sts:AssumeRole"],
            resources=[ROLES],
            conditions={"StringEquals": {"sts:ExternalId": external_id}},
            wildcard="The role of this name in any account; its own trust policy decides whether it is lent.",
        )
    ]
