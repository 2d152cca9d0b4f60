"""How many calls to AWS a run makes: counted in an account in memory, beside what formulas say."""

from collections import Counter
from dataclasses import dataclass
from math import ceil
from typing import Final

from bench.accounts import account, run

SIZES: Final = (1, 10, 100, 1_000, 5_000)
SHARES: Final = (0, 1, 25, 100)  # percent of the users whose key is due


@dataclass(frozen=True)
class Scan:
    """A run over an account, with how often each operation was called."""

    users: int
    due: int
    known: bool
    operations: Counter[str]

    @property
    def calls(self) -> int:
        """All calls."""
        return self.operations.total()


def points() -> list[tuple[int, int]]:
    """How many users, and how many of them are due, each once; a share of few users is one user at least."""
    return list(dict.fromkeys((users, ceil(users * share / 100)) for users in SIZES for share in SHARES))


def scan(users: int, due: int, *, known: bool) -> Scan:
    """Count the calls of a run."""
    world = account(users, due, known=known)
    made = run(world, max_rotations_per_run=max(due, 1))
    if made != due:
        raise RuntimeError(f"{made} of {due} keys that are due were rotated: the count would be of something else")
    return Scan(users, due, known, Counter(call.operation for call in world.calls()))


def ours(users: int, due: int, *, known: bool) -> int:
    """Say the same in a formula.

    Four for everybody (the report is asked for and read, users and secrets are listed) and more where a list has more
    than a page; nine or ten a rotation with its event; one for the message to people.
    """
    pages = ceil(users / 1_000) + max(1, ceil(users * known / 100))
    return 2 + pages + (10 if known else 9) * due + bool(due)


@dataclass(frozen=True)
class Peer:
    """Another tool, whose code was run against a local AWS: its calls, with `a_user` looked at and `a_rotation`."""

    repository: str
    formula: str
    once: int
    a_user: float
    a_rotation: int

    def calls(self, users: int, rotations: int) -> int:
        """Say what a run would make."""
        return self.once + ceil(self.a_user * users) + self.a_rotation * rotations


PEERS: Final = {
    "A": Peer("aws-samples/aws-iam-access-key-auto-rotation", "5 + 3U + 8R", 5, 3, 8),
    "B": Peer("skildops/aws-iam-key-rotator", "U/100 + 2U + 6R", 0, 2.01, 6),
    "C": Peer("tblakex01/iam-key-rotation", "7 + 3U + 5R", 7, 3, 5),
}
