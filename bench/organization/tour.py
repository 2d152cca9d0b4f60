"""A tour through an organization: the Map, Lambda's concurrency, and the buckets that all accounts share in the hub."""

import random
from collections import deque
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any, Final

import simpy

from bench.organization.account import RunTaken, Visit
from bench.organization.limits import BURST_SECONDS, BURSTS, SECRET_BUCKETS, Limits
from bench.organization.lines import Bucket
from bench.organization.machine import MACHINE
from bench.organization.work import FIRST, LATER, SEED

Waiting = Generator[simpy.Event, Any, None]

_ACCOUNTS_A_PAGE: Final = 20
# A run takes from the hub's buckets all through its time: it is cut in so many parts.
_PARTS: Final = 8
# What the hub's accounts share; each with the operation or step that takes from it.
SHARED: Final = ("starts", "transitions", "invokes", "assume_roles", "put_events")
_WAITED_FOR: Final = (*SHARED, "lambda_concurrency", *dict.fromkeys(figure for figure, _ in SECRET_BUCKETS))


@dataclass(frozen=True)
class Tour:
    """What a tour came to.

    Attributes:
        listing: seconds until the accounts are listed.
        ends: when each account that was visited ended, from the tour's beginning on, in order.
        rotated: keys that were rotated.
        runs: invocations, of which one that the hub's buckets make too long for Lambda counts as several.
        exhausted: accounts that would need more of them than the machine allows.
        refused: accounts that gave up after Lambda had refused them as often as the machine asks.
        peak: invocations at once, at most.
        throttles: how often Lambda refused one.
        colds: how many environments were made.
        billed: seconds of the function.
        entered: states that were entered.
        busy: how many invocations there were from a moment on.
        waited: seconds that executions waited for what they share, added up.
    """

    visits: tuple[Visit, ...]
    listing: float
    ends: tuple[float, ...]
    rotated: int
    runs: int
    exhausted: int
    refused: int
    peak: int
    throttles: int
    colds: int
    billed: float
    entered: int
    busy: tuple[tuple[float, int], ...]
    waited: Mapping[str, float]

    @property
    def seconds(self) -> float:
        """How long it takes, were it not ended before."""
        return self.ends[-1]

    @property
    def cut_off(self) -> int:
        """Accounts that have not ended when the machine ends the tour; all, when they can't even be listed in time."""
        if self.listing > MACHINE.roster_seconds:
            return len(self.visits)
        return sum(end > MACHINE.seconds for end in self.ends)

    @property
    def left(self) -> int:
        """Users that are left for the next tour in accounts that were visited."""
        return sum(visit.left for visit in self.visits)


def tour(visits: Sequence[Visit], limits: Limits, waves: Sequence[float] = (1.0,)) -> Tour:
    """Simulate a tour; `waves` says which share of the accounts goes in each, one wave after the other."""
    hub = _Hub(limits)
    listing = limits.cold / limits.processor + ceil(len(visits) / _ACCOUNTS_A_PAGE) * max(
        limits.call, 1 / limits.account_pages
    )
    hub.env.process(hub.toured(visits, listing, waves))
    hub.env.run()
    return Tour(
        visits=tuple(visits),
        listing=listing,
        ends=tuple(sorted(hub.ends)),
        rotated=hub.rotated,
        runs=hub.runs,
        exhausted=hub.exhausted,
        refused=hub.refused,
        peak=max(busy for _, busy in hub.busy),
        throttles=hub.throttles,
        colds=hub.colds,
        billed=hub.billed,
        entered=hub.entered,
        busy=tuple(hub.busy),
        waited=hub.waited,
    )


@dataclass
class _Hub:
    limits: Limits
    env: simpy.Environment = field(default_factory=simpy.Environment)
    ends: list[float] = field(default_factory=list)
    rotated: int = 0
    runs: int = 0
    exhausted: int = 0
    refused: int = 0
    throttles: int = 0
    colds: int = 0
    billed: float = 0.0
    entered: int = 0
    running: int = 0
    idle: int = 0
    busy: list[tuple[float, int]] = field(default_factory=lambda: [(0.0, 0)])
    waited: dict[str, float] = field(default_factory=lambda: dict.fromkeys(_WAITED_FOR, 0.0))

    def __post_init__(self) -> None:
        self.buckets = {name: self._bucket(name) for name in (*SHARED, "environments")}
        # What a run takes from all through its time: the bus, and the secrets if they are kept here.
        self._along: list[tuple[str, tuple[str, ...], Bucket]] = [
            ("put_events", ("put_events",), self.buckets["put_events"])
        ]
        if self.limits.secrets_in_hub:
            self._along += [(figure, operations, self._bucket(figure)) for figure, operations in SECRET_BUCKETS]
        self._dice = random.Random(SEED)  # noqa: S311 - the jitter of retries

    def _bucket(self, name: str) -> Bucket:
        rate = getattr(self.limits, name)
        return Bucket(rate, BURSTS.get(name, rate * BURST_SECONDS))

    def toured(self, visits: Sequence[Visit], listing: float, waves: Sequence[float]) -> Waiting:
        """List the accounts, then take wave after wave."""
        yield self.env.timeout(listing)
        waiting = deque(visits)
        at_once = int(min(self.limits.accounts_at_once, self.limits.map_children))
        for number, share in enumerate(waves, 1):
            size = len(waiting) if number == len(waves) else min(ceil(len(visits) * share), len(waiting))
            wave = deque(waiting.popleft() for _ in range(size))
            yield simpy.AllOf(self.env, [self.env.process(self._places(wave)) for _ in range(min(at_once, size))])

    def _places(self, wave: deque[Visit]) -> Waiting:
        """One of the Map's places: account after account."""
        while wave:
            yield from self._execution(wave.popleft())
            self.ends.append(self.env.now)

    def _execution(self, visit: Visit) -> Waiting:
        yield from self._take("starts")
        runs = 0
        for run in visit.runs:
            yield from self._enter(1)
            if not (yield from self._place_in_lambda()):
                self.refused += 1
                return
            before = self.env.now
            yield from self._invocation(run)
            self.rotated += run.turns[FIRST] + run.turns[LATER]
            runs += ceil((self.env.now - before) / MACHINE.run_seconds)
            yield from self._enter(MACHINE.states_a_run - 1)
        self.runs += runs
        self.exhausted += runs > MACHINE.most_runs
        yield from self._enter(MACHINE.states_an_account)

    def _place_in_lambda(self) -> Generator[simpy.Event, Any, bool]:
        """Ask for an environment, and again after a while, as often and as long as the machine does."""
        for most in (0.0, *MACHINE.retries):
            if most:
                self.throttles += 1
                wait = most * self._dice.random()
                self.waited["lambda_concurrency"] += wait
                yield self.env.timeout(wait)
                yield from self._enter(1)
            yield from self._take("invokes")
            room = self.running < self.limits.lambda_concurrency
            if room and (self.idle or self.buckets["environments"].has(self.env.now)):
                return True
        self.throttles += 1
        return False

    def _invocation(self, run: RunTaken) -> Waiting:
        began = self.env.now
        self._now_running(+1)
        if self.idle:
            self.idle -= 1
        else:
            self.colds += 1
            self.buckets["environments"].wait(began)
            yield self.env.timeout(self.limits.cold / self.limits.processor)
        yield from self._take("assume_roles")
        for _ in range(_PARTS):
            yield self.env.timeout(self._part(run))
        self.billed += self.env.now - began
        self._now_running(-1)
        self.idle += 1

    def _part(self, run: RunTaken) -> float:
        """How long a part of a run takes: its own time, or until all is there that it takes from the hub's buckets."""
        alone = run.seconds / _PARTS
        waits = {"": alone}
        for figure, operations, bucket in self._along:
            if tokens := sum(run.calls[operation] for operation in operations):
                waits[figure] = max(bucket.wait(self.env.now, tokens / _PARTS), waits.get(figure, 0.0))
        slowest = max(waits, key=lambda figure: waits[figure])
        if slowest:
            self.waited[slowest] += waits[slowest] - alone
        return waits[slowest]

    def _now_running(self, more: int) -> None:
        self.running += more
        self.busy.append((self.env.now, self.running))

    def _enter(self, states: int) -> Waiting:
        self.entered += states
        yield from self._take("transitions", states)

    def _take(self, name: str, tokens: int = 1) -> Waiting:
        if wait := self.buckets[name].wait(self.env.now, tokens):
            self.waited[name] += wait
            yield self.env.timeout(wait)
