"""What each action of the rotator's role is needed for: who shows it, by which request, and what is told without it."""

from dataclasses import dataclass, field
from typing import Final, Literal

Stage = Literal["due", "to deactivate", "to delete", "gone"]


@dataclass(frozen=True)
class Need:
    """Without the action, a request for a user at that stage is told `told`; a scan plans for all, and changes nothing.

    Attributes:
        goes_on: the rotation itself is done all the same.
        variables: settings of the function for this one.
    """

    told: str
    stage: Stage = "due"
    scan: bool = False
    goes_on: bool = False
    variables: dict[str, str] = field(default_factory=dict)


_UNREADABLE: Final = "could not be read, so nothing is decided: "
_NO_KEY: Final = "so no key was created: "
_NOT_WRITTEN: Final = f"the secret cannot be written, {_NO_KEY}"
_LISTED: Final = "AccessDenied (User: "
_NOT_ENDED: Final = "but it could not be done to its end: "
# A scan acts on everybody; with a path that nobody has, only the secrets of users that are gone are left to it.
_NOBODY: Final = {"KEYTURN_USER_PATH": "/nobody/"}

NEEDED: Final = {
    ("ShortlistUsers", "iam:GenerateCredentialReport"): Need(
        "the credential report could not be had (GenerateCredentialReport: AccessDenied", scan=True, goes_on=True
    ),
    ("ShortlistUsers", "iam:GetCredentialReport"): Need(
        "the credential report could not be had (GetCredentialReport: AccessDenied", scan=True, goes_on=True
    ),
    ("ShortlistUsers", "iam:GetAccountAuthorizationDetails"): Need(
        "GetAccountAuthorizationDetails: AccessDenied", scan=True
    ),
    ("ListSecrets", "secretsmanager:ListSecrets"): Need("ListSecrets: AccessDeniedException", scan=True),
    ("FindNamedUser", "iam:GetUser"): Need("GetUser: AccessDenied"),
    ("FindNamedUser", "iam:ListAttachedUserPolicies"): Need("ListAttachedUserPolicies: AccessDenied"),
    ("ReadGuardAlarms", "cloudwatch:DescribeAlarms"): Need(
        f"{_UNREADABLE}DescribeAlarms: AccessDenied", "to deactivate"
    ),
    ("RotateKeys", "iam:ListAccessKeys"): Need(f"{_UNREADABLE}ListAccessKeys: {_LISTED}"),
    ("RotateKeys", "iam:GetAccessKeyLastUsed"): Need(f"{_UNREADABLE}GetAccessKeyLastUsed: {_LISTED}", "to deactivate"),
    ("RotateKeys", "iam:CreateAccessKey"): Need("no key was created: CreateAccessKey: AccessDenied"),
    ("RotateKeys", "iam:UpdateAccessKey"): Need(f"{_NOT_ENDED}UpdateAccessKey: {_LISTED}", "to deactivate"),
    ("RotateKeys", "iam:DeleteAccessKey"): Need(f"{_NOT_ENDED}DeleteAccessKey: {_LISTED}", "to delete"),
    ("StoreSecrets", "secretsmanager:CreateSecret"): Need(f"{_NOT_WRITTEN}CreateSecret: AccessDeniedException"),
    ("StoreSecrets", "secretsmanager:DescribeSecret"): Need(f"{_UNREADABLE}DescribeSecret: AccessDeniedException"),
    ("StoreSecrets", "secretsmanager:ListSecretVersionIds"): Need(
        f"{_UNREADABLE}ListSecretVersionIds: AccessDeniedException", "to deactivate"
    ),
    ("StoreSecrets", "secretsmanager:PutSecretValue"): Need(f"{_NOT_WRITTEN}PutSecretValue: AccessDeniedException"),
    ("StoreSecrets", "secretsmanager:UpdateSecretVersionStage"): Need(
        "is stored but could not be promoted: UpdateSecretVersionStage: AccessDeniedException"
    ),
    ("StoreSecrets", "secretsmanager:TagResource"): Need(
        f"{_NOT_ENDED}TagResource: AccessDeniedException", "to deactivate"
    ),
    ("StoreSecrets", "secretsmanager:UntagResource"): Need(
        f"{_NOT_ENDED}UntagResource: AccessDeniedException", "to delete"
    ),
    ("StoreSecrets", "secretsmanager:DeleteSecret"): Need(
        f"{_NOT_ENDED}DeleteSecret: AccessDeniedException", "gone", variables=_NOBODY
    ),
    ("EncryptSecrets", "kms:GenerateDataKey"): Need(f"{_NOT_WRITTEN}PutSecretValue: AccessDeniedException"),
    ("EncryptSecrets", "kms:Decrypt"): Need(f"{_NOT_WRITTEN}PutSecretValue: AccessDeniedException"),
    ("PutEvents", "events:PutEvents"): Need(
        "event 'Access Key Rotated' could not be sent: PutEvents: AccessDeniedException", goes_on=True
    ),
    ("MailOwners", "ses:SendRawEmail"): Need(
        "the owner could not be told by mail: SendRawEmail: AccessDenied", goes_on=True
    ),
    ("PublishAlerts", "sns:Publish"): Need("the digest could not be sent: Publish: AuthorizationError", goes_on=True),
}

# What a run's calls can't show here, and why.
NOT_SHOWN: Final = {
    ("EncryptAlerts", "kms:GenerateDataKey"): "the emulator encrypts no topic, so it asks for no key",
    ("EncryptAlerts", "kms:Decrypt"): "the emulator encrypts no topic, so it asks for no key",
    ("WriteLogs", "logs:CreateLogStream"): "Lambda itself writes the logs; the emulator's asks nobody",
    ("WriteLogs", "logs:PutLogEvents"): "Lambda itself writes the logs; the emulator's asks nobody",
    ("KeepFailedRuns", "sqs:SendMessage"): "Lambda itself sends the failed event; the emulator's asks nobody",
    ("SendTraces", "xray:PutTraceSegments"): "Lambda itself sends traces; the emulator has no X-Ray",
    ("SendTraces", "xray:PutTelemetryRecords"): "Lambda itself sends traces; the emulator has no X-Ray",
}
