"""Waiting for what happens by itself, no longer than it may take."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


def eventually(look: Callable[[], Found], seconds: float = 10) -> Found:
    """Look again and again until there is something to see."""
    until = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < until, f"nothing happened within {seconds} seconds"
        time.sleep(0.05)
    return found
