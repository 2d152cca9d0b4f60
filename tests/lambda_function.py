"""The rotator as Lambda invokes it, in a world: its handler, with the world's clients, clock and patience in place."""

import contextlib
import io
import os
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest

from keyturn import rotate
from keyturn.aws.clients import Clients
from tests.fakes.world import World

ENFORCE = {"KEYTURN_MODE": "enforce"}


@dataclass
class LambdaFunction:
    """A deployed function; `connect` makes its clients, `printed` is all that it wrote."""

    world: World
    environment: Mapping[str, str] = field(default_factory=lambda: ENFORCE)
    connect: Callable[[World], Clients] = lambda world: world.clients(attempts=5)
    seconds: float = 900
    printed: io.StringIO = field(default_factory=io.StringIO)

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
            answer: dict[str, Any] = rotate.handler(event, context)
            return answer

    def _left(self, started: datetime) -> float:
        return self.seconds - (self.world.now - started).total_seconds()

    @contextlib.contextmanager
    def _in_place(self) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(rotate, "connect", lambda: self.connect(self.world))
            patch.setattr(rotate, "datetime", SimpleNamespace(now=lambda _zone: self.world.now))
            patch.setattr(rotate, "time", SimpleNamespace(**(vars(time) | {"sleep": self.world.sleep})))
            patch.setattr(rotate, "os", SimpleNamespace(**(vars(os) | {"environ": self.environment})))
            yield

    @contextlib.contextmanager
    def _printing(self) -> Iterator[None]:
        handler = rotate.logger.registered_handler
        former = handler.setStream(self.printed)  # type: ignore[attr-defined] # Powertools logs to a stream
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
                handler.setStream(former)  # type: ignore[attr-defined] # the same
