"""A member account's stack: the role that it lends to the hub, and where its users read their secrets."""

from typing import Final

from aws_cdk import BootstraplessSynthesizer, CfnOutput, CfnParameter, Stack
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra import permissions
from infra.config import Config
from infra.organization.member_role import MemberRole
from infra.organization.reading_from_hub import ReadingFromHub
from infra.policy import Permission
from infra.secret_vault import SecretVault
from keyturn.membership import MEMBER_KEY, folder_of_members
from keyturn.settings import Keeper

_ROLE_ARN: Final = "arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9/_+=,.@-]+"
_KEY_ARN: Final = "arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+"


class MemberStack(Stack):
    """Lets the hub's rotator rotate the keys of the account it is deployed to.

    The secrets stay in the account, or are kept in the hub, as the setting `secrets_in` says.
    """

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
        readers: SecretVault | ReadingFromHub
        if config.rotation.secrets_in is Keeper.HUB:
            may, readers = self._reading_from_hub(config, rotator_role.value_as_string)
        else:
            may, readers = self._keeping_secrets(config)
        self.readers_may = readers.readers_may
        may = [*may, *permissions.rotating(config.rotation)]
        lent = MemberRole(self, "Member", rotator_role=rotator_role.value_as_string, external_id=external_id, may=may)
        CfnOutput(self, "MemberRoleArn", value=lent.role.role_arn)
        CfnOutput(self, "ReadOwnSecretPolicyArn", value=readers.read_own_secret.managed_policy_arn)

    def _keeping_secrets(self, config: Config) -> tuple[list[Permission], SecretVault]:
        """Return what the role may do to secrets here, and where users read them."""
        vault = SecretVault(
            self, "Vault", prefix=config.rotation.secret_prefix, customer_managed_key=config.customer_managed_key
        )
        if vault.key:
            kms.Alias(self, "VaultKeyName", alias_name=MEMBER_KEY, target_key=vault.key)
        may = [*permissions.surveying(), *permissions.keeping_secrets(vault.secrets), *vault.storing()]
        return may, vault

    def _reading_from_hub(self, config: Config, rotator_role: str) -> tuple[list[Permission], ReadingFromHub]:
        """Return what the role may do when there are no secrets here, and how users read them."""
        vault_key = CfnParameter(
            self,
            "VaultKeyArn",
            description="The output VaultKeyArn of the stack in the hub",
            allowed_pattern=_KEY_ARN,
            constraint_description="has to be the ARN of a KMS key, as the hub's output VaultKeyArn says it",
        )
        reading = ReadingFromHub(
            self,
            "Reading",
            folder=folder_of_members(config.rotation.secret_prefix),
            rotator_role=rotator_role,
            vault_key=vault_key.value_as_string,
        )
        return [*permissions.surveying(secrets=False), permissions.never_reading_secrets()], reading
