"""The pace of creates: a few at once, then one after another, and slower once IAM has throttled one."""

import math
import threading
from typing import Final

from keyturn.deadline import Deadline

# IAM's buckets are not published; AWS Support says that there is one for each operation and account, refilled every
# second. So the pace begins with what a small account needs, and finds its way from there. In seconds between creates.
_QUICKEST: Final = 0.1
_SLOWEST: Final = 8.0
_SLOWER: Final = 2.0
_QUICKER: Final = 0.8
_AT_ONCE: Final = 10


class Pace:
    """When the next key may be created; all threads of a run share it.

    The SDK's adaptive mode would do, were it not for the deadline: it waits however long it takes, and between an
    intent and the store of its key there has to be an end.
    """

    def __init__(self) -> None:
        self._apart = _QUICKEST
        self._at_once = _AT_ONCE
        self._next = math.inf  # all in seconds that the run then has left, so later is less
        self._lock = threading.Lock()

    def wait(self, deadline: Deadline, reserve: float) -> bool:
        """Wait for a create's turn; answer whether it has come, with `reserve` seconds of the run to spare."""
        with self._lock:
            left = deadline.remaining()
            due = min(left, self._next)
            turn = min(left, due + (self._at_once - 1) * self._apart)
            if turn < reserve:
                return False
            self._next = due - self._apart
        if left > turn:
            deadline.sleep(left - turn)
        return True

    def slow_down(self) -> None:
        """Leave more time between creates, since IAM has throttled one."""
        with self._lock:
            self._apart = min(self._apart * _SLOWER, _SLOWEST)
            self._at_once = 1

    def speed_up(self) -> None:
        """Leave a little less time again, since IAM has taken one."""
        with self._lock:
            self._apart = max(self._apart * _QUICKER, _QUICKEST)
