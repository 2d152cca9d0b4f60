"""Checks of the operator's side: what it takes to deploy."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import Final

from keyturn_cli.checkup.finding import Finding, Patient, ok, warn

# What the CDK's libraries are tested with; older ones are past their end of life.
_OLDEST_NODE: Final = 22
_CDK_MAJOR: Final = 2
_SECONDS: Final = 20
_SETUP: Final = "only deploying needs it: 'make setup' in the checkout installs it there"


def node(_patient: Patient) -> Iterator[Finding]:
    """Is there a Node that the CDK runs on."""
    version = _version("node")
    if version is None:
        yield warn("Node", "is not on the PATH", _SETUP)
    elif version[0] < _OLDEST_NODE:
        yield warn("Node", f"is version {_dotted(version)}, allowed is {_OLDEST_NODE} or newer", _SETUP)
    else:
        yield ok("Node", _dotted(version))


def cdk(_patient: Patient) -> Iterator[Finding]:
    """Is there a CDK CLI of the right kind."""
    version = _version("cdk")
    if version is None:
        yield warn("CDK", "is not on the PATH", _SETUP)
    elif version[0] != _CDK_MAJOR:
        yield warn("CDK", f"is version {_dotted(version)}, allowed is {_CDK_MAJOR}.x", _SETUP)
    else:
        yield ok("CDK", _dotted(version))


def _version(program: str) -> tuple[int, ...] | None:
    path = shutil.which(program)
    if path is None:
        return None
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=_SECONDS, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r"([0-9]+)\.([0-9]+)\.([0-9]+)", said)
    return tuple(map(int, found.groups())) if found else None


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
