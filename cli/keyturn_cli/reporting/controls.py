"""Who passes and who fails the controls that auditors ask about; which they are is data, and has a version."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any, Final

from keyturn.domain.access_key import AccessKey, LastUse

CONTROL_MAP: Final[dict[str, Any]] = json.loads(
    files("keyturn_cli.reporting").joinpath("control_map.json").read_text(encoding="utf-8")
)


@dataclass(frozen=True)
class Judged:
    """What a rule looks at: one user's Active keys and their last uses, at one moment."""

    keys: tuple[AccessKey, ...]
    uses: Mapping[str, LastUse]
    now: datetime


def _too_old(it: Judged, rule: Mapping[str, Any]) -> str | None:
    oldest = max((it.now - key.created for key in it.keys), default=timedelta())
    return f"a key is over {oldest.days} days old" if oldest > timedelta(days=rule["days"]) else None


def _too_many(it: Judged, _rule: Mapping[str, Any]) -> str | None:
    return f"{len(it.keys)} keys are Active" if len(it.keys) > 1 else None


def _unused(it: Judged, rule: Mapping[str, Any]) -> str | None:
    """Of a key that was never used its creation counts, as for the frameworks."""
    idle = [it.now - (it.uses.get(key.id, LastUse()).at or key.created) for key in it.keys]
    longest = max(idle, default=timedelta())
    return f"a key is unused for {longest.days} days" if longest >= timedelta(days=rule["days"]) else None


_JUDGES: Final[Mapping[str, Callable[[Judged, Mapping[str, Any]], str | None]]] = {
    "age": _too_old,
    "number": _too_many,
    "use": _unused,
}


def judged(users: Iterable[tuple[str, Judged]]) -> list[dict[str, Any]]:
    """Judge users that have Active keys by all rules; the others can neither pass nor fail."""
    subjects = [(name, it) for name, it in users if it.keys]
    rules = []
    for rule in CONTROL_MAP["rules"]:
        faults = {name: _JUDGES[rule["judges"]](it, rule) for name, it in subjects}
        rules.append(
            {
                "id": rule["id"],
                "title": rule["title"],
                "remark": rule.get("remark"),
                "references": rule["references"],
                "passed": [name for name, fault in faults.items() if fault is None],
                "failed": [{"user": name, "why": fault} for name, fault in faults.items() if fault],
            }
        )
    return rules
