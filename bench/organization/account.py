"""One account in a tour: the rotator's runs, call by call, through the account's buckets and the function's processor.

What a turn calls is what was counted on the fakes (`bench.lives`); when a run stops, what it keeps back and how long it
waits are the product's own constants. Accounts share nothing of this, so each is simulated by itself.
"""

from collections import Counter, deque
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from functools import cache
from math import ceil
from typing import Any, Final

import simpy

from bench.lives import sequences
from bench.organization import again
from bench.organization.limits import BURST_SECONDS, SECRET_BUCKETS, Limits
from bench.organization.lines import Bucket, Processor
from bench.organization.machine import MACHINE
from bench.organization.work import DEACTIVATION, DELETION, FIRST, LATER, LOOK, Work
from keyturn.domain.shortlist import Rank
from keyturn.pace import _AT_ONCE
from keyturn.rotation import _CREATE_RESERVE, _VERIFY_WAITS, SECONDS_NEEDED
from keyturn.survey import _REPORT_WAITS

Waiting = Generator[simpy.Event, Any, None]

_IAM: Final = (
    "generate_credential_report",
    "get_credential_report",
    "get_account_authorization_details",
    "list_access_keys",
    "create_access_key",
    "update_access_key",
    "delete_access_key",
    "get_access_key_last_used",
)
_USERS_A_PAGE: Final = 1_000
_SECRETS_A_PAGE: Final = 100


@dataclass(frozen=True)
class RunTaken:
    """What one run came to."""

    seconds: float
    turns: Counter[str]
    calls: Counter[str]

    @property
    def events(self) -> int:
        """How many events the run sent to the hub's bus."""
        return self.calls["put_events"]


@dataclass(frozen=True)
class Visit:
    """What a tour did in one account.

    Attributes:
        left: users that are left for the next tour.
        overran: whether Lambda would have ended a run in the midst of a turn.
    """

    work: Work
    runs: tuple[RunTaken, ...]
    left: int
    overran: bool

    @property
    def turns(self) -> Counter[str]:
        """All turns, by kind."""
        return sum((run.turns for run in self.runs), Counter())

    @property
    def calls(self) -> Counter[str]:
        """All calls, by operation."""
        return sum((run.calls for run in self.runs), Counter())

    @property
    def rotated(self) -> int:
        """Keys that were rotated."""
        return self.turns[FIRST] + self.turns[LATER]

    @property
    def seconds(self) -> float:
        """All runs together."""
        return sum(run.seconds for run in self.runs)


@dataclass(frozen=True)
class Turn:
    """A user's turn that waits; one that `starts` needs a slot, even if it turns out to be a look."""

    kind: str
    rank: Rank

    @property
    def starts(self) -> bool:
        """Whether a slot has to be free."""
        return self.rank is Rank.START


def visit(work: Work, limits: Limits) -> Visit:
    """Simulate all runs that a tour makes in an account; the same for the same figures."""
    account = _Account(work, limits)
    account.env.process(account.visited())
    account.env.run()
    return Visit(work, tuple(account.runs), account.left, account.overran)


@cache
def _steps() -> dict[str, tuple[str, ...]]:
    return sequences()


@dataclass
class _Run:
    """One run under way."""

    ends: float
    slots: int
    pace: Bucket
    waiting: deque[Turn] = field(default_factory=deque)
    turns: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)


class _Account:
    def __init__(self, work: Work, limits: Limits) -> None:
        self.env = simpy.Environment()
        self.limits = limits
        self.work = work
        self.runs: list[RunTaken] = []
        self.left = 0
        self.overran = False
        self._processor = Processor(limits.processor)
        self._buckets = _buckets(limits)
        self._report_at: float | None = None
        # What there is to do, and what this tour has done: the credential report goes on to show both as due.
        self._todo = Counter(
            {
                DELETION: work.deletions,
                DEACTIVATION: work.deactivations,
                LATER: work.later,
                FIRST: work.first,
                LOOK: work.looks,
            }
        )
        self._rotated = 0
        self._retired = 0

    def visited(self) -> Waiting:
        """Run, and run again while users remain and something was done, as the state machine does."""
        while True:
            began = self.env.now
            pace = Bucket(self.limits.creates, _AT_ONCE)
            run = _Run(began + MACHINE.run_seconds, int(self.limits.rotations_a_run), pace)
            yield from self._run(run)
            self.overran |= self.env.now > run.ends
            self.runs.append(RunTaken(self.env.now - began, run.turns, run.calls))
            done = run.turns.total() - run.turns[LOOK]
            if not self.left or not done or len(self.runs) >= MACHINE.most_runs:
                return

    def _run(self, run: _Run) -> Waiting:
        yield from self._surveyed(run)
        candidates = list(self._candidates())
        pressing = deque(each for each in candidates if each.rank is not Rank.WATCH)
        watched = deque(each for each in candidates if each.rank is Rank.WATCH)
        for run.waiting in (pressing, watched):
            workers = [self.env.process(self._worker(run)) for _ in range(int(self.limits.users_at_once))]
            yield simpy.AllOf(self.env, workers)
        self.left = len(candidates) - run.turns.total()
        for kind in (FIRST, LATER):
            self._todo[kind] -= run.turns[kind]
            self._rotated += run.turns[kind]
        for kind in (DEACTIVATION, DELETION):
            self._todo[kind] -= run.turns[kind]
            self._retired += run.turns[kind]

    def _candidates(self) -> Iterator[Turn]:
        """Whom the shortlist gives, in its order; among equals, whose keys are older: this tour's own come first."""
        turns = [
            *self._again(again.retired(), self._retired),
            *self._again(again.rotated(), self._rotated),
            *(Turn(kind, Rank.RETIRE) for kind in (DEACTIVATION, DELETION) for _ in range(self._todo[kind])),
            *(Turn(kind, Rank.START) for kind in (FIRST, LATER) for _ in range(self._todo[kind])),
            *[Turn(LOOK, Rank.WATCH)] * self._todo[LOOK],
        ]
        return iter(sorted(turns, key=lambda turn: turn.rank))

    def _again(self, rank: Rank | None, number: int) -> list[Turn]:
        """Users with whom this tour is done, as the next run of it sees them."""
        return [] if rank is None else [Turn(LOOK, rank)] * number

    def _surveyed(self, run: _Run) -> Waiting:
        yield from self._call("assume_role", run)
        yield from self._call("generate_credential_report", run)
        if self._report_at is None:
            self._report_at = self.env.now + self.limits.report_takes
        for _ in range(max(1, ceil(self.work.users / _USERS_A_PAGE))):
            yield from self._call("get_account_authorization_details", run)
        made = self.work.secrets + self._rotated
        for _ in range(max(1, ceil(made / _SECRETS_A_PAGE))):
            yield from self._call("list_secrets", run)
        for wait in (0.0, *_REPORT_WAITS):
            yield self.env.timeout(wait)
            yield from self._call("get_credential_report", run)
            if self.env.now >= self._report_at:
                return

    def _worker(self, run: _Run) -> Waiting:
        while run.waiting and run.ends - self.env.now >= SECONDS_NEEDED:
            turn = run.waiting.popleft()
            if turn.starts and not run.slots:
                run.waiting.appendleft(turn)
                return
            run.slots -= turn.starts
            yield from self._turn(turn, run)
            run.slots += turn.starts and turn.kind == LOOK

    def _turn(self, turn: Turn, run: _Run) -> Waiting:
        created = 0.0
        for operation in _steps()[turn.kind]:
            if operation == "get_caller_identity":
                yield from self._verified(created, run)
                continue
            writes = turn.kind in {FIRST, LATER} and operation in {"create_secret", "put_secret_value"}
            if writes and not created and run.ends - self.env.now < _CREATE_RESERVE:
                return  # too little time: it is left for the next run
            if operation == "create_access_key":
                yield self.env.timeout(run.pace.wait(self.env.now))
            yield from self._call(operation, run)
            created = self.env.now if operation == "create_access_key" else created
        run.turns[turn.kind] += 1

    def _verified(self, created: float, run: _Run) -> Waiting:
        for wait in (0.0, *_VERIFY_WAITS):
            yield self.env.timeout(wait)
            yield from self._call("get_caller_identity", run)
            if self.env.now - created >= self.limits.accepted_after:
                return
        raise ValueError(f"no rotation waits {self.limits.accepted_after} s for its key")

    def _call(self, operation: str, run: _Run) -> Waiting:
        run.calls[operation] += 1
        wait = self._processor.wait(self.env.now, self.limits.cpu)
        bucket = self._buckets.get(operation)
        if bucket is not None:
            wait += bucket.wait(self.env.now + wait)
        yield self.env.timeout(wait + self.limits.call)


def _buckets(limits: Limits) -> dict[str, Bucket]:
    """Each operation's bucket; some operations share one, and secrets that are kept in the hub have theirs there."""
    buckets = {operation: _bucket(limits.iam) for operation in _IAM}
    for figure, operations in () if limits.secrets_in_hub else SECRET_BUCKETS:
        buckets |= dict.fromkeys(operations, _bucket(getattr(limits, figure)))
    return buckets


def _bucket(rate: float) -> Bucket:
    return Bucket(rate, rate * BURST_SECONDS)
