"""A shell in which somebody on call works: signed in to the sandbox, with the AWS CLI on the path."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from sandbox.cdk import account_variables
from sandbox.local_aws import LocalAws

# The tests have version 1 of the CLI, the pages are for version 2: the first takes payloads as they are and does not
# know the option that makes the second do so, and has an endpoint of its own for SQS, whatever AWS_ENDPOINT_URL says.
VERSION_2 = """#!/bin/bash
arguments=()
while (($#)); do
    if [[ $1 == --cli-binary-format ]]; then shift 2; else arguments+=("$1"); shift; fi
done
exec {tools}/aws --endpoint-url "$AWS_ENDPOINT_URL" "${{arguments[@]}}"
"""


def install(command: Path, script: str) -> None:
    """Put a command where a shell finds it; `tools` and `python` in it are those of the tests."""
    python = Path(sys.executable)
    command.write_text(script.format(tools=python.parent, python=python), encoding="utf-8")
    command.chmod(0o755)


@dataclass(frozen=True)
class Shell:
    """Commands that are run one after another keep the names that `remember` has given."""

    aws: LocalAws
    home: Path

    def open(self) -> "Shell":
        """Put the CLI on the path."""
        (self.home / "bin").mkdir(parents=True)
        install(self.home / "bin" / "aws", VERSION_2)
        (self.home / "names").touch()
        return self

    def remember(self, commands: str) -> None:
        """Run commands that set variables and define functions, for all that follow."""
        names = self.run(f"{commands}\ndeclare -p STACK FUNCTION RESPONDER SCHEDULE QUEUE\ndeclare -f")
        (self.home / "names").write_text(names)

    def run(self, commands: str, **variables: str) -> str:
        """Run commands until one fails; give what they print."""
        done = subprocess.run(
            ["bash", "-c", f"set -euo pipefail\n. ./names\n{commands}"],
            cwd=self.home,
            env={
                "PATH": f"{self.home / 'bin'}:/usr/bin:/bin",
                "HOME": str(self.home),
                **account_variables(self.aws.emulator.endpoint),
                **self.aws.clock.variables(),
                **variables,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, f"{commands}\n{done.stdout}\n{done.stderr}"
        return done.stdout
