"""What calls queue for: a bucket of tokens, and a processor; first come, first served.

Arrivals come in the order of time, so that a wait is known at once: no list of those who wait is kept.
"""

from dataclasses import dataclass
from math import isinf


@dataclass
class Bucket:
    """Tokens that are refilled evenly; it is full at first.

    Attributes:
        rate: tokens a second.
        burst: tokens at most.
    """

    rate: float
    burst: float
    _due: float = 0.0

    def wait(self, now: float, tokens: float = 1.0) -> float:
        """Take tokens; answer in how many seconds they are there."""
        if isinf(self.rate):
            return 0.0
        self._due = max(self._due, now) + tokens / self.rate
        return max(self._due - self.burst / self.rate - now, 0.0)

    def has(self, now: float) -> bool:
        """Whether a token is there now; takes none."""
        return isinf(self.rate) or max(self._due, now) + 1.0 / self.rate - self.burst / self.rate <= now


@dataclass
class Processor:
    """One processor, or the share of one that a function has."""

    share: float
    _free: float = 0.0

    def wait(self, now: float, seconds: float) -> float:
        """Work for so many seconds of a whole processor; answer in how many that is done."""
        self._free = max(self._free, now) + seconds / self.share
        return self._free - now
