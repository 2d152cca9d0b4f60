"""Small Lambda functions, for what the emulator does with any function."""

import io
import itertools
import json
import zipfile
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from sandbox.local_aws import Deployment, LocalAws

_numbers = itertools.count(1)
TRUST = (
    '{"Statement": {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}}'
)


def package(source: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("app.py", source)
    return content.getvalue()


def create_role(account: LocalAws, name: str) -> str:
    arn: str = account.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    return arn


def create_function(account: LocalAws, name: str, source: str, **attributes: object) -> str:
    created = account.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="app.handler",
        Role=create_role(account, name),
        Code={"ZipFile": package(source)},
        **attributes,
    )
    arn: str = created["FunctionArn"]
    return arn


def invoke(account: LocalAws, name: str, event: object) -> tuple[Any, str]:
    """Give what a function answers, and how it failed if it did."""
    answer = account.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event).encode())
    return json.loads(answer["Payload"].read()), answer.get("FunctionError", "")


_ACTING = """
import boto3
def handler(event, context):
    client = boto3.client(event["service"])
    try:
        getattr(client, event["call"])(**event["with"])
    except client.exceptions.ClientError as error:
        return error.response["Error"]["Code"]
    return "allowed"
"""


def acting_as(stack: Deployment, function: str) -> Callable[..., str]:
    """Give what makes any call in a function's role, and answers "allowed" or the code of the refusal."""
    client, name = stack.aws.client("lambda"), f"as-{function}-{next(_numbers)}"
    role = client.get_function_configuration(FunctionName=function)["Role"]
    code = {"ZipFile": package(_ACTING)}
    client.create_function(
        FunctionName=name, Runtime="python3.13", Handler="app.handler", Role=role, Code=code, Timeout=30
    )

    def outcome(service: str, call: str, **parameters: object) -> str:
        answer, failure = invoke(stack.aws, name, {"service": service, "call": call, "with": parameters})
        assert not failure, answer
        return str(answer)

    return outcome


def log_lines(account: LocalAws, name: str) -> list[str]:
    """Give what a function printed; one that never ran has no log group."""
    logs = account.client("logs")
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=f"/aws/lambda/{name}")
    with suppress(logs.exceptions.ResourceNotFoundException):
        return [event["message"] for page in pages for event in page["events"]]
    return []
