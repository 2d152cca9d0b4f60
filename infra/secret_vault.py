"""The secret vault: the key that encrypts the users' secrets, and the policy by which each user reads its own."""

from collections.abc import Sequence

from aws_cdk import Aws, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra import policy
from infra.policy import Permission
from keyturn.membership import folder_of_members

# What an administrator of a key does, as the KMS developer guide lists it: nothing here encrypts or decrypts.
_ADMINISTRATION = [
    "kms:CancelKeyDeletion",
    "kms:Describe*",
    "kms:Disable*",
    "kms:Enable*",
    "kms:Get*",
    "kms:List*",
    "kms:Put*",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:Update*",
]
# Secrets Manager tries the key before it gives a new secret its ARN, with this word as the context's value
# ("Validating access to the KMS key", its user guide); nothing is ever stored under it.
_KEY_TRIAL = "RequestToValidateKeyAccess"


class SecretVault(Construct):
    """Where the secrets live: below one prefix, encrypted with a key that serves Secrets Manager alone.

    With an `organization_id` the secrets of its accounts' users are kept here, too, in a folder of their own.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        prefix: str,
        customer_managed_key: bool,
        organization_id: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self.secrets = policy.arn("secretsmanager", f"secret:{prefix}*")
        self._folder = folder_of_members(prefix)
        self._organization_id = organization_id
        self.of_members = policy.arn("secretsmanager", f"secret:{self._folder}*") if organization_id else None
        self.kept = [self.secrets, *([self.of_members] if self.of_members else [])]
        self.key = self._create_key() if customer_managed_key else None
        self.readers_may = self._reading_own_secret()
        self.read_own_secret = readers_policy(self, self.readers_may)

    def storing(self) -> list[Permission]:
        """Return what it takes to have a secret encrypted by this vault's key."""
        if self.key is None:  # the policy of the AWS-managed key lets the whole account use it, through Secrets Manager
            return []
        return [
            Permission(
                sid="EncryptSecrets",
                purpose="Have Secrets Manager encrypt a new credential; PutSecretValue needs both actions.",
                actions=["kms:GenerateDataKey", "kms:Decrypt"],
                resources=[self.key.key_arn],
                conditions=through_secrets_manager(*self.kept, _KEY_TRIAL),
            )
        ]

    def _create_key(self) -> kms.Key:
        # The account may administer the key, but only Secrets Manager may use it, and only for secrets below the
        # prefix: not even an administrator decrypts with it past Secrets Manager and the trail that it leaves.
        account = iam.AccountRootPrincipal()
        administer = iam.PolicyStatement(
            sid="Administer", principals=[account], actions=_ADMINISTRATION, resources=["*"]
        )
        use = iam.PolicyStatement(
            sid="UseThroughSecretsManager",
            principals=[account],
            actions=["kms:GenerateDataKey", "kms:Decrypt"],
            resources=["*"],  # in a key policy, "*" is this key
            conditions=through_secrets_manager(*self.kept, _KEY_TRIAL),
        )
        return kms.Key(
            self,
            "Key",
            description="Encrypts the secrets in which Keyturn stores access keys",
            enable_key_rotation=True,
            # A secret is lost with its key: the key outlives the stack.
            removal_policy=RemovalPolicy.RETAIN,
            policy=iam.PolicyDocument(statements=[administer, use, *self._members_may()]),
        )

    def _members_may(self) -> list[iam.PolicyStatement]:
        """Let each account of the organization decrypt what is below its own number, if its own policies do, too."""
        if self._organization_id is None:
            return []
        own = policy.arn("secretsmanager", f"secret:{self._folder}${{aws:PrincipalAccount}}/*")
        through = through_secrets_manager(own)
        through["StringEquals"]["aws:PrincipalOrgID"] = self._organization_id
        return [
            iam.PolicyStatement(
                sid="MembersThroughSecretsManager",
                principals=[iam.AnyPrincipal()],
                actions=["kms:Decrypt"],
                resources=["*"],
                conditions=through,
            )
        ]

    def _reading_own_secret(self) -> list[Permission]:
        own = Permission(
            sid="ReadOwnSecret",
            purpose="Read the secret whose tag keyturn:user-id is the caller's own UserId, and no other.",
            actions=["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
            resources=[self.secrets],
            conditions={"StringEquals": {"aws:ResourceTag/keyturn:user-id": "${aws:userid}"}},
            wildcard="One policy for all users: the tag condition picks the caller's own among the secrets there.",
        )
        if self.key is None:
            return [own]
        decrypt = Permission(
            sid="DecryptOwnSecret",
            purpose="Have Secrets Manager decrypt that secret.",
            actions=["kms:Decrypt"],
            resources=[self.key.key_arn],
            conditions=through_secrets_manager(self.secrets),
        )
        return [own, decrypt]


def through_secrets_manager(*contexts: str) -> dict[str, dict[str, str | list[str]]]:
    """Return the conditions under which a key serves Secrets Manager alone, for these secrets."""
    return {
        "StringEquals": {"kms:ViaService": f"secretsmanager.{Aws.REGION}.amazonaws.com"},
        "StringLike": {"kms:EncryptionContext:SecretARN": list(contexts)},
    }


def readers_policy(scope: Construct, may: Sequence[Permission]) -> iam.ManagedPolicy:
    """Create the policy by which users read their own secrets; it is attached to nobody."""
    policy_of_readers = iam.ManagedPolicy(
        scope,
        "ReadOwnSecret",
        description="Lets an IAM user read the secret that holds its own access key. Attach it to users or groups.",
        document=policy.document(may),
    )
    policy.acknowledge_wildcards(policy_of_readers, may)
    return policy_of_readers
