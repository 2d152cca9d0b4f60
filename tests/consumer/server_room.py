"""A server on which the file runs as processes of its own, against an endpoint on the loopback."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.consumer.endpoint import Endpoint, secret_of

FILE = Path(__file__).parents[2] / "consumer" / "keyturn_credentials.py"
FIRST, SECOND = "AKIAFAKE000000000001", "AKIAFAKE000000000002"


@dataclass(frozen=True)
class Server:
    """A home directory, and what processes on it are started with."""

    home: Path
    endpoint: Endpoint
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of the tests' own environment: no credential of this machine may be of any help."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "AWS_ENDPOINT_URL_SECRETS_MANAGER": self.endpoint.url,
            "AWS_EC2_METADATA_DISABLED": "true",
            **self.variables,
        }

    @property
    def command(self) -> list[str]:
        return [
            sys.executable,
            str(FILE),
            "--secret",
            "keyturn/alice/access-key",
            "--region",
            "eu-west-1",
            "--cache-dir",
            str(self.home / "cache"),
        ]

    def start(self, *arguments: str, python: tuple[str, ...] = ()) -> "subprocess.Popen[str]":
        interpreter, *rest = self.command
        return subprocess.Popen(
            [interpreter, *python, *rest, *arguments],
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, given: str = "", python: tuple[str, ...] = ()) -> "subprocess.CompletedProcess[str]":
        with self.start(*arguments, python=python) as process:
            out, err = process.communicate(given, timeout=60)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def seed(self, key_id: str) -> None:
        seeded = self.run("seed", given=f"{key_id} {secret_of(key_id)}")
        assert seeded.returncode == 0, seeded.stderr
