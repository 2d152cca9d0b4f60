"""A plan as a file: what was shown is what is done, or nothing is.

A saved plan holds for the stack that it was made of and as long as a new plan comes to the same for each of its users.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from keyturn_cli.stack import Stack
from keyturn_cli.text import masked
from keyturn_cli.trouble import Trouble

KIND: Final = "keyturn plan"
SCHEMA: Final = 1
_MOST_NAMED: Final = 5


def document(
    stack: Stack, report: Mapping[str, Any], users: tuple[str, ...], *, force: bool, account: str | None = None
) -> dict[str, Any]:
    """Make the document of a plan, out of a dry run's report."""
    return {
        "kind": KIND,
        "schema": SCHEMA,
        "stack": stack.name,
        "account": stack.account,
        "region": stack.region,
        "made_at": report["started_at"],
        "mode": report["mode"],
        # The account above is the stack's own; a plan may be about another one, which lends its role.
        "asked": {"users": list(users), "force": force, "account": account},
        "scanned": report["scanned"],
        "remaining": report["remaining"],
        "notes": report["notes"],
        # Key IDs may be masked in the file, so what they were is kept as a digest, too.
        "users": [{**line, "digest": _digest(line)} for line in report["users"]],
    }


def save(plan: Mapping[str, Any], path: Path, *, full: bool) -> None:
    """Write a plan.

    Raises:
        Trouble: when it can't be written.
    """
    try:
        path.write_text(json.dumps(plan if full else masked(plan), indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise Trouble(f"{path} cannot be written: {error.strerror}") from None


def read(path: Path) -> dict[str, Any]:
    """Read a plan.

    Raises:
        Trouble: when the file is none, or of another version.
    """
    try:
        plan = json.loads(path.read_text(encoding="utf-8"))
        version = plan["schema"] if plan["kind"] == KIND else None
        fits = version != SCHEMA or _fits(plan)  # another version may have another shape
    except OSError as error:
        raise Trouble(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError):
        fits, version = False, None
    if not fits or not isinstance(version, int):
        raise Trouble(f"{path} is not a plan: allowed is what 'keyturn plan --out FILE' writes") from None
    if version != SCHEMA:
        raise Trouble(f"{path} is a plan of version {version}, this program reads {SCHEMA}: plan anew")
    found: dict[str, Any] = plan
    return found


def _fits(plan: dict[str, Any]) -> bool:
    """Whether all is there that is used later, and of its kind."""
    texts = [plan["stack"], plan["account"], plan["region"], *plan["asked"]["users"]]
    texts += [line[name] for line in plan["users"] for name in ("user", "action", "reason", "digest")]
    account = plan["asked"].get("account")
    known = isinstance(plan["asked"]["force"], bool) and isinstance(account, str | None)
    return known and all(isinstance(each, str) for each in texts)


def check_place(plan: Mapping[str, Any], stack: Stack) -> None:
    """Refuse a plan that was made of another deployment.

    Raises:
        Trouble: naming both.
    """
    there = (stack.name, stack.account, stack.region)
    if (plan["stack"], plan["account"], plan["region"]) != there:
        raise Trouble(
            f"the plan was made of stack {plan['stack']} in account {plan['account']}, region {plan['region']}; "
            f"this is {stack.name} in {stack.account}, {stack.region}: nothing was done"
        )


def check_fresh(plan: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Refuse a plan that has become stale.

    Raises:
        Trouble: saying what has changed.
    """
    if changes := list(_changes(plan, now)):
        more = f"; and {len(changes) - _MOST_NAMED} more" if len(changes) > _MOST_NAMED else ""
        raise Trouble(f"the plan is stale, nothing was done: {'; '.join(changes[:_MOST_NAMED])}{more}. Plan anew")


def _changes(plan: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    before, after = _lines(plan), _lines(now)
    for user in dict.fromkeys([*before, *after]):
        if (was := before.get(user)) == (is_ := after.get(user)):
            continue
        if was and is_ and was[0] == is_[0]:
            yield f"{user}: {was[0]} is about another key now"
        else:
            yield f"{user}: was {was[0] if was else 'not in it'}, is {is_[0] if is_ else 'not in it'} now"


def _lines(plan: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    return {line["user"]: (f"{line['action']} ({line['reason']})", line["digest"]) for line in plan["users"]}


def _digest(line: Mapping[str, Any]) -> str:
    text = json.dumps([line["action"], line["reason"], line.get("key")])
    return hashlib.sha256(text.encode()).hexdigest()[:16]
