"""An account that is slow and stingy: calls take time, IAM throttles, and a run's threads wait side by side."""

import random
import threading
import time
from collections import Counter
from datetime import datetime, timedelta

from tests.fakes.account import EPOCH
from tests.fakes.calls import Call
from tests.fakes.faults import killed_before, throttled
from tests.fakes.world import World


class BusyWorld(World):
    """A world whose time passes for each thread by itself, as it does for threads that wait at the same time.

    A thread begins at the time of the one that started it, which goes on at the time of the last one.
    """

    def __init__(self) -> None:
        self._starter = threading.get_ident()
        self._workers: dict[int, datetime] = {}
        self._now = EPOCH
        super().__init__(EPOCH)

    @property
    def now(self) -> datetime:
        """The time of the thread that asks."""
        if threading.get_ident() != self._starter:
            return self._workers.setdefault(threading.get_ident(), self._now)
        self._now = max([self._now, *self._workers.values()])
        self._workers.clear()
        return self._now

    @now.setter
    def now(self, moment: datetime) -> None:
        if threading.get_ident() != self._starter:
            self._workers[threading.get_ident()] = moment
        else:
            self._workers.clear()
            self._now = moment

    def sleep(self, seconds: float) -> None:
        """Wait, and let the others have their turn, or one of them would live through all of the work alone."""
        super().sleep(seconds)
        time.sleep(0)


class Throttle:
    """A wait for each call, and a bucket of tokens for each of IAM's operations, filled anew every second.

    That IAM has such buckets is what AWS Support said (fact 2.4, seen by others); how large they
    are is not published, so several sizes are tried.
    """

    def __init__(self, world: BusyWorld, *, a_second: int, latency: float) -> None:
        self.latency = latency
        self._world, self._a_second = world, a_second
        self._taken: Counter[tuple[str, int]] = Counter()
        self._in_a_row: Counter[int] = Counter()
        self._dice = random.Random(0)  # noqa: S311 - dice
        self._lock = threading.Lock()
        self.refused = 0

    def __call__(self, call: Call) -> None:
        """Let time pass, and the call through if there is a token left."""
        self._world.sleep(self.latency)
        second = int((self._world.now - EPOCH).total_seconds())
        with self._lock:
            self._taken[call.operation, second] += call.service == "iam"
            full = self._taken[call.operation, second] > self._a_second
            self.refused += full
            wait = self._wait(full=full)
        if full:
            self._world.sleep(wait)
            throttled(call)

    def _wait(self, *, full: bool) -> float:
        """The SDK's wait before it asks again: some part of 1, 2, 4, … seconds (botocore, retries/standard.py)."""
        me = threading.get_ident()
        self._in_a_row[me] = self._in_a_row[me] + 1 if full else 0
        return self._dice.random() * min(2.0 ** max(self._in_a_row[me] - 1, 0), 20.0)


class Timeout:
    """Lambda's own end of a run: whatever it is at after so many seconds, it does no more."""

    def __init__(self, world: BusyWorld, seconds: float) -> None:
        self._world, self._end = world, world.now + timedelta(seconds=seconds)

    def __call__(self, call: Call) -> None:
        """Kill the process when its time is over."""
        if self._world.now >= self._end:
            killed_before(call)
