"""Attempts are made as long as there is time left for what has to follow."""

import pytest

from keyturn.deadline import Deadline


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self, left: float) -> None:
        self.left = left
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.left -= seconds
        self.slept.append(seconds)

    def deadline(self) -> Deadline:
        return Deadline(lambda: self.left, self.sleep)


def test_the_first_attempt_is_made_at_once_however_late_it_is() -> None:
    clock = Clock(left=-5)
    assert list(clock.deadline().attempts((1, 2), reserve=10)) == [0]
    assert clock.slept == []


def test_each_further_attempt_waits() -> None:
    clock = Clock(left=900)
    assert list(clock.deadline().attempts((1, 2, 4), reserve=10)) == [0, 1, 2, 3]
    assert clock.slept == [1, 2, 4]


@pytest.mark.parametrize(("left", "slept"), [(11, [1]), (12.9, [1]), (13, [1, 2]), (10.9, []), (17, [1, 2, 4])])
def test_no_wait_eats_into_the_reserve(left: float, slept: list[float]) -> None:
    clock = Clock(left)
    list(clock.deadline().attempts((1, 2, 4), reserve=10))
    assert clock.slept == slept
    assert clock.left >= 10


def test_a_success_ends_the_waiting() -> None:
    clock = Clock(left=900)
    for _ in clock.deadline().attempts((1, 2, 4), reserve=10):
        break
    assert clock.slept == []
