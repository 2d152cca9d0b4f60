"""An execution environment of a function: its code unpacked, AWS's own runtime client, nothing of the host's."""

import io
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import zipfile
from pathlib import Path
from typing import Any

from sandbox.emulator.function_variables import variables
from sandbox.emulator.runtime_api import Invocation, Outcome, RuntimeApi
from sandbox.emulator.upstream import Record

GONE = "Runtime.ExitError"
INITIALIZATION_SECONDS = 60


class ExecutionEnvironment:
    """One process that serves one invocation at a time."""

    def __init__(self, config: Record, code: bytes) -> None:
        self._config = config
        self._place = tempfile.TemporaryDirectory(prefix="function-")
        root = Path(self._place.name, "task")
        if "FAKETIME_TIMESTAMP_FILE" in os.environ:
            # Where libfaketime looks again when a look at the clock fails between two threads (sandbox/clock.py).
            Path(self._place.name, ".faketimerc").symlink_to(os.environ["FAKETIME_TIMESTAMP_FILE"])
        zipfile.ZipFile(io.BytesIO(code)).extractall(root)
        self._log = Path(self._place.name, "log")
        self._log_read = 0
        self._api = RuntimeApi()
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "awslambdaric", config["Handler"]],
                cwd=root,
                env=variables(config, place=self._place.name, runtime_api=self._api.address),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        threading.Thread(target=self._report_the_end, daemon=True).start()

    @property
    def alive(self) -> bool:
        """Tell whether it can serve another invocation."""
        return self._process.poll() is None

    def invoke(self, event: Any, request_id: str) -> tuple[Outcome, str]:
        """Serve one invocation; one that takes longer than the function may is cut, with its process."""
        seconds = int(self._config.get("Timeout", 3))
        # The initialization is not counted against the function's timeout, nor does it end before its error is known.
        self._api.initialized.wait(INITIALIZATION_SECONDS)
        before = self._log_read
        self._api.invocations.put(
            Invocation(request_id, json.dumps(event).encode(), self._config["FunctionArn"], seconds),
        )
        try:
            outcome = self._api.outcomes.get(timeout=seconds)
        except queue.Empty:
            self._process.kill()
            late = f"RequestId: {request_id} Error: Task timed out after {seconds}.00 seconds"
            outcome = _failure("Sandbox.Timedout", late)
        with self._log.open("rb") as log:
            log.seek(before)
            printed = log.read()
            self._log_read = log.tell()
            return outcome, printed.decode(errors="replace")

    def close(self) -> None:
        """End the process and leave nothing of it."""
        self._process.kill()
        self._process.wait()
        self._api.close()
        self._place.cleanup()

    def _report_the_end(self) -> None:
        code = self._process.wait()
        self._api.outcomes.put(_failure(GONE, f"Error: Runtime exited with error: exit status {code}"))
        self._api.initialized.set()


def _failure(kind: str, text: str) -> Outcome:
    return Outcome(json.dumps({"errorType": kind, "errorMessage": text}).encode(), kind)
