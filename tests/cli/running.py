"""Runs the command line in this process, as its entry point does."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from keyturn_cli.main import run


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.out)
        return document


def keyturn(capsys: pytest.CaptureFixture[str], *arguments: object) -> Ended:
    capsys.readouterr()
    code = run([str(each) for each in arguments])
    shown = capsys.readouterr()
    return Ended(code, shown.out, shown.err)
