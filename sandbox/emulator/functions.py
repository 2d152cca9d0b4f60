"""Lambda: Python functions run under AWS's own runtime client, in environments kept warm until their code changes."""

import json
import threading
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from sandbox.emulator.execution_environment import ExecutionEnvironment
from sandbox.emulator.upstream import Record, extend, lambda_svc

_idle: dict[str, list[ExecutionEnvironment]] = defaultdict(list)
_lock = threading.Lock()


def mend() -> None:
    """Run Python functions here; others stay with ministack."""
    extend(lambda_svc, "_execute_function_warm", _execute)


def _execute(former: Callable[..., Any], func: Record, event: Any, request_id: str) -> Any:
    config = func.get("config") or func
    if not str(config.get("Runtime")).startswith("python") or not func.get("code_zip"):
        return former(func, event, request_id)
    key = _key(config)
    environment = _take(key) or ExecutionEnvironment(config, func["code_zip"])
    outcome, log = environment.invoke(event, request_id)
    if environment.alive:
        with _lock:
            _idle[key].append(environment)
    else:
        environment.close()
    answer: Record = {"body": json.loads(outcome.body or b"null"), "log": log}
    return {**answer, "error": True} if outcome.error else answer


def _take(key: str) -> ExecutionEnvironment | None:
    with _lock:
        while _idle[key]:
            environment = _idle[key].pop()
            if environment.alive:
                return environment
            environment.close()
    return None


def _key(config: Record) -> str:
    """Tell environments apart by all that they are made from."""
    made_from = (
        "FunctionArn",
        "CodeSha256",
        "Handler",
        "Timeout",
        "Role",
        "Environment",
        "MemorySize",
        "LoggingConfig",
    )
    return json.dumps([config.get(name) for name in made_from], sort_keys=True)
