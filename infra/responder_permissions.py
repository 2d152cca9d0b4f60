"""The responder's permissions: it switches keys on and off and tags secrets, which all can be undone."""

from typing import Final

from aws_cdk import aws_iam as iam

from infra import permissions, policy
from infra.policy import Permission
from keyturn.domain import tags
from keyturn.settings import Settings

# What is noted on a secret when a deactivation is undone, and when its user's key is exposed.
_MARKS: Final = [
    tags.DEACTIVATED_AT,
    tags.DEACTIVATED_BY,
    tags.DEACTIVATED_KEY,
    tags.EXPOSED_AT,
    tags.EXPOSED_KEY,
    tags.GRACE_FROM,
    tags.GUARD_UNDONE,
    tags.NEXT_REVIEW,
]


def responding(settings: Settings, secrets: str) -> list[Permission]:
    """Return what it takes to follow an alarm or the report of an exposed key, and what must never come of it."""
    return [*_finding(), _switching(settings), *_marking(secrets), *_never()]


def _finding() -> list[Permission]:
    return [
        Permission(
            sid="FindConcernedUser",
            purpose="Find the user of a guarded secret or of an exposed key, and see whether AWS has quarantined it.",
            actions=["iam:GetUser", "iam:ListAttachedUserPolicies", "iam:GetAccessKeyLastUsed"],
            resources=[policy.arn("iam", "user/*", regional=False)],
            wildcard="An exposed key may be anybody's, and people are told of it even if its user is out of scope.",
        ),
        permissions.listing_secrets(
            "Find the secrets of the users that an alarm guards, and of one with an exposed key."
        ),
        permissions.reading_alarms("Ask CloudWatch whether an alarm rings, whatever was sent in its name."),
    ]


def _switching(settings: Settings) -> Permission:
    return Permission(
        sid="SwitchKeys",
        purpose="See the keys of the users in scope, reactivate a deactivated one, deactivate an exposed one.",
        actions=["iam:ListAccessKeys", "iam:UpdateAccessKey"],
        resources=[policy.arn("iam", f"user{settings.user_path}*", regional=False)],
        conditions=permissions.MANAGED if settings.opt_in else {},
        wildcard=permissions.EVERY_USER_IN_SCOPE,
    )


def _marking(secrets: str) -> list[Permission]:
    return [
        Permission(
            sid="ReadMarks",
            purpose="Read a secret's tags and labels.",
            actions=["secretsmanager:DescribeSecret", "secretsmanager:ListSecretVersionIds"],
            resources=[secrets],
            wildcard=permissions.ONE_FOR_EACH_USER,
        ),
        Permission(
            sid="MarkSecrets",
            purpose="Note in a secret's tags what was undone or exposed, and touch no other tag.",
            actions=["secretsmanager:TagResource", "secretsmanager:UntagResource"],
            resources=[secrets],
            conditions={"ForAllValues:StringEquals": {"aws:TagKeys": _MARKS}},
            wildcard=permissions.ONE_FOR_EACH_USER,
        ),
    ]


def _never() -> list[Permission]:
    return [
        permissions.never_reading_secrets(),
        Permission(
            sid="NeverCreateOrDelete",
            purpose="Create, change and delete no key and no secret, even if another policy should allow it.",
            actions=[
                "iam:CreateAccessKey",
                "iam:DeleteAccessKey",
                "secretsmanager:CreateSecret",
                "secretsmanager:DeleteSecret",
                "secretsmanager:PutSecretValue",
                "secretsmanager:UpdateSecret",
                "secretsmanager:UpdateSecretVersionStage",
            ],
            resources=["*"],
            effect=iam.Effect.DENY,
        ),
        Permission(
            sid="NeverChangeOwner",
            purpose="Leave alone the tag that says which user may read a secret.",
            actions=["secretsmanager:TagResource", "secretsmanager:UntagResource"],
            resources=["*"],
            conditions={"ForAnyValue:StringEquals": {"aws:TagKeys": ["keyturn:user-id"]}},
            effect=iam.Effect.DENY,
        ),
    ]
