"""A function's role under trial: its policy with one grant less, and whatever call one likes, made as the role."""

import copy
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any, Literal

from sandbox.local_aws import Deployment
from tests.e2e.functions import invoke, package

# As the role, by the role's own temporary credentials, which Lambda puts into the environment.
PROBE = """
import functools, boto3
client = functools.cache(boto3.client)
def handler(event, context):
    service = client(event["service"])
    try:
        getattr(service, event["call"])(**event["with"])
    except service.exceptions.ClientError as error:
        return error.response["Error"]["Code"]
    return "allowed"
"""


@dataclass(frozen=True)
class Trial:
    """A deployed stack, one of whose roles is tried: that of the function `of`, with its policy."""

    stack: Deployment
    of: Literal["Rotator", "Responder"]
    policy: Literal["Rotate", "Respond"]

    @cached_property
    def function(self) -> str:
        """The function's name."""
        return self.stack.outputs[f"{self.of}FunctionName"]

    @property
    def probe(self) -> str:
        """The name of the function that makes calls as the role."""
        return f"as-the-{self.of.lower()}"

    @cached_property
    def role(self) -> str:
        """The role's name."""
        return self.role_arn.rpartition("/")[2]

    @cached_property
    def role_arn(self) -> str:
        """The role's ARN."""
        configuration = self.client("lambda").get_function_configuration(FunctionName=self.function)
        return str(configuration["Role"])

    def client(self, service: str) -> Any:  # noqa: ANN401 - a client of any service
        """The administrator's client."""
        return self.stack.aws.client(service)

    @cached_property
    def document(self) -> dict[str, Any]:
        """The role's policy as it was deployed."""
        policy = self.client("iam").get_role_policy(RoleName=self.role, PolicyName=self.policy)["PolicyDocument"]
        document: dict[str, Any] = json.loads(policy) if isinstance(policy, str) else policy
        return document

    def grants(self) -> set[tuple[str, str]]:
        """Every action that is allowed, with the statement that allows it."""
        allowing = (each for each in self.document["Statement"] if each["Effect"] == "Allow")
        return {(each["Sid"], action) for each in allowing for action in _actions(each)}

    @contextmanager
    def without(self, sid: str, action: str) -> Iterator[None]:
        """Take one action out of one statement."""
        less = copy.deepcopy(self.document)
        (statement,) = [each for each in less["Statement"] if each["Sid"] == sid]
        statement["Action"] = [each for each in _actions(statement) if each != action]
        if not statement["Action"]:
            less["Statement"].remove(statement)
        self._put(less)
        try:
            yield
        finally:
            self._put(self.document)

    def _put(self, document: Mapping[str, Any]) -> None:
        self.client("iam").put_role_policy(
            RoleName=self.role, PolicyName=self.policy, PolicyDocument=json.dumps(document)
        )

    @contextmanager
    def set_to(self, variables: Mapping[str, str]) -> Iterator[None]:
        """Change some of the function's settings."""
        configure = self.client("lambda").update_function_configuration
        former = self.client("lambda").get_function_configuration(FunctionName=self.function)["Environment"]
        configure(FunctionName=self.function, Environment={"Variables": former["Variables"] | dict(variables)})
        try:
            yield
        finally:
            configure(FunctionName=self.function, Environment=former)

    def run(self, event: Mapping[str, object]) -> str:
        """Let the function run; give its whole report, or the error that it ended with and what it logged."""
        since = int(self.stack.aws.clock.now().timestamp() * 1000)
        answer, failure = invoke(self.stack.aws, self.function, event)
        return "\n".join([json.dumps(answer), *self._log(since)]) if failure else json.dumps(answer)

    def names(self, others: Mapping[str, str]) -> dict[str, str]:
        """What calls have to name: all that is in the account, and what is the role's own."""
        return {**others, "role": self.role, "policy": self.policy, "log group": self._log_group}

    @cached_property
    def _log_group(self) -> str:
        configuration = self.client("lambda").get_function_configuration(FunctionName=self.function)
        return str(configuration["LoggingConfig"]["LogGroup"])

    def _log(self, since: int) -> list[str]:
        events = self.client("logs").get_paginator("filter_log_events")
        pages = events.paginate(logGroupName=self._log_group, startTime=since)
        return [event["message"] for page in pages for event in page["events"]]

    def outcome(self, service: str, call: str, parameters: Mapping[str, object]) -> str:
        """Make a call as the role: the code of its refusal, or that it was allowed."""
        event = {"service": service, "call": call, "with": parameters}
        answer, failure = invoke(self.stack.aws, self.probe, event)
        assert not failure, answer
        return str(answer)

    def add_probe(self) -> None:
        """Create the function that makes calls as the role."""
        self.client("lambda").create_function(
            FunctionName=self.probe,
            Runtime="python3.13",
            Handler="app.handler",
            Role=self.role_arn,
            Code={"ZipFile": package(PROBE)},
            Timeout=60,
        )

    def user(self, name: str, *, path: str = "/services/", **tags: str) -> str:
        """Create a user with a key; give the key's ID."""
        shown = [{"Key": f"keyturn:{key}", "Value": value} for key, value in tags.items()]
        self.client("iam").create_user(UserName=name, Path=path, Tags=shown)
        return str(self.client("iam").create_access_key(UserName=name)["AccessKey"]["AccessKeyId"])

    def pass_days(self, number: float) -> None:
        """Let time pass."""
        self.stack.aws.clock.move_by(timedelta(days=number))


def _actions(statement: Mapping[str, Any]) -> list[str]:
    actions = statement["Action"]
    return [actions] if isinstance(actions, str) else list(actions)


def remove(trial: Trial, user: str) -> None:
    """Remove a user with all its keys; its secret stays."""
    iam = trial.client("iam")
    for key in iam.list_access_keys(UserName=user)["AccessKeyMetadata"]:
        iam.delete_access_key(UserName=user, AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName=user)
