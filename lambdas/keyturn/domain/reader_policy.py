"""The policy of a secret that is kept in another account than its user's: it alone may read it."""

import json

from keyturn.domain.access_key import User


def reader_policy(user: User) -> str:
    """Name the user by its id, which no other user has or ever gets, whatever its name becomes.

    The user's own account has to allow it, too (Secrets Manager user guide, access from a different account).
    """
    partition = user.arn.split(":")[1]
    statement = {
        "Sid": "ReadOwnSecret",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:{partition}:iam::{user.account}:root"},
        "Action": ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
        "Resource": "*",  # in a secret's policy, this secret
        "Condition": {"StringEquals": {"aws:userid": user.id}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
