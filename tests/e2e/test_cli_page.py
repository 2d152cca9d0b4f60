"""Every command that docs/cli.md and docs/report.md show is run, in its order, against the deployed stack."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from keyturn_cli.main import COMMANDS
from sandbox.local_aws import Deployment
from sandbox.places import CHECKOUT
from tests.e2e.test_console import Console
from tests.e2e.test_rotation import a_user, statuses
from tests.shown import commands

PAGE = (CHECKOUT / "docs" / "cli.md").read_text(encoding="utf-8")
# The first block installs the program, which tests/cli/test_package.py does.
BLOCKS, REPORT_BLOCKS = commands("docs/cli.md")[1:], commands("docs/report.md")
# The page's users, by the names that they have in this account.
USERS = {"alice": "page-alice", "bob": "page-bob"}


@pytest.fixture
def terminal(stack: Deployment, tmp_path: Path) -> dict[str, str]:
    """An operator's environment, with `keyturn` on the PATH."""
    program = tmp_path / "bin" / "keyturn"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m keyturn_cli.main "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    (tmp_path / "cdk.json").symlink_to(CHECKOUT / "cdk.json")
    variables = Console(stack).variables
    return {**variables, "PATH": os.pathsep.join([str(program.parent), variables["PATH"]])}


def test_every_command_of_the_page_does_what_it_says(
    stack: Deployment, terminal: dict[str, str], tmp_path: Path
) -> None:
    for name in USERS.values():
        a_user(stack, name, age=40)
    assert len(BLOCKS) >= 10
    _run(BLOCKS, terminal, tmp_path)
    assert len(statuses(stack, "page-bob")) == 2
    assert (tmp_path / "forecast.csv").read_text(encoding="utf-8").startswith("user,")
    assert (tmp_path / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_every_command_of_the_reports_page_does_what_it_says(terminal: dict[str, str], tmp_path: Path) -> None:
    assert len(REPORT_BLOCKS) == 4
    _run(REPORT_BLOCKS, terminal, tmp_path)
    written = {path.name for path in tmp_path.iterdir() if path.is_file() and not path.is_symlink()}
    assert written == {
        "report.html",
        "report.json",
        "users.csv",
        "findings.json",
        "credential-report.csv",
        "forecast.html",
    }


def _run(blocks: list[str], terminal: dict[str, str], place: Path) -> None:
    for block in blocks:
        script = re.sub(r"\b(alice|bob)\b", lambda match: USERS[match[0]], block)
        ended = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", script],
            cwd=place,
            env=terminal,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        # The tests have turned the schedule off, which the doctor says.
        expected = {0, 1} if block.startswith("keyturn doctor") else {0}
        assert ended.returncode in expected, f"{script}\n{ended.stdout}\n{ended.stderr}"
        assert "Traceback" not in ended.stderr


def test_the_page_shows_every_command() -> None:
    shown = "\n".join(BLOCKS)
    missing = {command for command in COMMANDS if f"keyturn {command}" not in shown}
    assert missing == {"completion"}
    assert "keyturn completion bash" in PAGE
