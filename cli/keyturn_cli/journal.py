"""What the functions' logs say of users' turns."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from keyturn_cli.stack import ROTATOR, Stack

RESPONDER: Final = "ResponderFunctionName"
Entry = dict[str, Any]


def turns(stack: Stack, function: str, since: datetime, pattern: str) -> Iterator[Entry]:
    """Give the turns that a function has logged since a moment, as far as the logs' filter pattern lets them pass."""
    group = stack.configuration(function).get("LoggingConfig", {}).get("LogGroup")
    client = stack.client("logs")
    asked = {
        "logGroupName": group or f"/aws/lambda/{stack.output(function)}",
        "startTime": int(since.timestamp() * 1000),
        "filterPattern": pattern,
    }
    try:
        for page in client.get_paginator("filter_log_events").paginate(**asked):
            for event in page["events"]:
                yield from _turn(event, function)
    except client.exceptions.ResourceNotFoundException:
        return  # the function has not run yet


def _turn(event: dict[str, Any], function: str) -> Iterator[Entry]:
    try:
        line = json.loads(event["message"])
        turn = line["user_turn"]
        user = turn["user"]
    except (ValueError, KeyError, TypeError):
        return
    at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
    yield {
        "at": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "source": "rotator" if function == ROTATOR else "responder",
        "user": user,
        "account": turn.get("account"),
        **{name: turn.get(name) for name in ("action", "outcome", "key", "reason", "message", "next_review")},
        "run_id": line.get("run_id"),
    }
