"""What the functions' roles must be refused: calls that would read, widen, destroy or reach beyond what it is for."""

from collections.abc import Mapping
from typing import Final

from tests.e2e.surroundings import (
    IN_SCOPE,
    MALLORY,
    OTHER,
    OTHER_FUNCTION,
    OTHER_GROUP,
    OUTSIDE,
    OWN,
    SENDER,
    UNTAGGED,
)

Asked = tuple[str, Mapping[str, object]]
Call = tuple[str, str, Mapping[str, object]]
_TRUST: Final = '{"Version": "2012-10-17", "Statement": []}'
_ALL: Final = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
_ADMINISTRATOR: Final = "arn:aws:iam::aws:policy/AdministratorAccess"


def refused_to_the_rotator(names: dict[str, str]) -> list[Call]:
    """The calls, in an account where things have these names."""
    return [*_to_both(names), *_reading_whose_keys(names), *_infrastructure(names, "rotator")]


def refused_to_the_responder(names: dict[str, str]) -> list[Call]:
    """The calls, in an account where things have these names."""
    return [*_to_both(names), *_changing(names), *_infrastructure(names, "responder")]


def _to_both(names: dict[str, str]) -> list[Call]:
    return [*_secrets(), *_keys(names), *_identities(names), *_encryption(names)]


def _changing(names: dict[str, str]) -> list[Call]:
    """The responder creates and deletes nothing, not even what is in scope, and touches no tag but its marks."""
    key = {"UserName": IN_SCOPE, "AccessKeyId": names[f"key of {IN_SCOPE}"]}
    mine, value = {"SecretId": OWN}, {"SecretString": "value"}
    owner = {"Key": "keyturn:user-id", "Value": "AIDA"}
    mark = {"Key": "keyturn:exposed-key", "Value": "AKIA"}
    return [
        ("iam", "create_access_key", {"UserName": IN_SCOPE}),
        ("iam", "delete_access_key", key),
        ("iam", "get_account_authorization_details", {}),
        ("iam", "generate_credential_report", {}),
        ("iam", "get_credential_report", {}),
        ("secretsmanager", "create_secret", {"Name": "keyturn/new/access-key"}),
        ("secretsmanager", "put_secret_value", {**mine, **value}),
        ("secretsmanager", "update_secret_version_stage", {**mine, "VersionStage": "x", "MoveToVersionId": "x" * 32}),
        ("secretsmanager", "delete_secret", {**mine, "RecoveryWindowInDays": 30}),
        ("secretsmanager", "tag_resource", {**mine, "Tags": [owner]}),
        ("secretsmanager", "tag_resource", {**mine, "Tags": [mark, owner]}),
        ("secretsmanager", "tag_resource", {**mine, "Tags": [{"Key": "keyturn:guard-alarm", "Value": "none"}]}),
        ("secretsmanager", "tag_resource", {**mine, "Tags": [{"Key": "keyturn:owner", "Value": "m@example.com"}]}),
        ("secretsmanager", "tag_resource", {**mine, "Tags": [{"Key": "cost-centre", "Value": "mallory"}]}),
        ("secretsmanager", "tag_resource", {"SecretId": OTHER, "Tags": [mark]}),
        ("secretsmanager", "untag_resource", {**mine, "TagKeys": ["keyturn:user-id"]}),
        ("secretsmanager", "untag_resource", {**mine, "TagKeys": ["keyturn:guard-alarm"]}),
    ]


def letter(source: str, sender: str) -> Call:
    """A letter in an envelope from one address, with a header from perhaps another."""
    message = f"From: {sender}\r\nTo: owner@example.com\r\n\r\nhello"
    parameters = {"Source": source, "Destinations": ["owner@example.com"], "RawMessage": {"Data": message}}
    return "ses", "send_raw_email", parameters


def _secrets() -> list[Call]:
    value = {"SecretString": "value"}
    calls: list[Asked] = [
        ("get_secret_value", {"SecretId": OWN}),
        ("get_secret_value", {"SecretId": OWN, "VersionStage": "AWSPENDING"}),
        ("get_secret_value", {"SecretId": OTHER}),
        ("batch_get_secret_value", {"SecretIdList": [OWN]}),
        ("batch_get_secret_value", {"Filters": [{"Key": "name", "Values": ["keyturn/"]}]}),
        ("delete_secret", {"SecretId": OWN, "ForceDeleteWithoutRecovery": True}),
        ("delete_secret", {"SecretId": OWN, "RecoveryWindowInDays": 7}),
        ("delete_secret", {"SecretId": OWN, "RecoveryWindowInDays": 29}),
        ("delete_secret", {"SecretId": OTHER, "RecoveryWindowInDays": 30}),
        ("describe_secret", {"SecretId": OTHER}),
        ("list_secret_version_ids", {"SecretId": OTHER}),
        ("put_secret_value", {"SecretId": OTHER, **value}),
        ("update_secret", {"SecretId": OWN, **value}),
        ("create_secret", {"Name": "others/new", **value}),
        ("create_secret", {"Name": "keyturn-look-alike/access-key", **value}),
        ("tag_resource", {"SecretId": OTHER, "Tags": [{"Key": "keyturn:user-id", "Value": "AIDA"}]}),
        ("untag_resource", {"SecretId": OTHER, "TagKeys": ["keyturn:user-id"]}),
        ("update_secret_version_stage", {"SecretId": OTHER, "VersionStage": "x", "MoveToVersionId": "x" * 32}),
        ("put_resource_policy", {"SecretId": OWN, "ResourcePolicy": _ALL}),
        ("delete_resource_policy", {"SecretId": OWN}),
        ("restore_secret", {"SecretId": OWN}),
        ("rotate_secret", {"SecretId": OWN}),
    ]
    return [("secretsmanager", *call) for call in calls]


def _keys(names: dict[str, str]) -> list[Call]:
    calls: list[Call] = []
    for user in (OUTSIDE, UNTAGGED):
        key = {"UserName": user, "AccessKeyId": names[f"key of {user}"]}
        calls += [
            ("iam", "list_access_keys", {"UserName": user}),
            ("iam", "create_access_key", {"UserName": user}),
            ("iam", "update_access_key", {**key, "Status": "Inactive"}),
            ("iam", "delete_access_key", key),
        ]
    return calls


def _reading_whose_keys(names: dict[str, str]) -> list[Call]:
    """The responder may: an exposed key may be anybody's."""
    return [
        ("iam", "get_access_key_last_used", {"AccessKeyId": names[f"key of {user}"]}) for user in (OUTSIDE, UNTAGGED)
    ]


def _identities(names: dict[str, str]) -> list[Call]:
    user, role = {"UserName": IN_SCOPE}, {"RoleName": names["role"]}
    managed = {"Key": "keyturn:managed", "Value": "true"}
    calls: list[Asked] = [
        ("create_user", {"UserName": "mallory", "Path": "/services/"}),
        ("update_user", {**user, "NewUserName": "mallory"}),
        ("delete_user", user),
        ("tag_user", {"UserName": UNTAGGED, "Tags": [managed]}),
        ("untag_user", {**user, "TagKeys": ["keyturn:exempt-until"]}),
        ("create_login_profile", {**user, "Password": "Not-a-pa55word!"}),
        ("update_login_profile", {**user, "Password": "Not-a-pa55word!"}),
        ("delete_login_profile", user),
        ("attach_user_policy", {**user, "PolicyArn": _ADMINISTRATOR}),
        ("put_user_policy", {**user, "PolicyName": "all", "PolicyDocument": _ALL}),
        ("add_user_to_group", {**user, "GroupName": "administrators"}),
        ("attach_role_policy", {**role, "PolicyArn": _ADMINISTRATOR}),
        ("put_role_policy", {**role, "PolicyName": "all", "PolicyDocument": _ALL}),
        ("delete_role_policy", {**role, "PolicyName": names["policy"]}),
        ("update_assume_role_policy", {**role, "PolicyDocument": _TRUST}),
        ("create_role", {"RoleName": "mallory", "AssumeRolePolicyDocument": _TRUST}),
        ("create_policy", {"PolicyName": "all", "PolicyDocument": _ALL}),
        ("list_users", {}),
    ]
    return [
        *(("iam", *call) for call in calls),
        ("sts", "assume_role", {"RoleArn": names["other role"], "RoleSessionName": "mallory"}),
    ]


def _encryption(names: dict[str, str]) -> list[Call]:
    key = {"KeyId": names["vault key"]}
    inside = {"SecretARN": names["own secret"]}
    return [
        ("kms", "decrypt", {"CiphertextBlob": names["ciphertext"], **key}),
        ("kms", "decrypt", {"CiphertextBlob": names["ciphertext"], **key, "EncryptionContext": inside}),
        ("kms", "generate_data_key", {**key, "KeySpec": "AES_256"}),
        ("kms", "generate_data_key", {**key, "KeySpec": "AES_256", "EncryptionContext": inside}),
        ("kms", "generate_data_key", {"KeyId": names["other key"], "KeySpec": "AES_256", "EncryptionContext": inside}),
        ("kms", "encrypt", {**key, "Plaintext": "text"}),
        ("kms", "schedule_key_deletion", key),
        ("kms", "disable_key", key),
        ("kms", "put_key_policy", {**key, "PolicyName": "default", "Policy": _ALL}),
    ]


def _infrastructure(names: dict[str, str], itself: str) -> list[Call]:
    function, entry = {"FunctionName": names[itself]}, {"DetailType": "Access Key Rotated", "Detail": "{}"}
    return [
        ("lambda", "invoke", function),
        ("lambda", "invoke", {"FunctionName": names["responder" if itself == "rotator" else "rotator"]}),
        ("lambda", "invoke", {"FunctionName": OTHER_FUNCTION}),
        ("lambda", "update_function_configuration", {**function, "Handler": "mallory"}),
        ("lambda", "update_function_code", {**function, "ZipFile": "mallory"}),
        (
            "lambda",
            "create_function",  # to pass another role on
            {
                "FunctionName": "mallory",
                "Runtime": "python3.13",
                "Handler": "x.x",
                "Role": names["other role"],
                "Code": {"ZipFile": "mallory"},
            },
        ),
        ("logs", "filter_log_events", {"logGroupName": names["log group"]}),
        ("logs", "delete_log_group", {"logGroupName": names["log group"]}),
        ("logs", "create_log_stream", {"logGroupName": OTHER_GROUP, "logStreamName": "mallory"}),
        ("logs", "describe_log_groups", {}),
        ("events", "put_events", {"Entries": [{**entry, "Source": "mallory"}]}),
        ("events", "put_events", {"Entries": [{**entry, "Source": "keyturn"}, {**entry, "Source": "aws.health"}]}),
        ("events", "put_events", {"Entries": [{**entry, "Source": "keyturn", "EventBusName": "other-bus"}]}),
        ("events", "put_rule", {"Name": "mallory", "ScheduleExpression": "rate(1 day)"}),
        ("sns", "publish", {"TopicArn": names["other topic"], "Message": "mallory"}),
        ("sns", "subscribe", {"TopicArn": names["topic"], "Protocol": "email", "Endpoint": "mallory@example.com"}),
        letter(MALLORY, MALLORY),
        letter(SENDER, MALLORY),
        ("ses", "verify_email_identity", {"EmailAddress": MALLORY}),
        ("sqs", "receive_message", {"QueueUrl": names["dead letters"]}),
        ("sqs", "purge_queue", {"QueueUrl": names["dead letters"]}),
        ("sqs", "send_message", {"QueueUrl": names["other queue"], "MessageBody": "mallory"}),
        ("cloudwatch", "delete_alarms", {"AlarmNames": ["any"]}),
        ("cloudwatch", "set_alarm_state", {"AlarmName": "any", "StateValue": "OK", "StateReason": "mallory"}),
        ("scheduler", "delete_schedule", {"Name": names["schedule"]}),
        ("cloudformation", "delete_stack", {"StackName": "Keyturn"}),
        ("s3", "list_buckets", {}),
        ("dynamodb", "list_tables", {}),
        ("ssm", "get_parameter", {"Name": "/others/parameter"}),
    ]
