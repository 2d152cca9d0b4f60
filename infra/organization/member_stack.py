"""A member account's stack: the vault of its users' secrets, and the role that it lends to the hub."""

from typing import Final

from aws_cdk import BootstraplessSynthesizer, CfnOutput, CfnParameter, Stack
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra import permissions
from infra.config import Config
from infra.organization.member_role import MemberRole
from infra.secret_vault import SecretVault
from keyturn.membership import MEMBER_KEY

_ROLE_ARN: Final = "arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9/_+=,.@-]+"


class MemberStack(Stack):
    """Lets the hub's rotator rotate the keys of the account it is deployed to, whose secrets stay in the account."""

    def __init__(self, scope: Construct, construct_id: str, *, config: Config, external_id: str) -> None:
        super().__init__(
            scope,
            construct_id,
            description="Lets Keyturn in another account rotate the access keys of IAM users here",
            tags={"keyturn:stack": "member"},
            # It has no assets, so that its template alone can be given to accounts that no CDK was prepared for.
            synthesizer=BootstraplessSynthesizer(),
        )
        rotator_role = CfnParameter(
            self,
            "RotatorRoleArn",
            description="The output RotatorRoleArn of the stack in the hub",
            allowed_pattern=_ROLE_ARN,
            constraint_description="has to be the ARN of a role, as the hub's output RotatorRoleArn says it",
        )
        settings = config.rotation
        self.vault = SecretVault(
            self, "Vault", prefix=settings.secret_prefix, customer_managed_key=config.customer_managed_key
        )
        if self.vault.key:
            kms.Alias(self, "VaultKeyName", alias_name=MEMBER_KEY, target_key=self.vault.key)
        self.lent = MemberRole(
            self,
            "Member",
            rotator_role=rotator_role.value_as_string,
            external_id=external_id,
            may=[
                *permissions.surveying(),
                *permissions.rotating(settings),
                *permissions.keeping_secrets(self.vault.secrets),
                *self.vault.storing(),
            ],
        )
        CfnOutput(self, "MemberRoleArn", value=self.lent.role.role_arn)
        CfnOutput(self, "ReadOwnSecretPolicyArn", value=self.vault.read_own_secret.managed_policy_arn)
