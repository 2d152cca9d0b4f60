"""The role that a member account of an organization lends to a run, narrowed to what the run is for."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

# What finds and reads; none of these has a secret's value in its answer.
_READING: Final = (
    "iam:GenerateCredentialReport",
    "iam:GetCredentialReport",
    "iam:GetAccountAuthorizationDetails",
    "iam:GetUser",
    "iam:ListAttachedUserPolicies",
    "iam:ListAccessKeys",
    "iam:GetAccessKeyLastUsed",
    "cloudwatch:DescribeAlarms",
)
_READING_SECRETS: Final = (
    "secretsmanager:ListSecrets",
    "secretsmanager:DescribeSecret",
    "secretsmanager:ListSecretVersionIds",
)
_KEYS: Final = ("iam:CreateAccessKey", "iam:UpdateAccessKey", "iam:DeleteAccessKey")
_SECRETS: Final = (
    "secretsmanager:CreateSecret",
    "secretsmanager:PutSecretValue",
    "secretsmanager:UpdateSecretVersionStage",
    "secretsmanager:TagResource",
    "secretsmanager:UntagResource",
    "secretsmanager:DeleteSecret",
)
_KEY_OF_SECRETS: Final = ("kms:GenerateDataKey", "kms:Decrypt")


@dataclass(frozen=True)
class MemberRole:
    """A member account's role.

    Attributes:
        external_id: what the role's trust policy asks for beside the caller's name.
        narrowed: a session policy, in JSON: the session may do what both it and the role's own policy allow, so a run
            that only looks can't change a key, whatever the role may do.
        session_name: how the account's trail names the session.
    """

    arn: str
    external_id: str
    narrowed: str
    session_name: str = "keyturn"


def session_policy(account: str, partition: str, *, user_path: str, secret_prefix: str | None, acts: bool) -> str:
    """Write the session policy of a run in an account; AWS takes 2,048 characters (STS, AssumeRole).

    Without a prefix the account's secrets are kept elsewhere, and the session is for its users alone.
    """
    statements = [_allowed((*_READING, *(_READING_SECRETS if secret_prefix else ())), "*")]
    if acts:
        statements.append(_allowed(_KEYS, f"arn:{partition}:iam::{account}:user{user_path}*"))
    if acts and secret_prefix:
        statements += [
            _allowed(_SECRETS, f"arn:{partition}:secretsmanager:*:{account}:secret:{secret_prefix}*"),
            _allowed(_KEY_OF_SECRETS, f"arn:{partition}:kms:*:{account}:key/*"),
        ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, separators=(",", ":"))


def _allowed(actions: tuple[str, ...], resource: str) -> Mapping[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource}
