"""Every signed call passes here: its condition keys are added, its key's use is recorded, and the call is logged."""

import json
import os
import threading
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from sandbox.emulator.condition_keys import condition_keys
from sandbox.emulator.key_use import record_use
from sandbox.emulator.observers import observing
from sandbox.emulator.upstream import access_keys, app, evaluator, extend

CALL_LOG = os.environ.get("SANDBOX_CALL_LOG", os.devnull)
_one_line_at_a_time = threading.Lock()
_checked: ContextVar[bool] = ContextVar("checked", default=False)


def mend() -> None:
    """Stand before the evaluator."""
    extend(evaluator, "enforce", _enforce)
    extend(evaluator, "_resource_policy", _resource_policy)
    extend(app, "pin_request_origin", _from_a_safe_place)


def _enforce(  # noqa: PLR0913, PLR0917 - the evaluator's own parameters
    former: Callable[..., Any],
    key_id: str,
    action: str,
    service: str,
    region: str,
    resource_arn: str = "*",
    service_context: dict[str, Any] | None = None,
) -> Any:
    # A request may be checked more than once (an event for each bus it names), and is one call all the same.
    first = not _checked.get()
    _checked.set(True)
    context = {**(service_context or {}), **condition_keys(action, resource_arn)}
    refusal = former(key_id, action, service, region, resource_arn, context)
    known = not isinstance(refusal, evaluator.AuthError)
    if known and key_id in access_keys and not observing():
        record_use(access_keys[key_id], region=region or "us-east-1", service=service)
    if first or refusal is not None:
        _log(
            time=time.time(),
            caller=evaluator.caller_arn() if known else None,
            key=key_id,
            action=action,
            resource=resource_arn,
            allowed=refusal is None,
            observer=observing(),
        )
    return refusal


def _log(**call: object) -> None:
    with _one_line_at_a_time, open(CALL_LOG, "a", encoding="utf-8") as log:  # noqa: PTH123 - a device name at times
        log.write(json.dumps(call) + "\n")


def _resource_policy(former: Callable[..., Any], service: str, resource_arn: str) -> Any:
    """Leave out a topic's default policy: without its AWS:SourceOwner condition it would let every caller publish."""
    found = former(service, resource_arn)
    if service == "sns" and found is not None and "__default_policy_ID" in str(found[0]):
        return None
    return found


def _from_a_safe_place(former: Callable[..., None], source_ip: str, _secure_transport: bool) -> None:  # noqa: FBT001 - the evaluator's own
    """Take the loopback for TLS: policies that ask for it (the bootstrap bucket's, the queues') would refuse all."""
    _checked.set(False)
    former(source_ip, True)  # noqa: FBT003 - the evaluator's own
