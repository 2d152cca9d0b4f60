"""One case of the crash points or of the pairs of faults, played alone: one that fails prints the line that does it.

    PYTHONPATH=.:lambdas python -m tests.protocol.again crash_point 'a first rotation' 1 3 'killed after'

Without a virtual environment that is active, it is .venv/bin/python.
"""

import shlex
import sys
from collections.abc import Callable, Mapping, Sequence

from tests.fakes.faults import EVERY, at, each_at
from tests.protocol.life import sending
from tests.protocol.scenarios import NAMED
from tests.protocol.surviving import survive
from tests.protocol.wire import product_clients, wired

Case = tuple[str, ...]


def crash_point(scenario: str, sends: str, number: str, fault: str) -> list[str]:
    """A fault at the n-th call of a run, whose clients send a request so often."""
    return survive(NAMED[scenario], sending(int(sends)), at(int(number), EVERY[fault]))


def crash_point_below_the_sdk(scenario: str, number: str, fault: str) -> list[str]:
    """A fault at the n-th request of a run, below the retries of the real SDK."""
    with wired(product_clients()) as wire:
        return survive(NAMED[scenario], wire.plug, at(int(number), EVERY[fault]))


def two_faults_in_one_run(scenario: str, number: str, fault: str, later: str, second: str) -> list[str]:
    """Faults at two calls of a run."""
    struck = {int(number): EVERY[fault], int(later): EVERY[second]}
    return survive(NAMED[scenario], sending(1), each_at(struck))


def two_faults_in_two_runs(scenario: str, number: str, fault: str, later: str, second: str) -> list[str]:
    """A fault at a call of a run, and another at a call of the next one."""
    return survive(NAMED[scenario], sending(1), at(int(number), EVERY[fault]), at(int(later), EVERY[second]))


KINDS: dict[str, Callable[..., list[str]]] = {
    kind.__name__: kind
    for kind in (crash_point, crash_point_below_the_sdk, two_faults_in_one_run, two_faults_in_two_runs)
}


def line(kind: str, *words: object) -> str:
    """The command that plays a case again."""
    return f"PYTHONPATH=.:lambdas python -m tests.protocol.again {shlex.join([kind, *map(str, words)])}"


def told(wrong: Mapping[str, Sequence[str]]) -> str:
    """What is wrong in which cases, for people: each case begins with the command that plays it again."""
    return "\n".join(f"{case}\n" + "\n".join(f"    {each}" for each in found) for case, found in wrong.items())


def main(arguments: Sequence[str]) -> int:
    """Play the case, and say what is wrong."""
    kind, *words = arguments
    wrong = KINDS[kind](*words)
    print("\n".join(wrong) or "nothing is wrong")  # noqa: T201 - a command's answer
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
