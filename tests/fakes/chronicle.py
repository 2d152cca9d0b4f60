"""What an account remembers of the rotator: its runs, and what they did to keys."""

from dataclasses import dataclass
from datetime import datetime

from tests.fakes.identities import AccessKey, User


@dataclass(slots=True)
class Run:
    """One run of the rotator, as the account sees it."""

    number: int
    started_at: datetime
    heals: bool = True
    disturbed: bool = False
    dead: bool = False


@dataclass(frozen=True, slots=True)
class KeyChange:
    """What a run did to a key, with what was true at that moment.

    Attributes:
        what: create, activate, deactivate or delete.
        key: none if a create was refused.
        others: how many other keys the user had.
        intent: the run's own intent stood open.
        status: what the key was.
        given: somebody may hold the key.
        suspect: the key may be taken for an orphan.
        remains: another key was Active.
        successor: such a key was stored and promoted.
        used: such a key was in use.
    """

    what: str
    at: datetime
    run: int
    user: User
    key: AccessKey | None
    others: int
    intent: bool = False
    status: str = ""
    given: bool = False
    suspect: bool = False
    remains: bool = False
    successor: bool = False
    used: bool = False
