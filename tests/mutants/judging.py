"""Judges a mutant: the named test runs on a copy of the product, in a process of its own."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from tests.mutants.mutant import ROOT

LAMBDAS = ROOT / "lambdas"
# What a test says that has seen something wrong; a mutant that merely does not run says something else.
JUDGEMENTS = ("assert ", "AssertionError", "Failed: DID NOT RAISE")


@dataclass(frozen=True)
class Verdict:
    """What the tests said.

    Attributes:
        passed: all of them ran, and passed.
        judgement: what the first one that failed said; nothing when it could not say anything, for a mutant that
            can't be imported or set up proves nothing.
        output: all that pytest printed.
    """

    passed: bool
    judgement: str
    output: str

    @property
    def caught(self) -> bool:
        """Whether a test has seen the product do wrong."""
        return self.judgement.startswith(JUDGEMENTS)


def judged(tests: Iterable[str], infect: Callable[[Path], None] | None = None) -> Verdict:
    """Run tests on a copy of the product, as it is or with a rule broken."""
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        lambdas, report = Path(folder) / "lambdas", Path(folder) / "report.xml"
        shutil.copytree(LAMBDAS, lambdas, ignore=shutil.ignore_patterns("__pycache__"))
        if infect is not None:
            infect(lambdas)
        ended = subprocess.run(
            [*_PYTEST, f"pythonpath={ROOT} {lambdas}", f"--junitxml={report}", *tests],
            cwd=ROOT,
            env=_environment(lambdas),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        output = ended.stdout.decode(errors="replace")
        return Verdict(ended.returncode == 0, _judgement(report), output)


# The older family of reports is the one that takes the properties in which tests tell their figures.
_PYTEST = (sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-o", "junit_family=xunit1", "-o")


def _environment(lambdas: Path) -> dict[str, str]:
    """The slice of the tests as everybody runs it, whatever it is that we are run with."""
    ours = {name: text for name, text in os.environ.items() if not name.startswith(("KEYTURN_", "PYTEST_", "COV_"))}
    return {**ours, "PYTHONPATH": f"{lambdas}{os.pathsep}{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"}


def _judgement(report: Path) -> str:
    if not report.exists():
        return ""
    suite = ElementTree.parse(report).getroot()  # noqa: S314 - our own pytest has written it
    failures = [node.get("message", "") for node in suite.iter("failure")]
    return "" if list(suite.iter("error")) or not failures else failures[0]
