"""Organizations: service control policies bound a member's principals, and a closed account's may do nothing."""

from collections.abc import Callable, Iterator
from typing import Any

from sandbox.emulator.upstream import Record, evaluator, extend, organizations

KIND = "SERVICE_CONTROL_POLICY"


def mend() -> None:
    """Bound each principal by what is attached above its account, level by level."""
    extend(evaluator, "resolve_principal", _resolve)


def _resolve(former: Callable[..., Any], *request: Any, **more: Any) -> Any:
    principal = former(*request, **more)
    if not isinstance(principal, evaluator.AuthError) and principal.policies is not None:
        principal.limits += list(_levels(principal.account))
    return principal


def _levels(account: str) -> Iterator[list[Any]]:
    """Give the policies of the account itself, of each unit above it, and of the root: all of them have to allow."""
    found = next((key for key in organizations._accounts.to_dict() if key[1] == account), None)
    if found is None or found[0] == account:  # in no organization, or its management account
        return
    management = found[0]
    if organizations._accounts.get_scoped(management, None, account)["Status"] != "ACTIVE":
        yield []  # a closed account's principals may do nothing any more
    place: str | None = account
    while place:
        yield [_parsed(policy) for policy in _attached(management, place)]
        place = _above(management, place)


def _attached(management: str, place: str) -> Iterator[Record]:
    for (owner, policy_id), places in organizations._attachments.to_dict().items():
        if owner == management and place in places:
            policy = organizations._policies.get_scoped(management, None, policy_id)
            if policy["Type"] == KIND:
                yield policy


def _parsed(policy: Record) -> Any:
    return evaluator.parse_policy_document(policy["_Content"])


def _above(management: str, place: str) -> str | None:
    for kept in (organizations._accounts, organizations._ous):
        if record := kept.get_scoped(management, None, place):
            return str(record["_ParentId"])
    return None
