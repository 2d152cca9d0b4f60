"""Policy variables (`${aws:userid}`, `${aws:username}`, …) in the resources and conditions of a policy."""

import re
from collections.abc import Callable
from dataclasses import replace as changed
from typing import Any

from sandbox.emulator.upstream import evaluator, extend

VARIABLE = re.compile(r"\$\{([^}*?$]+)\}")
# A variable without a value matches nothing (user guide, policy variables): no request sends a NUL.
NOTHING = "\0"


def mend() -> None:
    """Fill the variables in wherever a statement is matched."""
    extend(evaluator, "_first_match", _first_match)


def _first_match(former: Callable[..., Any], context: Any, statements: list[Any], effect: str) -> Any:
    return former(context, [_filled_in(each, context) for each in statements if each.effect == effect], effect)


def _filled_in(statement: Any, context: Any) -> Any:
    if "${" not in f"{statement.resources}{statement.not_resources}{statement.conditions}":
        return statement

    def value(found: re.Match[str]) -> str:
        actual = evaluator._resolve_condition_key(found[1], context)
        return NOTHING if actual is None else str(actual)

    def filled(part: Any) -> Any:
        if isinstance(part, str):
            return VARIABLE.sub(value, part)
        if isinstance(part, list):
            return [filled(each) for each in part]
        if isinstance(part, dict):
            return {key: filled(each) for key, each in part.items()}
        return part

    return changed(
        statement,
        resources=filled(statement.resources),
        not_resources=filled(statement.not_resources),
        conditions=filled(statement.conditions),
    )
