"""The emulator as a process: started on a free port, waited for, and ended with all that it started."""

import os
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from sandbox.clock import Clock
from sandbox.places import CHECKOUT, SANDBOX_PYTHON

START_SECONDS = 60
ADMINISTRATOR = ("test", "test")
REGION = "us-east-1"


class LocalEmulator:
    """One emulator with a directory of its own; what its SES sends is delivered by SMTP."""

    def __init__(self, place: Path, clock: Clock, smtp: str) -> None:
        self.calls = place / "calls.jsonl"
        self.calls.touch()
        self.throttles = place / "throttles"
        self.throttles.touch()
        self._log = place / "emulator.log"
        self.port = free_port()
        self._smtp = smtp
        self.endpoint = f"http://127.0.0.1:{self.port}"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [str(SANDBOX_PYTHON), "-m", "sandbox.emulator"],
                cwd=place,
                env=self._variables(place) | clock.variables() | {"HOME": str(clock.home)},
                stdin=subprocess.PIPE,  # open as long as this process lives: the emulator ends when it closes
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a group of its own, with its functions; and Ctrl-C does not reach it first
            )
        try:
            self._wait()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End the whole group at once: it has nothing to save, and its files are in the sandbox's own place."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()

    def _wait(self) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self._process.poll() is None:
            if self._answers():
                return
            time.sleep(0.05)
        raise RuntimeError(f"The emulator did not start:\n{self._log.read_text(encoding='utf-8')[-4000:]}")

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False

    def _variables(self, place: Path) -> dict[str, str]:
        # Nothing of the host's environment: it would leak into the functions.
        key_id, secret = ADMINISTRATOR
        return {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "TMPDIR": str(place),
            "PYTHONPATH": str(CHECKOUT),
            "PYTHONUNBUFFERED": "1",
            "AUTH": "true",  # without it, wrong secrets and inactive keys are accepted
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self.port),
            "IOT_MTLS_ENABLED": "0",
            "AWS_ACCESS_KEY_ID": key_id,
            "AWS_SECRET_ACCESS_KEY": secret,
            "MINISTACK_REGION": REGION,
            "SANDBOX_PLACE": str(place),
            "SANDBOX_CALL_LOG": str(self.calls),
            "SANDBOX_THROTTLES": str(self.throttles),
            "SMTP_HOST": self._smtp,
            "LOG_LEVEL": "WARNING",
        }


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
