"""The desk at which a response is worked out."""

from collections.abc import Callable
from dataclasses import dataclass

from keyturn.domain.outcome import Outcome
from keyturn.doors import Run


@dataclass(frozen=True)
class Desk:
    """What following a signal needs.

    Attributes:
        act: whether anything is changed, or only planned.
        tell: is told each outcome.
        note: is told what calls for no action.
    """

    run: Run
    act: bool
    tell: Callable[[Outcome], Outcome]
    note: Callable[[str], None]
