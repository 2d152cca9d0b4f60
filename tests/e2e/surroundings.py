"""An account with more in it than the stack: what its roles must be kept from, and one user that is in scope."""

import json
from typing import Final

from sandbox.cdk import ACCOUNT
from sandbox.local_aws import Deployment
from tests.e2e.functions import create_role, package

# Managed is in scope, Stranger is outside the path, Untagged lacks the tag.
IN_SCOPE, OUTSIDE, UNTAGGED = "managed", "stranger", "untagged"
OWN, OTHER = "keyturn/managed/access-key", "others/database"
OTHER_GROUP, OTHER_FUNCTION = "/others/log", "other-function"
# Both may be sent from in SES, and the first is the stack's.
SENDER, MALLORY = "keyturn@example.com", "mallory@example.com"
_USERS: Final = {IN_SCOPE: ("/services/", True), OUTSIDE: ("/people/", True), UNTAGGED: ("/services/", False)}


def surround(stack: Deployment) -> dict[str, str]:
    """Put things into the account; give what the calls have to name."""
    aws, outputs = stack.aws, stack.outputs
    keys = {f"key of {name}": _user(stack, name, path, managed) for name, (path, managed) in _USERS.items()}
    stack.invoke({"action": "rotate", "users": [IN_SCOPE], "force": True})
    secrets = aws.client("secretsmanager")
    secrets.create_secret(Name=OTHER, SecretString="value")
    aws.client("logs").create_log_group(logGroupName=OTHER_GROUP)
    aws.client("events").create_event_bus(Name="other-bus")
    aws.client("iam").create_group(GroupName="administrators")
    aws.client("ssm").put_parameter(Name="/others/parameter", Value="value", Type="String")
    return keys | {
        "other role": _role_and_function(stack),
        "own secret": secrets.describe_secret(SecretId=OWN)["ARN"],
        "vault key": outputs["VaultKeyArn"],
        "other key": aws.client("kms").create_key()["KeyMetadata"]["Arn"],
        "ciphertext": "ciphertext",
        "topic": outputs["TopicArn"],
        "other topic": aws.client("sns").create_topic(Name="others")["TopicArn"],
        "dead letters": outputs["DeadLetterQueueUrl"],
        "other queue": aws.client("sqs").create_queue(QueueName="others")["QueueUrl"],
        "schedule": outputs["ScheduleName"],
        "rotator": outputs["RotatorFunctionName"],
        "responder": outputs["ResponderFunctionName"],
    }


def _user(stack: Deployment, name: str, path: str, managed: bool) -> str:  # noqa: FBT001 - a column of the table above
    tags = [{"Key": "keyturn:managed", "Value": "true"}] if managed else []
    iam = stack.aws.client("iam")
    iam.create_user(UserName=name, Path=path, Tags=tags)
    return str(iam.create_access_key(UserName=name)["AccessKey"]["AccessKeyId"])


def _role_and_function(stack: Deployment) -> str:
    """A role that the whole account may take, and a function that has it."""
    arn = create_role(stack.aws, "other-role")
    account = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    trust = {"Statement": [{"Effect": "Allow", "Principal": account, "Action": "sts:AssumeRole"}]}
    stack.aws.client("iam").update_assume_role_policy(RoleName="other-role", PolicyDocument=json.dumps(trust))
    stack.aws.client("lambda").create_function(
        FunctionName=OTHER_FUNCTION,
        Runtime="python3.13",
        Handler="app.handler",
        Role=arn,
        Code={"ZipFile": package("def handler(event, context): pass")},
    )
    return arn
