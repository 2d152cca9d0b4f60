"""A terminal of somebody who has typed `make sandbox` in another one, and pasted what that printed."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sandbox.places import CHECKOUT
from tests.e2e.shell import VERSION_2, install
from tests.shown import MADE_BY

# A person sits there, who reads each question and says yes.
_KEYTURN: Final = """#!{python}
import os, pty, sys
def answer(terminal):
    said = os.read(terminal, 4096)
    if said.rstrip().endswith(b"[y/N]:"):
        os.write(terminal, b"y\\n")
    return said
command = ["{python}", "-m", "keyturn_cli.main", *sys.argv[1:]]
sys.exit(os.waitstatus_to_exitcode(pty.spawn(command, answer)))
"""
_MAKE: Final = """#!/bin/bash
case " {targets} " in
    *" $1 "*) exec /usr/bin/env PATH=/usr/bin:/bin make --dry-run --silent "$@" >/dev/null ;;
    *) echo "tests/shown.py does not say who makes $1" >&2; exit 2 ;;
esac
""".replace("{targets}", " ".join(MADE_BY))
# What is asked for is in a file; a person would type it.
_CREDENTIALS: Final = """#!/bin/bash
exec {python} consumer/keyturn_credentials.py "$@" < "$HOME/typed"
"""


@dataclass(frozen=True)
class Terminal:
    """It is in a checkout: a folder of links to this one, so that nothing is written here."""

    home: Path
    variables: dict[str, str]
    tools: str

    def run(self, commands: str) -> str:
        """Run commands until one fails; give what they print."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands],
            cwd=self.home / "checkout",
            env={
                "HOME": str(self.home),
                "PATH": os.pathsep.join([str(self.home / "bin"), self.tools, "/usr/bin", "/bin"]),
                # The environment may be another checkout's: what is tried is this one.
                "PYTHONPATH": os.pathsep.join(str(CHECKOUT / each) for each in (".", "lambdas", "cli")),
                **self.variables,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        assert done.returncode == 0, f"{commands}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stdout + done.stderr
        return done.stdout


@contextmanager
def terminal(home: Path) -> Iterator[Terminal]:
    """Start the sandbox as `make sandbox` does, and end it as Ctrl-C does."""
    commands, checkout = home / "bin", home / "checkout"
    commands.mkdir()
    checkout.mkdir()
    for name, script in {
        "aws": VERSION_2,
        "keyturn": _KEYTURN,
        "make": _MAKE,
        "keyturn_credentials.py": _CREDENTIALS,
    }.items():
        install(commands / name, script)
    for path in CHECKOUT.iterdir():
        if path.name not in {".git", "build", "cdk.out"}:
            (checkout / path.name).symlink_to(path)
    with subprocess.Popen(
        [sys.executable, "-m", "sandbox"], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True, process_group=0
    ) as sandbox:
        assert sandbox.stdout
        said = ""
        for line in sandbox.stdout:
            said += line
            if line.startswith("Ctrl-C"):
                break
        try:
            (tools,) = re.findall(r"^export PATH='(.*)':\"\$PATH\"$", said, re.MULTILINE)
            yield Terminal(home, dict(re.findall(r"^export (\w+)='(.*)'$", said, re.MULTILINE)), tools)
        finally:
            sandbox.send_signal(signal.SIGINT)
