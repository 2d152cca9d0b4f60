"""The document as Security Hub findings, for what its own control IAM.3 cannot say: blocked, in use, failed.

IAM.3 says that a key is too old. These say why nothing goes on, and who acts. An Id stays the same for as long as the
user and the fault do, so that a later import updates the finding.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

Finding = dict[str, Any]
# Limits of the finding format: longer texts are refused.
_TITLE, _TEXT, _ADVICE = 256, 1024, 512
_CHECKS: Final = "Software and Configuration Checks/AWS Security Best Practices"


def prefix(document: Mapping[str, Any]) -> str:
    """Give the beginning of the Id of every finding of a stack in its own account."""
    return _prefix(document, document["account"])


def _prefix(document: Mapping[str, Any], account: str) -> str:
    return f"keyturn/{account}/{document['region']}/{document['stack']}/"


def findings(document: Mapping[str, Any], product_arn: str | None = None) -> list[Finding]:
    """Make the findings of a document."""
    return [finding for user in document["users"] for finding in _of_user(user, document, product_arn)]


def _of_user(user: Mapping[str, Any], document: Mapping[str, Any], product_arn: str | None) -> Iterator[Finding]:
    if user["past_deadline"]:
        title = f"Access key of {user['user']} is in use past its last day"
        yield _finding("in-use-past-deadline", "HIGH", title, user["message"], user, document, product_arn)
    elif user["blocked"]:
        title = f"Access key rotation of {user['user']} is blocked: {user['reason']}"
        yield _finding("blocked", "MEDIUM", title, user["message"], user, document, product_arn)
    if user["failure"]:
        title = f"Access key rotation of {user['user']} failed: {user['failure']['action']}"
        yield _finding("failed", "HIGH", title, user["failure"]["message"], user, document, product_arn)


def _finding(  # noqa: PLR0917 - what all findings have, in the order in which they are read
    fault: str,
    severity: str,
    title: str,
    text: str,
    user: Mapping[str, Any],
    document: Mapping[str, Any],
    product_arn: str | None,
) -> Finding:
    account, region = user["account"], document["region"]
    partition = user["arn"].split(":")[1]
    own = f"arn:{partition}:securityhub:{region}:{account}:product/{account}/default"
    advice = user["do"] or f"See the runbook of Keyturn, and 'keyturn status {user['user']}'."
    return {
        "SchemaVersion": "2018-10-08",
        "Id": f"{_prefix(document, account)}{user['user_id']}/{fault}",
        "ProductArn": product_arn or own,
        "GeneratorId": f"keyturn/{fault}",
        "AwsAccountId": account,
        "Types": [_CHECKS],
        "CreatedAt": document["made_at"],
        "UpdatedAt": document["made_at"],
        "Severity": {"Label": severity},
        "Title": title[:_TITLE],
        "Description": text[:_TEXT],
        "Remediation": {"Recommendation": {"Text": advice[:_ADVICE]}},
        "ProductFields": {
            "keyturn/stack": document["stack"],
            "keyturn/stage": user["stage"],
            "keyturn/reason": str(user["reason"]),
        },
        "Resources": [
            {
                "Type": "AwsIamUser",
                "Id": user["arn"],
                "Partition": partition,
                "Region": region,
                "Details": {"AwsIamUser": {"UserName": user["user"], "UserId": user["user_id"], "Path": user["path"]}},
            }
        ],
        "Compliance": {"Status": "FAILED"},
        "RecordState": "ACTIVE",
    }
