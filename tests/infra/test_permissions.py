"""The roles may do exactly what is written here."""

import ast
import json
from typing import Any

import botocore.session
import pytest
from botocore import xform_name

from infra import bundle
from infra.organization.tour import listing_accounts
from tests.infra.template import Template, statements, synthesize

ACCOUNT = "arn:${AWS::Partition}:iam::${AWS::AccountId}"
HERE = "${AWS::Region}:${AWS::AccountId}"
SECRETS = f"arn:${{AWS::Partition}}:secretsmanager:{HERE}:secret:keyturn/*"
ANY_USER = f"{ACCOUNT}:user/*"

ROTATOR: dict[str, dict[str, Any]] = {
    "ShortlistUsers": {
        "Effect": "Allow",
        "Action": ["iam:GenerateCredentialReport", "iam:GetAccountAuthorizationDetails", "iam:GetCredentialReport"],
        "Resource": ["*"],
    },
    "FindNamedUser": {
        "Effect": "Allow",
        "Action": ["iam:GetUser", "iam:ListAttachedUserPolicies"],
        "Resource": [ANY_USER],
    },
    "ListSecrets": {"Effect": "Allow", "Action": ["secretsmanager:ListSecrets"], "Resource": ["*"]},
    "ReadGuardAlarms": {"Effect": "Allow", "Action": ["cloudwatch:DescribeAlarms"], "Resource": ["*"]},
    "RotateKeys": {
        "Effect": "Allow",
        "Action": [
            "iam:CreateAccessKey",
            "iam:DeleteAccessKey",
            "iam:GetAccessKeyLastUsed",
            "iam:ListAccessKeys",
            "iam:UpdateAccessKey",
        ],
        "Resource": [ANY_USER],
    },
    "StoreSecrets": {
        "Effect": "Allow",
        "Action": [
            "secretsmanager:CreateSecret",
            "secretsmanager:DeleteSecret",
            "secretsmanager:DescribeSecret",
            "secretsmanager:ListSecretVersionIds",
            "secretsmanager:PutSecretValue",
            "secretsmanager:TagResource",
            "secretsmanager:UntagResource",
            "secretsmanager:UpdateSecretVersionStage",
        ],
        "Resource": [SECRETS],
    },
    "NeverReadSecrets": {
        "Effect": "Deny",
        "Action": ["secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue"],
        "Resource": ["*"],
    },
    "NeverForceDeletion": {
        "Effect": "Deny",
        "Action": ["secretsmanager:DeleteSecret"],
        "Resource": ["*"],
        "Condition": {"Bool": {"secretsmanager:ForceDeleteWithoutRecovery": "true"}},
    },
    "NeverShortenRecovery": {
        "Effect": "Deny",
        "Action": ["secretsmanager:DeleteSecret"],
        "Resource": ["*"],
        "Condition": {"NumericLessThan": {"secretsmanager:RecoveryWindowInDays": "30"}},
    },
    "EncryptSecrets": {
        "Effect": "Allow",
        "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
        "Resource": ["${VaultKey.Arn}"],
        "Condition": {
            "StringEquals": {"kms:ViaService": "secretsmanager.${AWS::Region}.amazonaws.com"},
            "StringLike": {"kms:EncryptionContext:SecretARN": [SECRETS, "RequestToValidateKeyAccess"]},
        },
    },
    "PutEvents": {
        "Effect": "Allow",
        "Action": ["events:PutEvents"],
        "Resource": [f"arn:${{AWS::Partition}}:events:{HERE}:event-bus/default"],
        "Condition": {"StringEquals": {"events:source": "keyturn"}},
    },
    "PublishAlerts": {"Effect": "Allow", "Action": ["sns:Publish"], "Resource": ["${AlertsTopic}"]},
    "EncryptAlerts": {
        "Effect": "Allow",
        "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
        "Resource": ["${AlertsKey.Arn}"],
        "Condition": {"StringEquals": {"kms:ViaService": "sns.${AWS::Region}.amazonaws.com"}},
    },
    "WriteLogs": {
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": ["${RotatorLogs.Arn}"],
    },
    "KeepFailedRuns": {"Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": ["${DeadLetters.Arn}"]},
    "SendTraces": {
        "Effect": "Allow",
        "Action": ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
        "Resource": ["*"],
    },
}

# What the responder has like the rotator is told by name; the rest is its own.
RESPONDER: dict[str, dict[str, Any]] = {
    **{
        sid: ROTATOR[sid]
        for sid in (
            "ListSecrets",
            "ReadGuardAlarms",
            "NeverReadSecrets",
            "PutEvents",
            "PublishAlerts",
            "EncryptAlerts",
            "KeepFailedRuns",
            "SendTraces",
        )
    },
    "FindConcernedUser": {
        "Effect": "Allow",
        "Action": ["iam:GetAccessKeyLastUsed", "iam:GetUser", "iam:ListAttachedUserPolicies"],
        "Resource": [ANY_USER],
    },
    "SwitchKeys": {
        "Effect": "Allow",
        "Action": ["iam:ListAccessKeys", "iam:UpdateAccessKey"],
        "Resource": [ANY_USER],
    },
    "ReadMarks": {
        "Effect": "Allow",
        "Action": ["secretsmanager:DescribeSecret", "secretsmanager:ListSecretVersionIds"],
        "Resource": [SECRETS],
    },
    "MarkSecrets": {
        "Effect": "Allow",
        "Action": ["secretsmanager:TagResource", "secretsmanager:UntagResource"],
        "Resource": [SECRETS],
        "Condition": {
            "ForAllValues:StringEquals": {
                "aws:TagKeys": [
                    "keyturn:deactivated-at",
                    "keyturn:deactivated-by",
                    "keyturn:deactivated-key",
                    "keyturn:exposed-at",
                    "keyturn:exposed-key",
                    "keyturn:grace-from",
                    "keyturn:guard-undone",
                    "keyturn:next-review",
                ]
            }
        },
    },
    "NeverCreateOrDelete": {
        "Effect": "Deny",
        "Action": [
            "iam:CreateAccessKey",
            "iam:DeleteAccessKey",
            "secretsmanager:CreateSecret",
            "secretsmanager:DeleteSecret",
            "secretsmanager:PutSecretValue",
            "secretsmanager:UpdateSecret",
            "secretsmanager:UpdateSecretVersionStage",
        ],
        "Resource": ["*"],
    },
    "NeverChangeOwner": {
        "Effect": "Deny",
        "Action": ["secretsmanager:TagResource", "secretsmanager:UntagResource"],
        "Resource": ["*"],
        "Condition": {"ForAnyValue:StringEquals": {"aws:TagKeys": ["keyturn:user-id"]}},
    },
    "WriteLogs": ROTATOR["WriteLogs"] | {"Resource": ["${ResponderLogs.Arn}"]},
}


def of_role(template: Template, role: str) -> dict[str, dict[str, Any]]:
    (policy,) = template.all("AWS::IAM::Role")[role]["Policies"]
    return statements(policy["PolicyDocument"])


def rotator(template: Template) -> dict[str, dict[str, Any]]:
    return of_role(template, "RotatorRole")


def responder(template: Template) -> dict[str, dict[str, Any]]:
    return of_role(template, "ResponderRole")


def test_the_rotator_may_do_exactly_this() -> None:
    assert rotator(synthesize()) == ROTATOR


def test_the_responder_may_do_exactly_this() -> None:
    assert responder(synthesize()) == RESPONDER


def test_the_responder_may_do_nothing_that_the_rotator_may_not() -> None:
    def granted(statements: dict[str, dict[str, Any]]) -> set[str]:
        return {action for each in statements.values() if each["Effect"] == "Allow" for action in each["Action"]}

    assert granted(RESPONDER) < granted(ROTATOR)


# The doors of a tour, which other functions go through.
OF_A_TOUR = {"organization.py", "results.py"}


def called_operations(*, of_a_tour: bool = False) -> set[str]:
    """Return what the product's doors ask of AWS, as boto3 spells it."""
    calls = [
        (node.func.attr, node.args)
        for source in (bundle.LAMBDAS / bundle.PACKAGE / "aws").rglob("*.py")
        if (source.name in OF_A_TOUR) is of_a_tour
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
    paged = {ast.literal_eval(arguments[0]) for name, arguments in calls if name == "get_paginator"}
    models = [botocore.session.get_session().get_service_model(service) for service in bundle.SERVICES]
    operations = {xform_name(name) for model in models for name in model.operation_names}
    return ({name for name, _ in calls} | paged) & operations


def test_the_code_calls_all_that_the_rotator_may_do_and_nothing_else() -> None:
    members = {"external_id": "an-external-id", "secrets_in": "hub", "organization_id": "o-a1b2c3d4e5"}
    everything = rotator(synthesize(notify_from="keyturn@example.com", **members))
    granted = {
        xform_name(name)
        for statement in everything.values()
        if statement["Effect"] == "Allow"
        for service, name in (action.split(":") for action in statement["Action"])
        if service in bundle.SERVICES
    }

    # Whoever signs with a key may ask whose it is: no policy is needed for that (STS API reference).
    assert called_operations() - {"get_caller_identity"} == granted


def test_the_functions_of_a_tour_may_do_what_their_doors_call_and_nothing_else() -> None:
    tour = synthesize(external_id="an-external-id", organization=True).stack.tour
    assert tour
    granted = [action for each in (*listing_accounts(), tour.reading) for action in each.actions]

    assert called_operations(of_a_tour=True) == {xform_name(action.partition(":")[2]) for action in granted}


def test_each_role_has_one_policy_and_no_managed_ones() -> None:
    template = synthesize()
    roles = template.all("AWS::IAM::Role")

    assert roles.keys() == {"RotatorRole", "ResponderRole", "DailyRole"}
    assert [len(role["Policies"]) for role in roles.values()] == [1, 1, 1]
    assert all("ManagedPolicyArns" not in role for role in roles.values())
    # Nothing is granted behind the back of what is written above.
    assert "AWS::IAM::Policy" not in template.kinds()


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"opt_in": True, "user_path": "/services/"},
        {"customer_managed_key": False},
        {"mode": "enforce"},
        {"notify_from": "keyturn@example.com"},
    ],
    ids=json.dumps,
)
def test_nothing_manages_users_or_policies_assumes_roles_or_reads_secrets(settings: dict[str, Any]) -> None:
    template = synthesize(**settings)
    documents = [
        each["PolicyDocument"] for role in template.all("AWS::IAM::Role").values() for each in role["Policies"]
    ]
    allowed = {
        action
        for document in documents
        for statement in statements(document).values()
        if statement["Effect"] == "Allow"
        for action in statement["Action"]
    }

    assert not any("*" in action for action in allowed)
    assert {action for action in allowed if action.startswith("iam:")} == {
        "iam:CreateAccessKey",
        "iam:DeleteAccessKey",
        "iam:GenerateCredentialReport",
        "iam:GetAccessKeyLastUsed",
        "iam:GetAccountAuthorizationDetails",
        "iam:GetCredentialReport",
        "iam:GetUser",
        "iam:ListAccessKeys",
        "iam:ListAttachedUserPolicies",
        "iam:UpdateAccessKey",
    }
    assert not allowed & {"secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue"}
    assert not any(action.startswith("sts:") for action in allowed)


def test_no_statement_turns_its_meaning_round() -> None:
    template = json.dumps(synthesize().all("AWS::IAM::Role"))

    assert "NotAction" not in template
    assert "NotResource" not in template


def test_the_user_path_bounds_whose_keys_are_touched() -> None:
    template = synthesize(user_path="/services/batch/")
    permissions = rotator(template)

    assert permissions["RotateKeys"]["Resource"] == [f"{ACCOUNT}:user/services/batch/*"]
    assert permissions["FindNamedUser"] == ROTATOR["FindNamedUser"], "only the look at one user goes beyond it"
    assert responder(template)["SwitchKeys"]["Resource"] == [f"{ACCOUNT}:user/services/batch/*"]


def test_opt_in_leaves_untagged_users_alone() -> None:
    template = synthesize(opt_in=True)
    tagged = {"Condition": {"StringEquals": {"aws:ResourceTag/keyturn:managed": "true"}}}
    permissions = rotator(template)

    assert responder(template) == RESPONDER | {"SwitchKeys": RESPONDER["SwitchKeys"] | tagged}
    assert permissions.pop("RotateKeys") == ROTATOR["RotateKeys"] | tagged
    assert permissions == {sid: each for sid, each in ROTATOR.items() if sid != "RotateKeys"}


def test_the_secret_prefix_bounds_which_secrets_are_written() -> None:
    template = synthesize(secret_prefix="team/keys/")
    permissions = rotator(template)
    secrets = SECRETS.replace("keyturn/", "team/keys/")

    assert permissions["StoreSecrets"]["Resource"] == [secrets]
    assert responder(template)["MarkSecrets"]["Resource"] == [secrets]
    like = permissions["EncryptSecrets"]["Condition"]["StringLike"]
    assert like == {"kms:EncryptionContext:SecretARN": [secrets, "RequestToValidateKeyAccess"]}


def test_with_the_aws_managed_key_no_key_of_secrets_is_granted() -> None:
    permissions = rotator(synthesize(customer_managed_key=False))

    assert permissions == {sid: each for sid, each in ROTATOR.items() if sid != "EncryptSecrets"}


@pytest.mark.parametrize(
    ("bus", "arn"),
    [
        ("security", f"arn:${{AWS::Partition}}:events:{HERE}:event-bus/security"),
        (
            "arn:aws:events:eu-west-1:111122223333:event-bus/central",
            "arn:aws:events:eu-west-1:111122223333:event-bus/central",
        ),
    ],
)
def test_events_go_to_the_chosen_bus_only(bus: str, arn: str) -> None:
    template = synthesize(event_bus=bus)

    assert rotator(template)["PutEvents"]["Resource"] == [arn]
    assert responder(template)["PutEvents"]["Resource"] == [arn]
    assert template.outputs()["EventBusName"] == bus


def test_the_policy_stays_within_what_a_role_takes_inline() -> None:
    sender = "keyturn@" + "c." * 5 + "example.com"
    longest = synthesize(opt_in=True, user_path="/" + "a" * 100 + "/", secret_prefix="b" * 64 + "/", notify_from=sender)
    (policy,) = longest.all("AWS::IAM::Role")["RotatorRole"]["Policies"]

    # 10,240 characters without white space, all inline policies of a role together (IAM quotas); ARNs grow at deploy.
    assert len(json.dumps(policy["PolicyDocument"], separators=(",", ":"))) < 7_000


@pytest.mark.parametrize("role", ["RotatorRole", "ResponderRole"])
def test_a_functions_role_is_lambdas(role: str) -> None:
    trust = synthesize().all("AWS::IAM::Role")[role]["AssumeRolePolicyDocument"]["Statement"]

    assert trust == [{"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}]


def test_the_schedule_may_start_the_rotator_and_nothing_else() -> None:
    (policy,) = synthesize().all("AWS::IAM::Role")["DailyRole"]["Policies"]

    assert statements(policy["PolicyDocument"]) == {
        "StartRun": {"Effect": "Allow", "Action": ["lambda:InvokeFunction"], "Resource": ["${RotatorFunction.Arn}"]},
        "KeepUndelivered": {"Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": ["${DeadLetters.Arn}"]},
    }


def test_only_schedules_of_this_account_take_the_schedules_role() -> None:
    (trust,) = synthesize().all("AWS::IAM::Role")["DailyRole"]["AssumeRolePolicyDocument"]["Statement"]

    assert trust["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert trust["Condition"] == {
        "StringEquals": {
            "aws:SourceAccount": "${AWS::AccountId}",
            "aws:SourceArn": f"arn:${{AWS::Partition}}:scheduler:{HERE}:schedule-group/default",
        }
    }
