"""The time that a run has left, and the patience that it allows."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Deadline:
    """How long the process will live, and how to wait in it.

    Attributes:
        remaining: answers the seconds that are left.
        sleep: waits for a number of seconds.
    """

    remaining: Callable[[], float]
    sleep: Callable[[float], None]

    def attempts(self, waits: Iterable[float], reserve: float) -> Iterator[int]:
        """Yield the numbers of attempts, waiting before each but the first, as long as `reserve` seconds stay left."""
        yield 0
        for number, wait in enumerate(waits, start=1):
            if self.remaining() - wait < reserve:
                return
            self.sleep(wait)
            yield number
