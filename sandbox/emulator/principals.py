"""`aws:PrincipalArn` of a role's session: the role's ARN, and not the session's (user guide, global condition keys)."""

import re
from collections.abc import Callable
from typing import Any

from sandbox.emulator.upstream import evaluator, extend

SESSION = re.compile(r"arn:(?P<partition>[^:]+):sts::(?P<account>\d{12}):assumed-role/(?P<role>[^/]+)/.+")


def mend() -> None:
    """Name the role wherever a condition asks who calls."""
    extend(evaluator, "_resolve_condition_key", _resolve)


def _resolve(former: Callable[..., Any], key: str, context: Any) -> Any:
    value = former(key, context)
    if key.lower() == "aws:principalarn" and (session := SESSION.fullmatch(str(value))):
        # Without its path, which a session's ARN does not have: a role that has one is not named rightly here.
        return f"arn:{session['partition']}:iam::{session['account']}:role/{session['role']}"
    return value
