"""Permissions have drifted when a document is not what was deployed, whatever order and shape IAM gives it."""

from copy import deepcopy
from typing import Any

import pytest

from keyturn_cli.checkup.permissions import Template, _same

TEMPLATE = Template(
    resources={},
    physical={"Topic": "arn:aws:sns:eu-west-1:111122223333:people"},
    pseudo={"AWS::AccountId": "111122223333", "AWS::Partition": "\0"},
)
DEPLOYED: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "Rotate",
            "Effect": "Allow",
            "Action": ["iam:CreateAccessKey", "iam:DeleteAccessKey"],
            "Resource": {
                "Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":iam::", {"Ref": "AWS::AccountId"}, ":user/*"]]
            },
        },
        {"Sid": "Tell", "Effect": "Allow", "Action": "sns:Publish", "Resource": {"Ref": "Topic"}},
        {"Sid": "Log", "Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": {"Fn::GetAtt": ["Logs", "Arn"]}},
    ],
}
ACTUAL: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "Tell",
            "Effect": "Allow",
            "Action": ["sns:Publish"],
            "Resource": "arn:aws:sns:eu-west-1:111122223333:people",
        },
        {
            "Sid": "Log",
            "Effect": "Allow",
            "Action": "logs:PutLogEvents",
            "Resource": "arn:aws:logs:eu-west-1:1:log-group:x:*",
        },
        {
            "Sid": "Rotate",
            "Effect": "Allow",
            "Action": ["iam:DeleteAccessKey", "iam:CreateAccessKey"],
            "Resource": ["arn:aws-cn:iam::111122223333:user/*"],
        },
    ],
}


def test_order_and_lists_of_one_are_no_drift() -> None:
    assert _same(TEMPLATE.filled_in(DEPLOYED), ACTUAL)


@pytest.mark.parametrize(
    ("number", "change"),
    [
        (2, {"Action": ["iam:CreateAccessKey", "iam:DeleteAccessKey", "iam:CreateUser"]}),
        (2, {"Action": ["iam:CreateAccessKey"]}),
        (2, {"Action": "*"}),
        (2, {"Resource": "*"}),
        (2, {"Resource": "arn:aws:iam::444455556666:user/*"}),
        (2, {"Resource": ["arn:aws:iam::111122223333:user/*", "arn:aws:iam::111122223333:role/*"]}),
        (0, {"Resource": "arn:aws:sns:eu-west-1:111122223333:peoples"}),
        (0, {"Effect": "Deny"}),
        (1, {"Condition": {"Bool": {"aws:SecureTransport": "true"}}}),
        (1, {"Sid": "Else"}),
    ],
)
def test_any_other_difference_is_drift(number: int, change: dict[str, Any]) -> None:
    actual = deepcopy(ACTUAL)
    actual["Statement"][number].update(change)
    assert not _same(TEMPLATE.filled_in(DEPLOYED), actual)


def test_a_statement_more_or_less_is_drift() -> None:
    more = {**ACTUAL, "Statement": [*ACTUAL["Statement"], ACTUAL["Statement"][0]]}
    less = {**ACTUAL, "Statement": ACTUAL["Statement"][1:]}
    assert not _same(TEMPLATE.filled_in(DEPLOYED), more)
    assert not _same(TEMPLATE.filled_in(DEPLOYED), less)
