"""How much is tried: a slice in `make test`, the whole of it in `make prove`, which sets KEYTURN_PROVE=1.

KEYTURN_SEED=… (a number) asks for another slice, and for other long histories.
"""

import os
from collections.abc import Iterable
from typing import Final, TypeVar

PROVE: Final = os.environ.get("KEYTURN_PROVE") == "1"
SEED: Final = int(os.environ.get("KEYTURN_SEED", "0"))

_Case = TypeVar("_Case")


def some(cases: Iterable[_Case], *, every: int, of_the_whole: int = 1) -> list[_Case]:
    """All cases, or each n-th of them: an n that shares no factor with the inner loops leaves none of these out.

    Args:
        cases: in an order that does not change.
        every: the n when nothing is to be proved; there is always one case at least.
        of_the_whole: the n when something is, where all would take too long.
    """
    return slice_of(list(cases), of_the_whole if PROVE else every, SEED)


def slice_of(cases: list[_Case], every: int, seed: int) -> list[_Case]:
    """Each n-th case, beginning with another one for another seed."""
    return cases[seed % min(every, len(cases)) :: every] if cases else []
