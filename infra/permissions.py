"""The rotator's permissions, of which the responder shares some: each with its purpose, each `*` with its reason.

Nothing here creates or deletes a user, attaches a policy, assumes a role or reads a secret.
"""

from aws_cdk import aws_iam as iam

from infra import policy
from infra.policy import Permission
from keyturn.settings import Settings

MANAGED = {"StringEquals": {"aws:ResourceTag/keyturn:managed": "true"}}
EVERY_USER_IN_SCOPE = "Every user below the setting user_path is in scope; with opt_in, of these the tagged ones only."
ONE_FOR_EACH_USER = "One secret for each user, below the setting secret_prefix; an ARN ends in six random characters."
_RECOVERY_DAYS = "30"  # the longest window that Secrets Manager has


def surveying(*, secrets: bool = True) -> list[Permission]:
    """Return what finds the keys that may need something done, and their secrets if they are kept here."""
    found = "Find the secrets that are due for a review, by their tags and staging labels."
    return [
        Permission(
            sid="ShortlistUsers",
            purpose="Find users with old keys in the credential report, and get all users' ids, paths and tags.",
            actions=[
                "iam:GenerateCredentialReport",
                "iam:GetCredentialReport",
                "iam:GetAccountAuthorizationDetails",
            ],
            resources=["*"],
            # GetAccountAuthorizationDetails reads policies, too, which we have no use for.
            wildcard="IAM has no resources for these actions; one call tells ids, paths and tags of 1,000 users.",
        ),
        Permission(
            sid="FindNamedUser",
            purpose="Tell a user named in a request that is out of scope from one that does not exist, and see whether "
            "AWS has quarantined it.",
            actions=["iam:GetUser", "iam:ListAttachedUserPolicies"],
            resources=[policy.arn("iam", "user/*", regional=False)],
            wildcard="A user out of scope is by definition outside the path; the actions read one user's record only.",
        ),
        *([listing_secrets(found)] if secrets else []),
        reading_alarms("Read the alarm that guards a user's deactivation."),
    ]


def listing_secrets(purpose: str) -> Permission:
    """Return what finds secrets by their tags."""
    return Permission(
        sid="ListSecrets",
        purpose=purpose,
        actions=["secretsmanager:ListSecrets"],
        resources=["*"],
        wildcard="Secrets Manager has no resources for this action; it lists no values.",
    )


def reading_alarms(purpose: str) -> Permission:
    """Return what reads the state of an alarm."""
    return Permission(
        sid="ReadGuardAlarms",
        purpose=purpose,
        actions=["cloudwatch:DescribeAlarms"],
        resources=["*"],
        wildcard="CloudWatch returns composite alarms to a scope of * only (DescribeAlarms, API reference).",
    )


def never_reading_secrets() -> Permission:
    """Return what keeps a function from any secret's value."""
    return Permission(
        sid="NeverReadSecrets",
        purpose="Read no secret, even if another policy should allow it.",
        actions=["secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue"],
        resources=["*"],
        effect=iam.Effect.DENY,
    )


def rotating(settings: Settings) -> list[Permission]:
    """Return what changes the keys of the users in scope."""
    return [
        Permission(
            sid="RotateKeys",
            purpose="See, create, deactivate, reactivate and delete the keys of the users in scope.",
            actions=[
                "iam:ListAccessKeys",
                "iam:GetAccessKeyLastUsed",
                "iam:CreateAccessKey",
                "iam:UpdateAccessKey",
                "iam:DeleteAccessKey",
            ],
            resources=[policy.arn("iam", f"user{settings.user_path}*", regional=False)],
            conditions=MANAGED if settings.opt_in else {},
            wildcard=EVERY_USER_IN_SCOPE,
        )
    ]


def keeping_secrets(*secrets: str) -> list[Permission]:
    """Return what stores a new credential in the user's secret, and what must never be done to a secret."""
    return [
        Permission(
            sid="StoreSecrets",
            purpose="Create a user's secret, store versions in it, move labels, tag it, and retire it with its user.",
            actions=[
                "secretsmanager:CreateSecret",
                "secretsmanager:DescribeSecret",
                "secretsmanager:ListSecretVersionIds",
                "secretsmanager:PutSecretValue",
                "secretsmanager:UpdateSecretVersionStage",
                "secretsmanager:TagResource",
                "secretsmanager:UntagResource",
                "secretsmanager:DeleteSecret",
            ],
            resources=secrets,
            wildcard=ONE_FOR_EACH_USER,
        ),
        never_reading_secrets(),
        Permission(
            sid="NeverForceDeletion",
            purpose="Delete no secret beyond recovery.",
            actions=["secretsmanager:DeleteSecret"],
            conditions={"Bool": {"secretsmanager:ForceDeleteWithoutRecovery": "true"}},
            resources=["*"],
            effect=iam.Effect.DENY,
        ),
        Permission(
            sid="NeverShortenRecovery",
            purpose="Delete no secret with less than the longest recovery window.",
            actions=["secretsmanager:DeleteSecret"],
            conditions={"NumericLessThan": {"secretsmanager:RecoveryWindowInDays": _RECOVERY_DAYS}},
            resources=["*"],
            effect=iam.Effect.DENY,
        ),
    ]


def admitting_readers(secrets: str) -> Permission:
    """Return what lets a user of a member account read its secret in the hub."""
    return Permission(
        sid="AdmitReaders",
        purpose="Let the one user of a member account read its own secret here; nobody public, and no secret of the "
        "hub's own users.",
        actions=["secretsmanager:PutResourcePolicy"],
        resources=[secrets],
        conditions={"Bool": {"secretsmanager:BlockPublicPolicy": "true"}},
        wildcard=ONE_FOR_EACH_USER,
    )


def telling(bus_arn: str) -> list[Permission]:
    """Return what publishes events."""
    return [
        Permission(
            sid="PutEvents",
            purpose="Tell the event bus what became of a key, under the source keyturn and no other.",
            actions=["events:PutEvents"],
            resources=[bus_arn],
            conditions={"StringEquals": {"events:source": "keyturn"}},
        )
    ]


def running(*, log_group_arn: str, dead_letters_arn: str) -> list[Permission]:
    """Return what any Lambda function of ours needs in order to run and to be watched."""
    return [
        Permission(
            sid="WriteLogs",
            purpose="Write to the function's own log group.",
            actions=["logs:CreateLogStream", "logs:PutLogEvents"],
            resources=[log_group_arn],
        ),
        Permission(
            sid="KeepFailedRuns",
            purpose="Put the record of a failed run into the dead-letter queue.",
            actions=["sqs:SendMessage"],
            resources=[dead_letters_arn],
        ),
        Permission(
            sid="SendTraces",
            purpose="Send Lambda's active tracing to X-Ray.",
            actions=["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
            resources=["*"],
            wildcard="X-Ray has no resources for these actions.",
        ),
    ]
