"""A stage for several runs at once: one moves at a time, from call to call, in the order that a test asks for."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import permutations, product

from tests.fakes.calls import Call

TO_THE_END = 1_000_000
# Who moves, and for how many calls at most.
Move = tuple[int, int]


@dataclass
class _Actor:
    perform: Callable[[], object]
    go: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    over: bool = False


class Stage:
    """Runs in threads, of which all but one stand still before their next call."""

    def __init__(self, actors: Sequence[Callable[[], object]]) -> None:
        self._actors = [_Actor(perform) for perform in actors]
        self._stands = threading.Semaphore(0)
        self._moving = self._actors[0]

    def intercept(self, _call: Call) -> None:
        """Stand still; calls of the actor's own threads come one after the other."""
        actor = self._moving
        self._stands.release()
        actor.go.acquire()

    def play(self, moves: Sequence[Move]) -> None:
        """Let the actors move, until all are over."""
        threads = [self._enter(actor) for actor in self._actors]
        for number, most in moves:
            self._move(self._actors[number], most)
        for thread in threads:
            thread.join()

    def _enter(self, actor: _Actor) -> threading.Thread:
        """Start a run, up to its first call."""

        def act() -> None:
            try:
                actor.perform()
            finally:
                actor.over = True
                self._stands.release()

        thread = threading.Thread(target=act)
        self._moving = actor
        thread.start()
        self._stands.acquire()
        return thread

    def _move(self, actor: _Actor, most: int) -> None:
        self._moving = actor
        for _ in range(most):
            if actor.over:
                return
            actor.go.release()
            self._stands.acquire()


def orders(*calls: int) -> Iterator[tuple[Move, ...]]:
    """All orders with up to two preemptions, of runs that make so many calls when they are alone.

    The first is preempted after i calls, the second after j; then another goes on to its end, and so do the rest.
    """
    actors = range(len(calls))
    for first, second in permutations(actors, 2):
        rests = [rest for rest in permutations(actors) if rest[0] != second]
        for i, j, rest in product(range(1, calls[first] + 1), range(1, calls[second] + 1), rests):
            yield (first, i), (second, j), *((actor, TO_THE_END) for actor in rest)
