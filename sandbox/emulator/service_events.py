"""Events of AWS's own services: EventBridge takes them from nobody, and in the sandbox from an observer.

There is no AWS Health here that could report a key as exposed, so whoever plays its part has to speak in its name.
"""

from collections.abc import Callable

from sandbox.emulator.observers import observing
from sandbox.emulator.upstream import Answer, Record, eventbridge, extend


def mend() -> None:
    """Let observers send as a service of AWS."""
    extend(eventbridge, "_put_events", _put)


def _put(former: Callable[..., Answer], data: Record, *, allow_aws_source: bool = False) -> Answer:
    return former(data, allow_aws_source=allow_aws_source or observing())
