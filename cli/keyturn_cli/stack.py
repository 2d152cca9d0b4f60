"""The deployed stack: found by its name or its tag, and asked through its functions."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from keyturn.settings import InvalidSettings, Settings
from keyturn_cli.options import Target
from keyturn_cli.progress import working
from keyturn_cli.trouble import Trouble

if TYPE_CHECKING:
    from keyturn_cli.sessions import Client, Session

NAME: Final = "Keyturn"
TAG: Final = "keyturn:stack"
ROTATOR: Final = "RotatorFunctionName"


class Refusal(Trouble):
    """A function ended with an error: `kind` is its name, `told` the function's own words."""

    def __init__(self, who: str, kind: str, told: str) -> None:
        super().__init__(f"the {who} refused: {told or kind or 'no reason given'}")
        self.kind, self.told = kind, told or kind


@dataclass(frozen=True)
class Stack:
    """One deployment, and the session by which it is asked."""

    name: str
    account: str
    region: str
    partition: str
    status: str
    outputs: Mapping[str, str]
    session: "Session"

    def client(self, service: str) -> "Client":
        """Give the client of a service."""
        return self.session.client(service)

    def lent(self, service: str, account: str, role: str, external_id: str | None) -> "Client":
        """Give a client for another account, by a role that it lends to the operator; the own one needs none."""
        if account == self.account:
            return self.client(service)
        return self.session.lent(service, f"arn:{self.partition}:iam::{account}:role/{role}", external_id)

    def output(self, name: str) -> str:
        """Give an output.

        Raises:
            Trouble: when the stack is older than the output.
        """
        if name not in self.outputs:
            raise Trouble(f"stack {self.name} has no output {name}: deploy it anew ('make deploy')")
        return self.outputs[name]

    def invoke(self, request: Mapping[str, Any], doing: str) -> dict[str, Any]:
        """Ask the rotator, and give its run report.

        Raises:
            Refusal: with the function's own words, when it could not do what was asked.
            Trouble: when users had to be left out.
        """
        with working(doing):
            return self.ask(request)

    def ask(self, request: Mapping[str, Any], function: str = ROTATOR) -> dict[str, Any]:
        """The same without a word on the terminal, of any of the functions, and from any thread."""
        acts = function == ROTATOR and request["action"] != "status" and not request.get("dry_run")
        from keyturn_cli.sessions import explained  # noqa: PLC0415 - boto3 is not loaded before it is needed

        with explained(self.session.target):
            answer = self.session.client("lambda", again=not acts).invoke(
                FunctionName=self.output(function), Payload=json.dumps(request).encode()
            )
        body: dict[str, Any] = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            who = function.removesuffix("FunctionName").lower()
            raise Refusal(who, body.get("errorType") or "", body.get("errorMessage") or "")
        if body.get("omitted") and not request.get("brief"):
            raise Trouble(f"the answer is too long, {body['omitted']} users were left out: name the users")
        return body

    def configuration(self, output: str = ROTATOR) -> dict[str, Any]:
        """Give the configuration of one of the functions."""
        found: dict[str, Any] = self.client("lambda").get_function_configuration(FunctionName=self.output(output))
        return found

    def settings(self) -> Settings:
        """Give the settings that the rotator runs with."""
        try:
            return Settings.from_environment(self.configuration().get("Environment", {}).get("Variables", {}))
        except InvalidSettings as invalid:
            raise Trouble(f"the rotator's settings are faulty: {'; '.join(invalid.faults)}") from None


Connect = Callable[[], Stack]


def find(target: Target) -> Stack:
    """Find the stack that is meant: by the name given, else by the usual name, else by its tag.

    Raises:
        Trouble: when there is none, or more than one.
    """
    from keyturn_cli.sessions import Session  # noqa: PLC0415 - boto3 is not loaded before it is needed

    session = Session(target)
    if described := _described(session, target.stack or NAME):
        return _stack(described, session)
    if target.stack:
        raise Trouble(
            f"there is no stack {target.stack} in region {session.region}: name it with --stack, "
            "its region with --region"
        )
    tagged = _tagged(session)
    if len(tagged) == 1:
        return _stack(tagged[0], session)
    if tagged:
        raise Trouble(
            f"several stacks are Keyturn's ({', '.join(each['StackName'] for each in tagged)}): add --stack NAME"
        )
    raise Trouble(
        f"there is no stack {NAME} in region {session.region}, nor one tagged {TAG}: deploy it ('make deploy'), "
        "or name it with --stack, its region with --region"
    )


def _described(session: "Session", name: str) -> dict[str, Any] | None:
    client = session.client("cloudformation")
    try:
        found: dict[str, Any] = client.describe_stacks(StackName=name)["Stacks"][0]
    except client.exceptions.ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":  # "Stack with id … does not exist"
            return None
        raise
    return found


def _tagged(session: "Session") -> list[dict[str, Any]]:
    pages = session.client("cloudformation").get_paginator("describe_stacks").paginate()
    return [
        stack
        for page in pages
        for stack in page["Stacks"]
        if any(tag["Key"] == TAG for tag in stack.get("Tags", [])) and not stack["StackStatus"].startswith("DELETE")
    ]


def _stack(described: Mapping[str, Any], session: "Session") -> Stack:
    name, outputs = (
        described["StackName"],
        {each["OutputKey"]: each["OutputValue"] for each in described.get("Outputs", [])},
    )
    if ROTATOR not in outputs:
        raise Trouble(
            f"stack {name} ({described['StackStatus']}) is no deployment of Keyturn: it has no output {ROTATOR}"
        )
    _, partition, _, region, account, _ = described["StackId"].split(":", 5)
    return Stack(name, account, region, partition, described["StackStatus"], outputs, session)
