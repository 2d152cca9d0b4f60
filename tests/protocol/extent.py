"""How much is tried: everything when something is to be proved (`make prove`), else an even slice of it."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, TypeVar

from tests.proving import PROVE

WHOLE: Final = PROVE

_Case = TypeVar("_Case")


def some(cases: Iterable[_Case], *, every: int, of_the_whole: int = 1) -> Iterator[_Case]:
    """All cases, or each n-th of them: an n that shares no factor with the inner loops leaves none of these out.

    Args:
        cases: in an order that does not change.
        every: the n when nothing is to be proved.
        of_the_whole: the n when something is, where all would take too long.
    """
    return islice(cases, 0, None, of_the_whole if WHOLE else every)
