"""What each action of the responder's role is needed for, and what is told when it is not there."""

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True)
class ResponseNeed:
    """Without the action, a response to the signal tells of `told`, in its error, its log or its report.

    Attributes:
        signal: what the responder is sent.
        does_its_work: whether the key is switched all the same.
    """

    told: str
    signal: Literal["alarm", "exposure"] = "alarm"
    does_its_work: bool = False


_UNREADABLE: Final = "could not be read, so nothing is decided: "
_NOT_ENDED: Final = "but it could not be done to its end: "

RESPONSES_NEED: Final = {
    ("FindConcernedUser", "iam:GetUser"): ResponseNeed("GetUser: AccessDenied"),
    ("FindConcernedUser", "iam:ListAttachedUserPolicies"): ResponseNeed("ListAttachedUserPolicies: AccessDenied"),
    ("FindConcernedUser", "iam:GetAccessKeyLastUsed"): ResponseNeed("GetAccessKeyLastUsed: AccessDenied", "exposure"),
    ("ListSecrets", "secretsmanager:ListSecrets"): ResponseNeed("ListSecrets: AccessDeniedException"),
    ("ReadGuardAlarms", "cloudwatch:DescribeAlarms"): ResponseNeed("DescribeAlarms: AccessDenied"),
    ("SwitchKeys", "iam:ListAccessKeys"): ResponseNeed(f"{_UNREADABLE}ListAccessKeys: AccessDenied"),
    ("SwitchKeys", "iam:UpdateAccessKey"): ResponseNeed(f"{_NOT_ENDED}UpdateAccessKey: AccessDenied"),
    ("ReadMarks", "secretsmanager:DescribeSecret"): ResponseNeed(f"{_UNREADABLE}DescribeSecret: AccessDeniedException"),
    ("ReadMarks", "secretsmanager:ListSecretVersionIds"): ResponseNeed(
        f"{_UNREADABLE}ListSecretVersionIds: AccessDeniedException"
    ),
    ("MarkSecrets", "secretsmanager:TagResource"): ResponseNeed(f"{_NOT_ENDED}TagResource: AccessDeniedException"),
    ("MarkSecrets", "secretsmanager:UntagResource"): ResponseNeed(
        f"{_NOT_ENDED}UntagResource: AccessDeniedException", does_its_work=True
    ),
    ("PutEvents", "events:PutEvents"): ResponseNeed(
        "event 'Access Key Reactivated' could not be sent: PutEvents: AccessDeniedException", does_its_work=True
    ),
    ("PublishAlerts", "sns:Publish"): ResponseNeed(
        "the digest could not be sent: Publish: AuthorizationError", does_its_work=True
    ),
    ("MailOwners", "ses:SendRawEmail"): ResponseNeed(
        "the owner could not be told by mail: SendRawEmail: AccessDenied", does_its_work=True
    ),
}
