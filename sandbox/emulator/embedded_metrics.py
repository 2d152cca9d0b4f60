"""Metrics embedded in log lines (EMF): what a function prints becomes CloudWatch metrics, on which alarms ring."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from sandbox.emulator.upstream import Record, cloudwatch, extend, lambda_svc


def mend() -> None:
    """Read the log of every invocation."""
    extend(lambda_svc, "_emit_lambda_logs", _emit)


def _emit(former: Callable[..., None], func: Record, request_id: str, log: str, *rest: Any, **more: Any) -> None:
    former(func, request_id, log, *rest, **more)
    found = [metric for line in log.splitlines() for metric in _embedded(line)]
    for namespace, name, value, unit, dimensions in found:
        cloudwatch.record_metric(namespace, name, value, unit, dimensions)
    if found:
        cloudwatch._evaluate_all_alarms()


def _embedded(line: str) -> Iterator[tuple[str, str, float, str, dict[str, str]]]:
    """Give the metrics of a line, once for each set of dimensions (specification, embedded metric format)."""
    if '"_aws"' not in line:
        return
    try:
        entry = json.loads(line)
    except ValueError:
        return
    for directive in entry.get("_aws", {}).get("CloudWatchMetrics", []):
        for names in directive.get("Dimensions") or [[]]:
            dimensions = {name: str(entry[name]) for name in names if name in entry}
            for metric in directive["Metrics"]:
                values = entry.get(metric["Name"], [])
                for value in values if isinstance(values, list) else [values]:
                    yield directive["Namespace"], metric["Name"], float(value), metric.get("Unit", "None"), dimensions
