"""The emulator evaluates the policies that Keyturn's roles and users are given."""

import json
from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

from sandbox.local_aws import Credential, LocalAws
from tests.e2e.refusals import refused

NewUser = Callable[..., str]
NewSecret = Callable[..., str]


def holder(account: LocalAws, user: str, *statements: dict[str, object]) -> Credential:
    """Give a user these permissions and a key."""
    iam = account.client("iam")
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    iam.put_user_policy(UserName=user, PolicyName="granted", PolicyDocument=document)
    key = iam.create_access_key(UserName=user)["AccessKey"]
    return Credential(key["AccessKeyId"], key["SecretAccessKey"])


def allow(action: str, resource: str = "*", /, **conditions: dict[str, str]) -> dict[str, object]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, "Condition": conditions}


def test_users_are_told_apart_by_their_path(account: LocalAws, new_user: NewUser) -> None:
    inside, outside = new_user(Path="/service/"), new_user()
    scoped = allow("iam:*", "arn:aws:iam::*:user/service/*")
    iam = account.client("iam", holder(account, new_user(), scoped))
    key_id = iam.create_access_key(UserName=inside)["AccessKey"]["AccessKeyId"]
    assert iam.get_access_key_last_used(AccessKeyId=key_id)["UserName"] == inside
    with refused("AccessDenied"):
        iam.create_access_key(UserName=outside)
    outsiders = account.client("iam").create_access_key(UserName=outside)["AccessKey"]["AccessKeyId"]
    with refused("AccessDenied"):
        iam.get_access_key_last_used(AccessKeyId=outsiders)


@pytest.mark.parametrize("administrator", [False, True])
def test_the_last_use_of_an_unknown_key_is_refused_on_the_key_itself(
    account: LocalAws, new_user: NewUser, *, administrator: bool
) -> None:
    scoped = holder(account, new_user(), allow("iam:GetAccessKeyLastUsed", "arn:aws:iam::*:user/service/*"))
    with pytest.raises(ClientError, match=r"AccessDenied.* on resource: access key AKIAFAKE000000000000"):
        account.client("iam", None if administrator else scoped).get_access_key_last_used(
            AccessKeyId="AKIAFAKE000000000000"
        )


def test_users_are_told_apart_by_their_tags(account: LocalAws, new_user: NewUser) -> None:
    managed, other = new_user(Tags=[{"Key": "keyturn:managed", "Value": "true"}]), new_user()
    tagged = allow("iam:CreateAccessKey", StringEquals={"aws:ResourceTag/keyturn:managed": "true"})
    iam = account.client("iam", holder(account, new_user(), tagged))
    iam.create_access_key(UserName=managed)
    with refused("AccessDenied"):
        iam.create_access_key(UserName=other)


def test_a_variable_stands_for_the_caller(account: LocalAws, new_user: NewUser, new_secret: NewSecret) -> None:
    user, peer = new_user(), new_user()
    own = allow(
        "secretsmanager:GetSecretValue", StringEquals={"secretsmanager:ResourceTag/keyturn:user-id": "${aws:userid}"}
    )
    mine = account.client("secretsmanager", holder(account, user, own))
    theirs = account.client("secretsmanager", holder(account, peer, own))
    user_id = account.client("iam").get_user(UserName=user)["User"]["UserId"]
    secret = new_secret(SecretString="value", Tags=[{"Key": "keyturn:user-id", "Value": user_id}])
    assert mine.get_secret_value(SecretId=secret)["SecretString"] == "value"
    with refused("AccessDeniedException"):
        theirs.get_secret_value(SecretId=secret)
    by_name = allow("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:*:*:secret:${aws:username}/*")
    named = account.client("secretsmanager", holder(account, new_user(), by_name))
    with refused("AccessDeniedException"):
        named.get_secret_value(SecretId=secret)


def test_conditions_of_secrets_are_known(account: LocalAws, new_user: NewUser, new_secret: NewSecret) -> None:
    unrecoverable: dict[str, object] = {
        "Effect": "Deny",
        "Action": "secretsmanager:DeleteSecret",
        "Resource": "*",
        "Condition": {"Bool": {"secretsmanager:ForceDeleteWithoutRecovery": "true"}},
    }
    secrets = account.client("secretsmanager", holder(account, new_user(), allow("secretsmanager:*"), unrecoverable))
    secret = new_secret()
    with refused("AccessDeniedException"):
        secrets.delete_secret(SecretId=secret, ForceDeleteWithoutRecovery=True)
    secrets.delete_secret(SecretId=secret, RecoveryWindowInDays=30)


def test_metrics_are_published_to_the_namespace_allowed(account: LocalAws, new_user: NewUser) -> None:
    ours = allow("cloudwatch:PutMetricData", StringEquals={"cloudwatch:namespace": "Keyturn"})
    cloudwatch = account.client("cloudwatch", holder(account, new_user(), ours))
    cloudwatch.put_metric_data(Namespace="Keyturn", MetricData=[{"MetricName": "KeysRotated", "Value": 1}])
    with refused("AccessDeniedException"):
        cloudwatch.put_metric_data(Namespace="Other", MetricData=[{"MetricName": "KeysRotated", "Value": 1}])


def test_events_are_sent_under_the_source_allowed(account: LocalAws, new_user: NewUser) -> None:
    ours = allow("events:PutEvents", StringEquals={"events:source": "keyturn"})
    events = account.client("events", holder(account, new_user(), ours))
    entry = {"DetailType": "Access Key Rotated", "Detail": "{}", "EventBusName": "default"}
    assert events.put_events(Entries=[{**entry, "Source": "keyturn"}])["FailedEntryCount"] == 0
    with refused("AccessDeniedException"):
        events.put_events(Entries=[{**entry, "Source": "other"}])
    with refused("AccessDeniedException"):
        events.put_events(Entries=[{**entry, "Source": source} for source in ("keyturn", "other")])


def test_a_topic_is_published_to_by_those_allowed(account: LocalAws, new_user: NewUser) -> None:
    topic = account.client("sns").create_topic(Name="owners")["TopicArn"]
    allowed = account.client("sns", holder(account, new_user(), allow("sns:Publish", topic)))
    other = account.client("sns", holder(account, new_user(), allow("sns:Publish", topic + "-other")))
    allowed.publish(TopicArn=topic, Message="a key was rotated")
    with refused("AuthorizationError"):
        other.publish(TopicArn=topic, Message="a key was rotated")


def test_a_value_under_a_kms_key_is_written_and_read_by_those_who_may_use_the_key(
    account: LocalAws, new_user: NewUser, new_secret: NewSecret
) -> None:
    user = new_user()
    secrets_only = account.client("secretsmanager", holder(account, user, allow("secretsmanager:*")))
    through = {
        "StringEquals": {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"},
        "StringLike": {"kms:EncryptionContext:SecretARN": "arn:aws:secretsmanager:*:*:secret:keyturn/*"},
    }
    uses = [allow(action, **through) for action in ("kms:GenerateDataKey", "kms:Decrypt")]
    both = account.client("secretsmanager", holder(account, new_user(), allow("secretsmanager:*"), *uses))
    key_id = account.client("kms").create_key()["KeyMetadata"]["Arn"]
    secret = new_secret(KmsKeyId=key_id)
    with refused("AccessDeniedException"):
        secrets_only.put_secret_value(SecretId=secret, SecretString="value")
    both.put_secret_value(SecretId=secret, SecretString="value")
    assert both.get_secret_value(SecretId=secret)["SecretString"] == "value"
    with refused("AccessDeniedException"):
        secrets_only.get_secret_value(SecretId=secret)
    elsewhere = account.client("secretsmanager")
    elsewhere.create_secret(Name="elsewhere/access-key", KmsKeyId=key_id)
    with refused("AccessDeniedException"):
        both.put_secret_value(SecretId="elsewhere/access-key", SecretString="value")
