"""CloudFormation: a function keeps the dead-letter queue that its template gives it."""

from typing import Any

from sandbox.emulator.upstream import Record, functions, provisioners


def mend() -> None:
    """Remember it after the function is created or updated."""
    handlers = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]
    create, update = handlers["create"], handlers["update"]

    def create_with_queue(logical_id: str, props: Record, *rest: Any, **more: Any) -> Any:
        return _with_queue(create(logical_id, props, *rest, **more), props)

    def update_with_queue(physical_id: str, old: Record, new: Record, *rest: Any, **more: Any) -> Any:
        return _with_queue(update(physical_id, old, new, *rest, **more), new)

    handlers.update(create=create_with_queue, update=update_with_queue)


def _with_queue(made: Any, props: Record) -> Any:
    record = functions.get(made[0] if isinstance(made, tuple) else made)
    if record and props.get("DeadLetterConfig"):
        record["config"]["DeadLetterConfig"] = props["DeadLetterConfig"]
    return made
