"""The sandbox's clock: one file that tells every process of the sandbox how far from now it lives.

The emulator, the functions it runs and the CDK CLI are started with libfaketime before them (`variables`), and read
the file at every look at the time: to move the file is to move the whole sandbox, at once and to the second. The driver
(demo, tests) is not under libfaketime: its progress bars and timeouts stay real, several sandboxes fit in one process,
and a test run need not start itself anew. It asks `now()` instead, and signs its calls by it (`sandbox/signing.py`).
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sandbox.places import SANDBOX_VENV


class Clock:
    """Time in the sandbox: the real time and an offset.

    `home` is to be the HOME of a process with threads. libfaketime writes the file's name into one buffer for all
    threads, so that one may find it empty while another writes, and takes the real time for that look. Before that it
    tries ~/.faketimerc, which is the same file here: the looks that fail became a hundred times fewer by it.
    """

    def __init__(self, file: Path, start: datetime | None = None) -> None:
        self.file = file
        self.home = file.parent
        (self.home / ".faketimerc").symlink_to(file)
        self._offset = timedelta()
        self.move_to(start or datetime.now(UTC))

    def now(self) -> datetime:
        """Give the time it is in the sandbox."""
        return datetime.now(UTC) + self._offset

    def move_to(self, moment: datetime) -> None:
        """Have it be this moment now, and go on from there."""
        # libfaketime counts in whole seconds here; the driver rounds alike, so that both agree.
        self._offset = timedelta(seconds=round((moment - datetime.now(UTC)).total_seconds()))
        new = self.file.with_suffix(".new")
        new.write_text(f"{self._offset.total_seconds():+.0f}\n", encoding="utf-8")
        # In one step: a process that read a half-written file would jump to the real time and back.
        new.replace(self.file)

    def move_by(self, span: timedelta) -> None:
        """Let a span of time pass."""
        self.move_to(self.now() + span)

    def variables(self) -> dict[str, str]:
        """Give what a process is started with, to live by this clock."""
        return {
            "LD_PRELOAD": str(_library()),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            # Time that is only measured stays real; without these, threads that wait spin (9 s instead of 0.3 s).
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_FORCE_MONOTONIC_FIX": "0",
        }


def _library() -> Path:
    found = sorted(SANDBOX_VENV.glob("lib/python3*/site-packages/libfaketime/**/libfaketime.so.1"))
    if not found:
        raise FileNotFoundError(f"libfaketime is not in {SANDBOX_VENV}: run `make setup`.")
    return found[0]
