"""Step Functions: a Distributed Map's ResultWriter writes how each execution ended, and answers where."""

import json
import uuid
from collections.abc import Callable
from typing import Any

from sandbox.emulator.upstream import Record, extend, s3, stepfunctions


def mend() -> None:
    """Write the files after the map has run."""
    extend(stepfunctions, "_run_distributed_map", _run)


def _run(  # noqa: PLR0913, PLR0917 - ministack's own parameters
    former: Callable[..., Any],
    state: Record,
    raw: Any,
    effective: Any,
    iterator: Record,
    execution: Record,
    context: Any,
) -> Any:
    writer = state.get("ResultWriter")
    if not writer:
        return former(state, raw, effective, iterator, execution, context)
    # The children are found by a label of this run's own.
    label = f"{state.get('Label', 'Map')}-{uuid.uuid4().hex}"
    _, following = former({**state, "Label": label}, raw, effective, iterator, execution, context)
    children = [each for each in stepfunctions._executions.values() if f"/{label}" in each["stateMachineArn"]]
    place = stepfunctions._resolve_params_obj(writer["Parameters"], effective, context)
    arn = children[0]["mapRunArn"] if children else label
    return _written(place["Bucket"], f"{place['Prefix']}/{label}", arn, children), following


def _written(bucket: str, folder: str, map_run_arn: str, children: list[Record]) -> Record:
    files = {}
    for ended in ("SUCCEEDED", "FAILED", "PENDING"):
        records = [_record(each) for each in children if each["status"] == ended]
        key = f"{folder}/{ended}_0.json"
        files[ended] = [{"Key": key, "Size": _put(bucket, key, records)}] if records else []
    manifest = {"DestinationBucket": bucket, "MapRunArn": map_run_arn, "ResultFiles": files}
    _put(bucket, f"{folder}/manifest.json", manifest)
    return {
        "MapRunArn": map_run_arn,
        "ResultWriterDetails": {"Bucket": bucket, "Key": f"{folder}/manifest.json"},
    }


def _record(child: Record) -> Record:
    """One execution as the developer guide shows it (ResultWriter, output files)."""
    names = {
        "ExecutionArn": "executionArn",
        "Input": "input",
        "Name": "name",
        "Output": "output",
        "StartDate": "startDate",
        "StateMachineArn": "stateMachineArn",
        "Status": "status",
        "StopDate": "stopDate",
        "Error": "error",
        "Cause": "cause",
    }
    return {name: child[field] for name, field in names.items() if child.get(field) is not None}


def _put(bucket: str, key: str, content: Any) -> int:
    body = json.dumps(content).encode()
    status, *_ = s3._put_object(bucket, key, body, {})
    if status != 200:  # noqa: PLR2004 - HTTP's OK
        raise stepfunctions._ExecutionError("States.ResultWriterFailed", f"{bucket}/{key}: {status}")
    return len(body)
