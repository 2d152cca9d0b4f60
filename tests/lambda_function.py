"""A function as Lambda invokes it, in a world: its handler, with the world's clients, clock and patience in place."""

import contextlib
import io
import os
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from keyturn import respond, rotate
from keyturn.aws.clients import Clients
from tests.fakes.world import World

ENFORCE = {"KEYTURN_MODE": "enforce"}
HEARD = {"KEYTURN_EVENT_BUS": "default", "KEYTURN_TOPIC_ARN": "arn:aws:sns:eu-west-1:111122223333:people"}


@dataclass
class LambdaFunction:
    """A deployed function, the rotator or another `module`; `connect` makes its clients, `printed` is all it wrote."""

    world: World
    environment: Mapping[str, str] = field(default_factory=lambda: ENFORCE)
    connect: Callable[[World], Clients] = lambda world: world.clients(attempts=5)
    seconds: float = 900
    printed: io.StringIO = field(default_factory=io.StringIO)
    module: ModuleType = rotate

    def invoke(self, event: object) -> dict[str, Any]:
        """Answer an event, or raise what the handler raises."""
        started = self.world.now
        context = SimpleNamespace(
            function_name="rotator",
            memory_limit_in_mb=512,
            invoked_function_arn="arn:aws:lambda:eu-west-1:111122223333:function:rotator",
            aws_request_id="request",
            get_remaining_time_in_millis=lambda: 1000 * self._left(started),
        )
        with self._in_place(), self._printing():
            answer: dict[str, Any] = self.module.handler(event, context)
            return answer

    def _left(self, started: datetime) -> float:
        return self.seconds - (self.world.now - started).total_seconds()

    @contextlib.contextmanager
    def _in_place(self) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(self.module, "connect", lambda: self.connect(self.world))
            patch.setattr(self.module, "datetime", SimpleNamespace(now=lambda _zone: self.world.now))
            patch.setattr(self.module, "time", SimpleNamespace(**(vars(time) | {"sleep": self.world.sleep})))
            patch.setattr(self.module, "os", SimpleNamespace(**(vars(os) | {"environ": self.environment})))
            yield

    @contextlib.contextmanager
    def _printing(self) -> Iterator[None]:
        handler = self.module.logger.registered_handler
        former = handler.setStream(self.printed)  # Powertools logs to a stream
        with (
            contextlib.redirect_stdout(self.printed),
            contextlib.redirect_stderr(self.printed),
            warnings.catch_warnings(),
        ):
            # A refused request measures nothing, of which Powertools warns.
            warnings.filterwarnings("ignore", "No application metrics")
            try:
                yield
            finally:
                handler.setStream(former)


def responder(world: World, **settings: str) -> LambdaFunction:
    """The responder, which acts unless the settings say otherwise, and sends events and messages.

    It is no further run that has to heal what an earlier one left.
    """
    spelt = {f"KEYTURN_{name.upper()}": value for name, value in settings.items()}
    return LambdaFunction(
        world,
        {**ENFORCE, **HEARD, **spelt},
        connect=lambda world: world.clients(attempts=5, heals=False),
        seconds=120,
        module=respond,
    )
