"""Judges a mutant: the test that is named runs on a copy of the product, in a process of its own."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.mutants.mutant import ROOT, Mutant

_PYTEST = (sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider")
# The older family of reports is the one that takes the properties in which tests tell their figures.
_REPORT = ("-o", "junit_family=xunit1", "--junitxml=report.xml")
# A mutant that merely does not run is caught by everybody, and proves nothing.
_DOES_NOT_RUN = ("SyntaxError", "ImportError", "ModuleNotFoundError", "NameError", "UnboundLocalError")


@dataclass(frozen=True)
class Verdict:
    """What the tests said.

    Attributes:
        passed: all of them ran, and passed.
        judgement: what the first that failed saw the product do; nothing when it could not so much as begin.
        output: all that pytest printed.
    """

    passed: bool
    judgement: str
    output: str

    @property
    def caught(self) -> bool:
        """Whether a test has seen the product do wrong."""
        return bool(self.judgement) and not self.judgement.startswith(_DOES_NOT_RUN)


@contextmanager
def checkout(mutant: Mutant | None = None) -> Iterator[Path]:
    """A checkout of its own with a copy of the product, as it is or with a rule broken."""
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        copy = Path(folder)
        shutil.copytree(ROOT / "lambdas", copy / "lambdas", ignore=shutil.ignore_patterns("__pycache__"))
        for other in ("tests", "schemas", "pyproject.toml"):
            (copy / other).symlink_to(ROOT / other)
        if mutant is not None:
            mutant.infect(copy / "lambdas")
        yield copy


def judged(tests: Iterable[str], copy: Path) -> Verdict:
    """Run tests in a checkout."""
    ended = subprocess.run(
        [*_PYTEST, *_REPORT, *tests],
        cwd=copy,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return Verdict(ended.returncode == 0, _judgement(copy / "report.xml"), ended.stdout.decode(errors="replace"))


def environment() -> dict[str, str]:
    """What everybody runs the tests with, whatever we are run with; the packages are found below the folder."""
    ours = {name: text for name, text in os.environ.items() if not name.startswith(("KEYTURN_", "PYTEST_"))}
    return {**ours, "PYTHONPATH": f".{os.pathsep}lambdas", "PYTHONDONTWRITEBYTECODE": "1"}


def _judgement(report: Path) -> str:
    if not report.exists():
        return ""
    suite = ET.parse(report).getroot()  # noqa: S314 - our own pytest has written it
    # What goes wrong around a test, such as an import, is an error there and no failure.
    return next((node.get("message", "") for node in suite.iter("failure")), "")
