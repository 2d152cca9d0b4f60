"""Every answer of the fakes has the form that botocore's models give it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from botocore.model import ListShape, MapShape, Shape, StructureShape

from tests.fakes.calls import OPERATIONS
from tests.fakes.models import operations
from tests.fakes.world import World

SCALARS = {
    "string": str,
    "timestamp": datetime,
    "boolean": bool,
    "integer": int,
    "long": int,
    "blob": bytes,
}
CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("iam", "create_user", {"UserName": "bob", "Tags": [{"Key": "a", "Value": "b"}]}),
    ("iam", "tag_user", {"UserName": "bob", "Tags": [{"Key": "c", "Value": "d"}]}),
    ("iam", "untag_user", {"UserName": "bob", "TagKeys": ["c"]}),
    ("iam", "update_user", {"UserName": "bob", "NewUserName": "bobby"}),
    ("iam", "get_user", {"UserName": "bobby"}),
    ("iam", "list_user_tags", {"UserName": "bobby"}),
    ("iam", "list_attached_user_policies", {"UserName": "bobby"}),
    ("iam", "delete_user", {"UserName": "bobby"}),
    ("iam", "list_users", {"MaxItems": 1}),
    ("iam", "get_account_authorization_details", {"Filter": ["User"], "MaxItems": 1}),
    ("iam", "list_access_keys", {"UserName": "alice"}),
    ("iam", "get_access_key_last_used", {"AccessKeyId": "AKIAFAKE000000000001"}),
    ("iam", "create_access_key", {"UserName": "alice"}),
    ("iam", "update_access_key", {"UserName": "alice", "AccessKeyId": "AKIAFAKE000000000002", "Status": "Inactive"}),
    ("iam", "delete_access_key", {"UserName": "alice", "AccessKeyId": "AKIAFAKE000000000002"}),
    ("iam", "generate_credential_report", {}),
    ("iam", "get_credential_report", {}),
    ("secretsmanager", "create_secret", {"Name": "one", "ClientRequestToken": "1" * 32, "SecretString": "a"}),
    ("secretsmanager", "put_secret_value", {"SecretId": "one", "ClientRequestToken": "2" * 32, "SecretString": "b"}),
    (
        "secretsmanager",
        "update_secret_version_stage",
        {"SecretId": "one", "VersionStage": "x", "MoveToVersionId": "1" * 32},
    ),
    ("secretsmanager", "get_secret_value", {"SecretId": "one"}),
    ("secretsmanager", "put_resource_policy", {"SecretId": "one", "ResourcePolicy": "{}", "BlockPublicPolicy": True}),
    ("secretsmanager", "tag_resource", {"SecretId": "one", "Tags": [{"Key": "a", "Value": "b"}]}),
    ("secretsmanager", "describe_secret", {"SecretId": "one"}),
    ("secretsmanager", "list_secret_version_ids", {"SecretId": "one", "MaxResults": 1}),
    ("secretsmanager", "list_secrets", {}),
    ("secretsmanager", "untag_resource", {"SecretId": "one", "TagKeys": ["a"]}),
    ("secretsmanager", "delete_secret", {"SecretId": "one"}),
    ("secretsmanager", "restore_secret", {"SecretId": "one"}),
    ("sts", "get_caller_identity", {}),
    ("cloudwatch", "describe_alarms", {"AlarmTypes": ["MetricAlarm", "CompositeAlarm"]}),
    ("events", "put_events", {"Entries": [{"Source": "a", "DetailType": "b", "Detail": "{}"}, {"Source": "a"}]}),
    (
        "ses",
        "send_raw_email",
        {"Source": "keyturn@example.com", "Destinations": ["a@example.com"], "RawMessage": {"Data": b"Subject: hello"}},
    ),
    ("sns", "publish", {"TopicArn": "arn:aws:sns:eu-west-1:111122223333:people", "Message": "hello"}),
]


def faults(value: object, shape: Shape | None, place: str) -> Iterator[str]:
    """Where a value is not of its shape."""
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        for name, member in value.items():
            if name not in shape.members:
                yield f"{place}.{name} is not in the model"
            else:
                yield from faults(member, shape.members[name], f"{place}.{name}")
        yield from (f"{place}.{name} is missing" for name in shape.required_members if name not in value)
    elif isinstance(shape, ListShape) and isinstance(value, list):
        for member in value:
            yield from faults(member, shape.member, f"{place}[]")
    elif isinstance(shape, MapShape) and isinstance(value, dict):
        for member in value.values():
            yield from faults(member, shape.value, f"{place}{{}}")
    elif shape is None:
        yield from (
            f"{place} has {name}, and no output is expected" for name in (value if isinstance(value, dict) else ())
        )
    elif not isinstance(value, SCALARS.get(shape.type_name, ())):
        yield f"{place} is {value!r}, not a {shape.type_name}"


@pytest.fixture
def world() -> World:
    world = World()
    world.user("carol", tags={"a": "b"})
    world.key(world.user("alice"), last_used_days=3)
    world.alarm("orders")
    world.alarm("all", composite=True)
    return world


def test_every_answer_has_the_form_of_botocores_model(world: World) -> None:
    found: list[str] = []
    for service, operation, params in CALLS:
        answer = world.call(service, operation, params, world.admin.caller)
        found += faults(answer, operations(service)[operation].botocore.output_shape, operation)
    assert found == []


def test_every_operation_is_among_them() -> None:
    assert {(service, operation) for service, operation, _ in CALLS} == set(OPERATIONS)


def test_a_wrong_answer_would_be_found() -> None:
    shape = operations("iam")["get_user"].botocore.output_shape
    answer = {"User": {"Path": 1, "UserName": "alice", "Extra": "x"}}
    assert sorted(faults(answer, shape, "answer")) == [
        "answer.User.Arn is missing",
        "answer.User.CreateDate is missing",
        "answer.User.Extra is not in the model",
        "answer.User.Path is 1, not a string",
        "answer.User.UserId is missing",
    ]


def test_an_answer_is_a_copy_that_nobody_can_change_the_account_by(world: World) -> None:
    token = "1" * 32
    world.admin.secretsmanager.create_secret(Name="one", ClientRequestToken=token, SecretString="a")
    world.admin.secretsmanager.describe_secret(SecretId="one")["VersionIdsToStages"][token].append("mine")
    assert world.secrets["one"].stages == {token: ["AWSCURRENT"]}
