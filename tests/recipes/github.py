"""A machine on which the GitHub recipe's file runs, with the real AWS CLI, and a `gh` that notes what it is given."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.recipes.pages import ROOT

FILE = ROOT / "consumer" / "github_secret.py"
_GH = """#!{python}
import json, os, sys
given = sys.stdin.read()
with open({log!r}, "a") as log:
    log.write(json.dumps({{"arguments": sys.argv[1:], "variables": dict(os.environ), "given": given}}) + chr(10))
if os.environ.get("GH_REFUSES"):
    sys.exit("HTTP 403, and what was sent is " + given)
"""


@dataclass(frozen=True)
class Runner:
    """Where a job runs: `variables` bring the AWS CLI to an account."""

    place: Path
    variables: Mapping[str, str]
    has_gh: bool = True
    _log: Path = field(init=False)

    def __post_init__(self) -> None:
        """Put the programs on a PATH of their own."""
        object.__setattr__(self, "_log", self.place / "gh.log")
        (self.place / "aws").symlink_to(Path(sys.executable).with_name("aws"))
        if self.has_gh:
            gh = self.place / "gh"
            gh.write_text(_GH.format(python=sys.executable, log=str(self._log)), encoding="utf-8")
            gh.chmod(0o755)

    def run(self, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        """Run the file to its end."""
        return subprocess.run(
            [sys.executable, str(FILE), *arguments],
            env={
                "PATH": f"{self.place}{os.pathsep}/usr/bin:/bin",
                "HOME": str(self.place),
                **self.variables,
                **variables,
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    @property
    def noted(self) -> list[dict[str, Any]]:
        """Each call of `gh`: its arguments, its variables, and its standard input."""
        if not self._log.exists():
            return []
        return [json.loads(line) for line in self._log.read_text(encoding="utf-8").splitlines()]
