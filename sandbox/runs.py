"""Scheduled runs: the clock moves to when the schedule is due, the schedule fires the rotator, the log tells the rest.

The emulator's own EventBridge Scheduler starts the function with the input that the template gives it. Nobody waits
for an asynchronous invocation's answer, so a run is read where an operator reads it: in the function's log.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sandbox.local_aws import Deployment

LONGEST_RUN_SECONDS = 120
A_DAY = timedelta(days=1)
# A schedule by rate counts from its last start: that much later, each start is due for certain.
SLACK = timedelta(seconds=5)


class Runs(Protocol):
    """Whatever brings the account a day further and runs the rotator."""

    def next(self) -> "Run":
        """Give the next run."""


class NoReportError(RuntimeError):
    """A run that left no report; the message shows what it left."""


@dataclass(frozen=True)
class Run:
    """One run: when, its report, and a line for each user that it looked at."""

    at: datetime
    report: dict[str, Any]
    turns: list[dict[str, Any]]


class DailyRuns:
    """The runs of a deployment's schedule, one a day."""

    def __init__(self, deployment: Deployment) -> None:
        self._aws = deployment.aws
        function = deployment.outputs["RotatorFunctionName"]
        configuration = self._aws.client("lambda").get_function_configuration(FunctionName=function)
        self._log_group = configuration["LoggingConfig"]["LogGroup"]
        # The last start is a day ago at most, whenever it was.
        self._due = self._aws.clock.now() + A_DAY + SLACK

    def next(self) -> Run:
        """Live until the next run is due, and give it once it has ended."""
        since, self._due = self._due, self._due + A_DAY + SLACK
        self._aws.clock.move_to(since)
        return self.ended(since)

    def ended(self, since: datetime) -> Run:
        """Wait for the end of a run that started since a moment, and give it."""
        until = time.monotonic() + LONGEST_RUN_SECONDS
        while time.monotonic() < until:
            lines = self.lines(since)
            if report := next(_values(lines, "report"), None):
                return Run(since, report, list(_values(lines, "user_turn")))
            if any(line.startswith("REPORT RequestId:") for line in lines):
                break
            time.sleep(0.02)
        raise NoReportError(f"The run of {since:%Y-%m-%d %H:%M} left no report:\n" + "\n".join(self.lines(since)))

    def lines(self, since: datetime) -> list[str]:
        """Give what the function has logged since a moment."""
        logs = self._aws.client("logs")
        start = int(since.timestamp() * 1000) - 1000
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=self._log_group, startTime=start)
        return [event["message"] for page in pages for event in page["events"]]


def _values(lines: list[str], name: str) -> Iterator[Any]:
    for line in lines:
        if line.startswith("{") and name in (entry := json.loads(line)):
            yield entry[name]
