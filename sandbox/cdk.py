"""The CDK CLI, unmodified, pointed at the emulator: synthesizes the app, prepares the account, deploys the stack."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from sandbox.local_emulator import ADMINISTRATOR, REGION, LocalEmulator
from sandbox.places import CDK, CHECKOUT

ACCOUNT = "000000000000"
STACK = "Keyturn"


class CdkError(RuntimeError):
    """The CDK CLI failed; the message is what it said."""


class Synthesis:
    """A synthesis under way: it needs no account, so it runs while the emulator starts and users are made."""

    def __init__(self, place: Path, settings: Mapping[str, object]) -> None:
        self.assembly = place / "cdk.out"
        context = f"keyturn={json.dumps(_all_settings(settings))}"
        arguments = ["synth", "--quiet", "--output", str(self.assembly), "--context", context]
        self._process = _start(arguments, place, CHECKOUT, {})

    def wait(self) -> Path:
        """Give the assembly once it is there."""
        if self._process.stdout and not self._process.stdout.closed:
            _finish(self._process, "synth")
        return self.assembly

    def close(self) -> None:
        """End it, if it still runs."""
        _end(self._process)


def bootstrap(emulator: LocalEmulator, place: Path, variables: Mapping[str, str]) -> None:
    """Prepare the account for deployments, as `cdk bootstrap` does everywhere."""
    _run(["bootstrap", f"aws://{ACCOUNT}/{REGION}"], emulator, place, variables)


def deploy(emulator: LocalEmulator, place: Path, assembly: Path, variables: Mapping[str, str]) -> dict[str, str]:
    """Deploy a synthesized app and give the stack's outputs."""
    outputs = place / "outputs.json"
    arguments = ["deploy", STACK, "--app", str(assembly), "--require-approval", "never", "--outputs-file", str(outputs)]
    _run(arguments, emulator, place, variables)
    stack: dict[str, str] = json.loads(outputs.read_text(encoding="utf-8"))[STACK]
    return stack


def account_variables(endpoint: str) -> dict[str, str]:
    """Give what every AWS tool needs to reach the emulator as the administrator."""
    key_id, secret = ADMINISTRATOR
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": key_id,
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
    }


def _all_settings(settings: Mapping[str, object]) -> dict[str, object]:
    # A context value given on the command line takes the place of cdk.json's whole block: start from that.
    block: dict[str, object] = json.loads((CHECKOUT / "cdk.json").read_text(encoding="utf-8"))["context"]["keyturn"]
    return block | dict(settings)


def _run(arguments: list[str], emulator: LocalEmulator, place: Path, variables: Mapping[str, str]) -> None:
    # In a directory without a cdk.json: nothing is synthesized again.
    _finish(_start(arguments, place, place, {**account_variables(emulator.endpoint), **variables}), arguments[0])


def _start(arguments: list[str], place: Path, where: Path, variables: Mapping[str, str]) -> "subprocess.Popen[str]":
    own = {
        "HOME": str(place),
        "CDK_HOME": str(place / "cdk"),  # the CLI remembers accounts by their key IDs
        "TMPDIR": str(place),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), str(CDK.parent), os.environ.get("PATH", "")]),
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        "CI": "true",
    }
    # A group of its own, so that an interruption can end it with its children; its output is shown when it fails.
    return subprocess.Popen(
        [str(CDK), "--no-notices", "--no-color", *arguments],
        cwd=where,
        env={**own, **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        text=True,
    )


def _finish(process: "subprocess.Popen[str]", what: str) -> None:
    try:
        output, _ = process.communicate()
    except BaseException:
        _end(process)
        raise
    if process.returncode:
        raise CdkError(f"cdk {what} failed ({process.returncode}):\n{output}")


def _end(process: "subprocess.Popen[str]") -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdout:
        process.stdout.close()
