"""How long a run takes by how many users it works on at once: real threads and real waits, in an account in memory.

Each call waits as long as a call to AWS might; the account itself takes a little, which is what 0 ms shows.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bench.accounts import account, run
from tests.fakes.faults import always, meanwhile

USERS: Final = 200
ROTATED: Final = 50
ONCE: Final = (1, 2, 4, 8, 16)
MILLISECONDS: Final = (0, 60)
ROUNDS: Final = 3
_LONG: Final = 10.0  # seconds: what takes so long is measured twice only, since waits make up nearly all of it


@dataclass(frozen=True)
class Wait:
    """What runs of one kind took, in seconds."""

    at_once: int
    milliseconds: int
    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.seconds)


def waits(say: Callable[[str], None]) -> list[Wait]:
    """Measure in rounds, one run of each kind in each, so that a busy machine is busy for all of them."""
    taken: dict[tuple[int, int], list[float]] = {(at_once, ms): [] for ms in MILLISECONDS for at_once in ONCE}
    for round_ in range(1, ROUNDS + 1):
        for (at_once, ms), seconds in taken.items():
            if len(seconds) < ROUNDS - 1 or max(seconds) < _LONG:
                seconds.append(took(at_once, ms))
        say(f"waits, round {round_} of {ROUNDS}")
    return [Wait(at_once, ms, tuple(seconds)) for (at_once, ms), seconds in taken.items()]


def took(at_once: int, milliseconds: int) -> float:
    """Time one run."""
    world = account(USERS, ROTATED, known=False)
    if milliseconds:
        world.intercept.append(always(meanwhile(lambda: time.sleep(milliseconds / 1000))))
    began = time.perf_counter()
    if run(world, concurrency=at_once) != ROTATED:
        raise RuntimeError("not all were rotated: the time would be of something else")
    return time.perf_counter() - began
