"""Step Functions: an execution that is stopped takes its map's executions with it; what they have called goes on."""

from collections.abc import Callable
from typing import Any

from sandbox.emulator.upstream import Record, extend, stepfunctions


def mend() -> None:
    """Let no task begin in an execution whose parent was stopped."""
    extend(stepfunctions, "_add_event", _add)


def _add(former: Callable[..., Any], execution: Record, kind: str, *rest: Any, **more: Any) -> Any:
    if kind == "TaskScheduled" and _stopped(execution):
        raise stepfunctions._ExecutionError("Aborted", "the execution was stopped")
    return former(execution, kind, *rest, **more)


def _stopped(execution: Record) -> bool:
    run = stepfunctions._map_runs.get(execution.get("mapRunArn"))
    parent = stepfunctions._executions.get(run["executionArn"]) if run else None
    return "ABORTED" in {execution["status"], (parent or execution)["status"]}
