"""A process of its own whose loggers are all at DEBUG: the real SDK rotates, on a wire to an account in memory.

    python -m tests.protocol.loud_run FILE [unheld]

FILE is given the secrets that existed. With `unheld` the product does not hold the SDK's debug logs down.
"""

import json
import logging
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import boto3
import pytest
from botocore.httpsession import URLLib3Session

from keyturn.aws import clients
from keyturn.domain.tags import SES_SMTP
from tests.fakes.faults import at, failed_after, response_lost, throttled
from tests.fakes.world import World
from tests.lambda_function import LambdaFunction
from tests.protocol.overhearing import TELLING
from tests.protocol.wire import Wire

if TYPE_CHECKING:
    import io

A_ROLE = {
    "AWS_ACCESS_KEY_ID": "ASIAFAKEROTATOR00000",
    "AWS_SECRET_ACCESS_KEY": "not-a-secret",
    "AWS_DEFAULT_REGION": "eu-west-1",
}
# Each strikes at a call that carries a secret, or is signed with one.
STUMBLES = (
    at(2, throttled, operation="put_secret_value"),
    at(4, failed_after, operation="put_secret_value"),
    at(2, response_lost, operation="create_access_key"),
    at(2, throttled, operation="get_caller_identity"),
)


def run(world: World, patch: pytest.MonkeyPatch) -> None:
    """Rotate the keys of three users, with stumbles, and go on until all is well."""
    for name, value in A_ROLE.items():
        patch.setenv(name, value)
    wires: list[Wire] = []

    def connect(plugged: World) -> clients.Clients:
        """Let the product make its clients when it asks for them, and somebody raise all levels right after."""
        wires[:] = [Wire(clients.connect())]
        be_loud()
        return wires[0].plug(plugged)

    patch.setattr(URLLib3Session, "send", lambda _session, request: wires[0].send(request))
    patch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _seconds: None))
    for name in ("alice", "bob", "carol"):
        tags = {"keyturn:owner": f"{name}@example.com", SES_SMTP: "eu-west-1"}
        world.key(world.user(name, tags=tags), age_days=91)
    world.intercept += STUMBLES
    function = LambdaFunction(world, TELLING, connect, printed=cast("io.StringIO", sys.stdout))
    for _ in range(4):
        function.invoke({})
        world.advance(timedelta(days=1))


def be_loud() -> None:
    """Show everything that is logged."""
    boto3.set_stream_logger("", logging.DEBUG)
    for name in list(logging.root.manager.loggerDict):
        logging.getLogger(name).setLevel(logging.DEBUG)


def main(arguments: Sequence[str]) -> None:
    """Run, and write the secrets down."""
    file, *options = arguments
    world = World()
    be_loud()
    with pytest.MonkeyPatch.context() as patch:
        if "unheld" in options:
            patch.setattr(clients, "hold_down_debug_logs", lambda: None)
        run(world, patch)
    rotated = [key.user.name for key in world.keys.values() if key.promoted]
    secrets = {key.id: key.telltales for key in world.keys.values()}
    Path(file).write_text(json.dumps({"rotated": rotated, "secrets": secrets}), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
