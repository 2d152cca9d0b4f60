"""Condition keys about who calls: a session's role, and the organization of a member account (user guide)."""

import re
from collections.abc import Callable
from typing import Any

from sandbox.emulator.upstream import evaluator, extend, organizations

SESSION = re.compile(r"arn:(?P<partition>[^:]+):sts::(?P<account>\d{12}):assumed-role/(?P<role>[^/]+)/.+")


def mend() -> None:
    """Answer wherever a condition asks who calls."""
    extend(evaluator, "_resolve_condition_key", _resolve)


def _resolve(former: Callable[..., Any], key: str, context: Any) -> Any:
    value = former(key, context)
    if key.lower() == "aws:principalarn" and (session := SESSION.fullmatch(str(value))):
        # Without its path, which a session's ARN does not have: a role that has one is not named rightly here.
        return f"arn:{session['partition']}:iam::{session['account']}:role/{session['role']}"
    if key.lower() == "aws:principalorgid" and value is None:  # ministack knows a management account's own only
        return _organization_of(context.principal_account)
    return value


def _organization_of(account: str) -> str | None:
    for manager, member in organizations._accounts._data:
        if member == account:
            return str(organizations._orgs.get_scoped(manager, None, "self")["Id"])
    return None
