"""How late AWS may be: each way with its fact (docs/aws-facts.md) and how sure that is, and lives that are lived so."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from tests.fakes.calls import Call
from tests.fakes.faults import Fault
from tests.protocol.life import Ending, Life
from tests.protocol.scenarios import Scenario
from tests.protocol.surviving import FURTHER_RUNS, rest_of_the_life, told

A_CALL = timedelta(milliseconds=200)
ALMOST_FOUR_HOURS = timedelta(hours=3, minutes=59)


@dataclass(frozen=True)
class Lateness:
    """One way in which AWS may be late.

    Attributes:
        facts: their numbers.
        grade: how sure they are, that is, the least sure of them.
        late: the account's knobs.
        old_report: somebody has a credential report made almost four hours before each run.
    """

    name: str
    facts: tuple[str, ...]
    grade: Literal["documented", "seen by others", "assumed"]
    late: dict[str, timedelta] = field(default_factory=dict)
    old_report: bool = False

    def begin(self, life: Life) -> None:
        """Be late from now on, in an account whose calls take some time."""
        for knob, value in self.late.items():
            setattr(life.world, knob, value)
        life.world.intercept.insert(0, taking_time(life))

    def run(self, life: Life, scenario: Scenario, *, again: bool) -> Ending:
        """The next run; it asks for what the scenario asks, unless that is reached."""
        if self.old_report:
            life.world.report = None
            life.world.admin.iam.generate_credential_report()
            life.wait(ALMOST_FOUR_HOURS)
        return life.run(scenario.request if again else None)


def taking_time(life: Life) -> Callable[[Call], None]:
    """Time passes with each call of a run."""

    def pass_time(call: Call) -> None:
        if call.caller.run:
            life.world.advance(A_CALL)

    return pass_time


def calls_of(scenario: Scenario, lateness: Lateness) -> int:
    """How many calls the run makes when nothing else goes wrong."""
    life, _ = scenario.begin()
    lateness.begin(life)
    before = len(life.world.calls())
    lateness.run(life, scenario, again=True)
    return len(life.world.calls()) - before


def survive(scenario: Scenario, lateness: Lateness, fault: Fault) -> list[str]:
    """Whatever is wrong after a run that met a fault, two further runs, and the rest of the keys' lives."""
    life, alice = scenario.begin()
    lateness.begin(life)
    life.world.intercept.append(fault)
    ending = lateness.run(life, scenario, again=True)
    life.world.intercept.remove(fault)
    reached = scenario.reached(life, alice)
    wrong = [] if reached or scenario.takes_another_run or told(ending) else [f"nobody is told: {ending.labels}"]
    for _ in range(FURTHER_RUNS):
        life.wait(scenario.every)
        lateness.run(life, scenario, again=not reached)
        reached = reached or scenario.reached(life, alice)
    if not (reached or scenario.lapses):
        wrong.append(f"not reached: {[key.status for key in alice.living]}")
    return wrong + rest_of_the_life(life) + life.found


def _seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def _hours(number: float) -> timedelta:
    return timedelta(hours=number)


LATENESSES = (
    *(
        Lateness(
            f"STS refuses a new key for {seconds} seconds",
            ("1.11", "1.12"),
            "seen by others",
            {"new_key_delay": _seconds(seconds)},
        )
        for seconds in (1, 4, 15, 60)
    ),
    *(
        Lateness(
            f"ListAccessKeys answers as of {seconds} seconds ago",
            ("1.11", "1.20"),
            "assumed",
            {"list_keys_lag": _seconds(seconds)},
        )
        for seconds in (1, 4, 10, 30)
    ),
    Lateness(
        "ListSecrets answers as of five minutes ago",
        ("4.17",),
        "documented",
        {"list_secrets_lag": _seconds(300)},
    ),
    *(
        Lateness(
            f"the last use of a key is told {hours} hours late",
            ("3.5", "3.12"),
            "assumed",
            {"last_used_lag": _hours(hours)},
        )
        for hours in (1, 6, 20)
    ),
    Lateness(
        "the credential report is almost four hours old",
        ("3.1",),
        "documented",
        old_report=True,
    ),
)
ALL_AT_ONCE = Lateness(
    "all at once",
    ("1.11", "1.12", "1.20", "3.1", "3.5", "3.12", "4.17"),
    "assumed",
    {
        "new_key_delay": _seconds(15),
        "list_keys_lag": _seconds(4),
        "list_secrets_lag": _seconds(300),
        "last_used_lag": _hours(6),
    },
    old_report=True,
)
