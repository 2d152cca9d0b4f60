"""A stack that goes on tours, as the commands see it: its roster's answer, its accounts', and what it was asked."""

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from keyturn.report import FIGURES
from keyturn_cli.stack import Refusal
from keyturn_cli.trouble import Trouble
from tests.cli.fake_stack import Line, report

HUB = "111122223333"
PAYLOAD = {"waves": [["*"]], "exclude": ["999999999999"]}


def brief(*faults: Line, status: str = "OK", mode: str = "enforce", remaining: int = 0, **figures: int) -> Any:  # noqa: ANN401 - JSON
    """A rotator's answer about an account, in brief."""
    known = {**dict.fromkeys(FIGURES, 0), **figures}
    return {**report(*faults, status=status, mode=mode, remaining=remaining), "figures": known}


def unreachable(account: str) -> Refusal:
    return Refusal("rotator", "AccountUnreachable", f"account {account} does not lend its role keyturn-member")


class StatesClient:
    """Step Functions, which knows the tour's definition."""

    def describe_state_machine(self, *, stateMachineArn: str) -> dict[str, str]:  # noqa: N803 - boto3's parameter
        assert stateMachineArn == "arn:of:the:tour"
        return {"definition": json.dumps({"States": {"ListAccounts": {"Parameters": {"Payload": PAYLOAD}}}})}


Answer = dict[str, Any] | Trouble


@dataclass
class FakeOrganization:
    """Answers for each account what it is told to; `most` is how many it was asked for at the same time."""

    answers: Mapping[str, Answer]
    waves: list[list[str]] = field(default_factory=list)
    notes: Iterable[str] = ()
    meet: Callable[[], object] = lambda: None
    name: str = "Keyturn"
    account: str = HUB
    region: str = "eu-west-1"
    outputs: Mapping[str, str] = field(
        default_factory=lambda: {"RosterFunctionName": "roster", "TourStateMachineArn": "arn:of:the:tour"}
    )
    asked: list[Mapping[str, Any]] = field(default_factory=list)
    under_way: int = 0
    most: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def client(self, service: str) -> StatesClient:
        assert service == "stepfunctions"
        return StatesClient()

    def output(self, name: str) -> str:
        return self.outputs[name]

    def ask(self, request: Mapping[str, Any], function: str = "RotatorFunctionName") -> dict[str, Any]:
        if function == "RosterFunctionName":
            assert request == PAYLOAD
            return {"waves": self.waves or [list(self.answers)], "notes": list(self.notes)}
        with self.lock:
            self.asked.append(request)
            self.under_way += 1
            self.most = max(self.most, self.under_way)
        self.meet()
        with self.lock:
            self.under_way -= 1
        answer = self.answers[request["account"]]
        if isinstance(answer, Trouble):
            raise answer
        return answer


def deployed(monkeypatch: pytest.MonkeyPatch, answers: Mapping[str, Answer], **more: Any) -> FakeOrganization:  # noqa: ANN401 - any field
    stack = FakeOrganization(answers, **more)
    monkeypatch.setattr("keyturn_cli.stack.find", lambda _target: stack)
    return stack
