"""IAM throttles: an account may be given buckets of tokens, one for what reads and one for what changes.

A file names them, as the clock's does the time, so that a test or a person can throttle an account while calls are
under way. AWS publishes no figures; by its support's word there is a bucket for each operation and account, of which
two for an account are enough to see what a throttle does. Observers take no tokens.
"""

import json
import os
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from sandbox.emulator.observers import observing
from sandbox.emulator.upstream import Answer, Record, extend_iam, iam_actions_known, iam_refusal, responses

FILE = Path(os.environ.get("SANDBOX_THROTTLES", os.devnull))
# By their first words, as the service authorization reference sorts IAM's actions; GenerateCredentialReport is a read.
READS = ("Get", "List", "Generate", "Simulate")


def mend() -> None:
    """Stand before every action."""
    for action in iam_actions_known():
        extend_iam(action, partial(_throttle, "reads" if action.startswith(READS) else "mutations"))


class Bucket:
    """Tokens that come back at a rate, up to a number."""

    def __init__(self, per_second: float, burst: float) -> None:
        self._rate, self._most = per_second, burst
        self._left, self._at = burst, time.monotonic()

    def take(self) -> bool:
        """Take a token, if there is one."""
        now = time.monotonic()
        self._left = min(self._most, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Buckets:
    """The buckets that the file names: made anew, and full, whenever it is written."""

    def __init__(self) -> None:
        self._written: int | None = None
        self._buckets: dict[tuple[str, str], Bucket] = {}
        self._one_at_a_time = threading.Lock()

    def take(self, account: str, kind: str) -> bool:
        """Take a token from one of an account's buckets; without a bucket there is no end of them."""
        with self._one_at_a_time:
            if (written := FILE.stat().st_mtime_ns) != self._written:
                self._written, self._buckets = written, _read()
            bucket = self._buckets.get((account, kind))
            return bucket is None or bucket.take()


def _read() -> dict[tuple[str, str], Bucket]:
    named = json.loads(FILE.read_text(encoding="utf-8") or "{}")
    return {(account, kind): Bucket(**each) for account, kinds in named.items() for kind, each in kinds.items()}


_buckets = Buckets()


def _throttle(kind: str, former: Callable[[Record], Answer], params: Record) -> Answer:
    if observing() or _buckets.take(responses.get_account_id(), kind):
        return former(params)
    return iam_refusal(400, "Throttling", "Rate exceeded")
