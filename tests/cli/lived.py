"""An account in which the rotator has run every day, and the stack as the command line sees it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from keyturn.domain.outcome import Outcome
from keyturn.report import line
from keyturn.request import Request, Verb
from keyturn.run import perform
from keyturn.settings import Settings
from tests.fakes.world import World
from tests.protocol.consumer import Consumer
from tests.unit.running import a_run

HOSTILE = "<script>alert(1)</script>\u202e\n\"'&"


class LogsClient:
    """The functions' logs, by log group; `denied` refuses to give them."""

    exceptions = SimpleNamespace(ResourceNotFoundException=LookupError, ClientError=ClientError)

    def __init__(self) -> None:
        self.events: dict[str, list[dict[str, Any]]] = {}
        self.denied = False

    def get_paginator(self, name: str) -> "LogsClient":
        assert name == "filter_log_events"
        return self

    def paginate(self, **asked: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - boto3's parameters
        if self.denied:
            raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "FilterLogEvents")
        if asked["logGroupName"] not in self.events:
            raise LookupError
        yield {
            "events": [each for each in self.events[asked["logGroupName"]] if each["timestamp"] >= asked["startTime"]]
        }


@dataclass
class LivedStack:
    """A stack over a world in which days pass."""

    world: World = field(default_factory=World)
    options: dict[str, str] = field(default_factory=dict)
    logs: LogsClient = field(default_factory=LogsClient)
    consumers: list[Consumer] = field(default_factory=list)
    clients: dict[str, Any] = field(default_factory=dict)
    name: str = "Keyturn"
    account: str = "111122223333"
    region: str = "eu-west-1"

    def live(self, days: int) -> None:
        """Let programs work and the rotator run, once a day."""
        for _ in range(days):
            self.world.advance(timedelta(days=1))
            for consumer in self.consumers:
                consumer.work()
            self.perform(Request())

    def perform(self, request: Request) -> dict[str, Any]:
        """Run the rotator, and keep what it logs."""
        run = a_run(self.world, seconds=900, **self.options)
        log = self.logs.events.setdefault("/aws/lambda/Keyturn-Rotator", [])

        def tell(outcome: Outcome) -> None:
            message = {"message": outcome.message, "run_id": run.id, "user_turn": line(outcome)}
            at = int(self.world.now.timestamp() * 1000)
            log.append({"timestamp": at, "message": json.dumps(message)})

        report = perform(request, run, tell if request.verb is Verb.ROTATE else lambda _: None, lambda _: None)
        return report.as_dict()

    def invoke(self, request: Mapping[str, Any], doing: str) -> dict[str, Any]:
        assert doing
        assert request == {"action": "status"}
        return self.perform(Request(verb=Verb.STATUS))

    def settings(self) -> Settings:
        return Settings.parse({"mode": "enforce", **self.options})

    def configuration(self, output: str) -> dict[str, Any]:
        assert output
        return {}

    def output(self, name: str) -> str:
        return {"RotatorFunctionName": "Keyturn-Rotator", "ResponderFunctionName": "Keyturn-Responder"}[name]

    def client(self, service: str) -> Any:  # noqa: ANN401 - any service's
        own: dict[str, Any] = {"iam": self.world.admin.iam, "logs": self.logs}
        return {**own, **self.clients}[service]


def a_user(stack: LivedStack, name: str, *, age: float, works: bool = True, **more: Any) -> str:  # noqa: ANN401 - as World.user()
    """A user whose program follows the rotation, if it works at all."""
    user = stack.world.user(name, **more)
    key = stack.world.key(user, age_days=age, last_used_days=0.1 if works else None)
    if works:
        stack.consumers.append(Consumer(stack.world, user, key))
    return key


def an_account(days: int = 130) -> LivedStack:
    """An account with a user for each thing that a report has to tell."""
    stack = LivedStack()
    for number, name in enumerate(("billing-export", "ci-deploy", "grafana", "partner-acme", "sftp-gateway")):
        a_user(stack, name, age=12 + 17 * number)
    a_user(stack, "newcomer", age=-(days - 9))
    a_user(stack, "idle-backup", age=70, works=False)
    a_user(stack, "vendor-printer", age=160, tags={"keyturn:exempt-until": "2030-06-30"})
    a_user(stack, "mistagged", age=20, tags={"keyturn:max-age-days": HOSTILE})
    stubborn = stack.world.user("erp-connector", tags={"keyturn:owner": "erp@example.com"})
    key = stack.world.key(stubborn, age_days=25, last_used_days=0.1)
    twice = stack.world.user("two-keys-by-hand")
    pair = [stack.world.key(twice, age_days=age, last_used_days=0.1) for age in (61, 33)]
    off = stack.world.user("switched-off")
    stack.world.key(off, age_days=200, status="Inactive", last_used_days=180)
    stack.world.key(off, age_days=40 - days, last_used_days=None)
    stack.world.user("keyless")
    for _ in range(days):
        for used in (key, *pair):
            stack.world.use(used)
        stack.live(1)
    return stack
