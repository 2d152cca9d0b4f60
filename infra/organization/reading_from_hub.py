"""How a member's users read their secrets where the hub keeps them."""

from aws_cdk import Aws, Fn
from constructs import Construct

from infra.policy import Permission
from infra.secret_vault import readers_policy, through_secrets_manager


class ReadingFromHub(Construct):
    """The policy by which each user reads its own secret in the hub.

    Both accounts have to allow it: this policy, and in the hub the secret's own policy, which names the user by its id.
    """

    def __init__(self, scope: Construct, construct_id: str, *, folder: str, rotator_role: str, vault_key: str) -> None:
        super().__init__(scope, construct_id)
        hub = Fn.select(4, Fn.split(":", rotator_role))
        secrets = f"arn:{Aws.PARTITION}:secretsmanager:{Aws.REGION}:{hub}:secret:{folder}{Aws.ACCOUNT_ID}/*"
        self.readers_may = [
            Permission(
                sid="ReadOwnSecret",
                purpose="Read a secret in the hub whose own policy names the caller's UserId.",
                actions=["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
                resources=[secrets],
                wildcard="One policy for all users: each secret's policy in the hub picks its one reader.",
            ),
            Permission(
                sid="DecryptOwnSecret",
                purpose="Have Secrets Manager decrypt that secret.",
                actions=["kms:Decrypt"],
                resources=[vault_key],
                conditions=through_secrets_manager(secrets),
            ),
        ]
        self.read_own_secret = readers_policy(self, self.readers_may)
