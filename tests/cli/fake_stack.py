"""A deployed stack, as the commands see it: it answers what it is told to, and remembers what it was asked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from keyturn.settings import Mode, Settings
from keyturn_cli.trouble import Trouble

OLD, NEW = "AKIAFAKEOLDKEY00OLD1", "AKIAFAKENEWKEY00NEW1"
Line = dict[str, Any]


def line(user: str, action: str, reason: str, *, outcome: str = "Held", key: str | None = OLD, **more: Any) -> Line:  # noqa: ANN401 - any field of a line
    message = more.pop("message", f"key {key} is told about in a sentence")
    return {
        "user": user,
        "account": "111122223333",
        "action": action,
        "stage": "Due",
        "key": key,
        "reason": reason,
        "message": message,
        "outcome": outcome,
        "next_review": "2030-06-15T06:00:00Z",
        **more,
    }


def due(user: str, key: str = OLD, outcome: str = "Planned") -> Line:
    return line(user, "CreateKey", "KeyDue", outcome=outcome, key=key)


def in_use(user: str) -> Line:
    return line(user, "Hold", "KeyInUse", key=OLD, message=f"key {OLD} is still in use (last by s3 in eu-west-1)")


def not_due(user: str) -> Line:
    return line(user, "Hold", "NotDue")


def report(*lines: Line, status: str = "OK", mode: str = "enforce", remaining: int = 0) -> dict[str, Any]:
    count = {
        name: sum(each["outcome"] == name.title() for each in lines) for name in ("done", "held", "failed", "planned")
    }
    return {
        "run_id": "11112222-3333-4444-5555-666677778888",
        "mode": mode,
        "dry_run": False,
        "started_at": "2030-06-01T06:00:00Z",
        "scanned": len(lines),
        "candidates": len(lines),
        "remaining": remaining,
        "status": status,
        "totals": {**count, "blocked": 0},
        "notes": [],
        "users": list(lines),
        "omitted": 0,
    }


@dataclass
class FakeStack:
    """Answers each request by what `answers` says of it."""

    answers: Callable[[Mapping[str, Any]], dict[str, Any] | Trouble]
    name: str = "Keyturn"
    account: str = "111122223333"
    region: str = "eu-west-1"
    mode: Mode = Mode.ENFORCE
    asked: list[Mapping[str, Any]] = field(default_factory=list)

    def invoke(self, request: Mapping[str, Any], doing: str) -> dict[str, Any]:
        assert doing
        self.asked.append(request)
        answer = self.answers(request)
        if isinstance(answer, Trouble):
            raise answer
        return answer

    def settings(self) -> Settings:
        return replace(Settings(), mode=self.mode)

    @property
    def acted(self) -> list[Mapping[str, Any]]:
        """The requests that change something."""
        return [each for each in self.asked if each["action"] != "status" and not each.get("dry_run")]


def deployed(monkeypatch: pytest.MonkeyPatch, *lines: Line, mode: str = "enforce", status: str = "OK") -> FakeStack:
    """A stack whose plan and status are these lines, and whose runs do what was planned."""

    def answer(request: Mapping[str, Any]) -> dict[str, Any]:
        named = [each for each in lines if each["user"] in request.get("users", [each["user"]])]
        acting = request["action"] == "rotate" and not request.get("dry_run")
        done = [{**each, "outcome": "Done"} if acting and each["outcome"] == "Planned" else each for each in named]
        return report(*done, mode=mode, status=status)

    stack = FakeStack(answer, mode=Mode(mode))
    monkeypatch.setattr("keyturn_cli.stack.find", lambda _target: stack)
    return stack
