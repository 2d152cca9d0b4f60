"""A machine in the sandbox: a user's profile with the file as its credential_process, the AWS CLI, a boto3 program."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.demo.programs import secret_name
from sandbox.demo.seeding import WORK
from sandbox.local_aws import Credential, Deployment, LocalAws
from sandbox.local_emulator import REGION
from tests.consumer.server_room import FILE

PROGRAM = Path(__file__).with_name("worker_program.py")
AWS_CLI = Path(sys.executable).with_name("aws")


@dataclass(frozen=True)
class Machine:
    """One machine of one user; `variables` are what is different on it."""

    aws: LocalAws
    user: str
    home: Path
    variables: Mapping[str, str] = field(default_factory=dict)

    def set_up(self, credential: Credential) -> "Machine":
        """Name the file in the profile, and give it the first access key."""
        self.home.mkdir()
        command = " ".join([sys.executable, str(FILE), *self._place])
        self._config.write_text(f"[profile alice]\nregion = {REGION}\ncredential_process = {command}\n")
        given = f"{credential.key_id} {credential.secret}"
        assert self.credentials("seed", given=given).returncode == 0
        return self

    def credentials(self, command: str, given: str = "") -> "subprocess.CompletedProcess[str]":
        """Run the file by hand."""
        return self._run([sys.executable, str(FILE), command, *self._place], given)

    def cli(self) -> "subprocess.CompletedProcess[str]":
        """Do some work with the AWS CLI."""
        # Version 1 of the CLI has its own endpoint for SQS, whatever AWS_ENDPOINT_URL says.
        endpoint = ["--endpoint-url", self.aws.emulator.endpoint]
        return self._run([str(AWS_CLI), "--profile", "alice", *endpoint, "sqs", "list-queues"])

    @contextmanager
    def program(self) -> Iterator["Program"]:
        """Start a program that works for as long as the block lasts."""
        with subprocess.Popen(
            [sys.executable, str(PROGRAM)],
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                yield Program(process)
            finally:
                process.kill()

    def _run(self, command: list[str], given: str = "") -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            command, env=self._environment, input=given, capture_output=True, text=True, check=False, timeout=120
        )

    @property
    def _config(self) -> Path:
        return self.home / "config"

    @property
    def _place(self) -> list[str]:
        return ["--secret", secret_name(self.user), "--region", REGION, "--cache-dir", str(self.home / "cache")]

    @property
    def _environment(self) -> dict[str, str]:
        return {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.home),
            "AWS_CONFIG_FILE": str(self._config),
            "AWS_ENDPOINT_URL": self.aws.emulator.endpoint,
            "AWS_EC2_METADATA_DISABLED": "true",
            **self.aws.clock.variables(),
            **self.variables,
        }


class Program:
    """A boto3 program under way."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def work(self) -> str:
        """Have it make a call; what came of it."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()


def a_user(stack: Deployment, name: str, **tags: int) -> Credential:
    """Create a user that may work and read its own secret; the access key it has on its first day."""
    iam = stack.aws.client("iam")
    shown = [{"Key": f"keyturn:{tag.replace('_', '-')}", "Value": str(value)} for tag, value in tags.items()]
    iam.create_user(UserName=name, Tags=shown)
    iam.put_user_policy(UserName=name, PolicyName="work", PolicyDocument=json.dumps({"Statement": [WORK]}))
    iam.attach_user_policy(UserName=name, PolicyArn=stack.outputs["ReadOwnSecretPolicyArn"])
    created = iam.create_access_key(UserName=name)["AccessKey"]
    return Credential(created["AccessKeyId"], created["SecretAccessKey"])


def night(stack: Deployment, user: str, action: str = "rotate") -> list[tuple[str, str]]:
    """Let the rotator look at the user; what it did, one thing or two, and why."""
    report = stack.invoke({"action": action, "users": [user]})
    assert report["status"] == "OK", report
    return [(turn["action"], turn["reason"]) for turn in report["users"]]


def statuses(stack: Deployment, user: str) -> dict[str, str]:
    """Give the user's access keys and their statuses."""
    listed = stack.aws.client("iam").list_access_keys(UserName=user)["AccessKeyMetadata"]
    return {key["AccessKeyId"]: key["Status"] for key in listed}
