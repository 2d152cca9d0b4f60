"""What the tour's state machine says of itself: read from the definition that is deployed."""

from dataclasses import dataclass
from typing import Final

from infra.config import Config
from infra.organization.tour import ROSTER
from infra.organization.tour_states import definition
from infra.rotator_function import ROTATOR


@dataclass(frozen=True)
class Machine:
    """The bounds of a tour.

    Attributes:
        seconds: after how long the machine ends a tour.
        most_runs: how often an account is asked.
        run_seconds: after how long Lambda ends a run.
        roster_seconds: after how long it ends the listing of accounts.
        retries: how long, at most, each of the machine's waits is after Lambda has refused an invocation.
        states_a_run: states that each run enters; `states_an_account` are those of an account beyond that.
    """

    seconds: float
    most_runs: int
    run_seconds: float
    roster_seconds: float
    retries: tuple[float, ...]
    states_a_run: int
    states_an_account: int


def _read() -> Machine:
    whole = definition(Config(), rotator="", roster="", roundup="", results="")
    account = whole["States"]["Waves"]["ItemProcessor"]["States"]["Accounts"]["ItemProcessor"]["States"]
    (retry,) = account["Rotate"]["Retry"]
    (most,) = [
        each["NumericLessThan"] for each in account["IsMoreLeft"]["Choices"][0]["And"] if each["Variable"] == "$.runs"
    ]
    waits = (retry["IntervalSeconds"] * retry["BackoffRate"] ** number for number in range(retry["MaxAttempts"]))
    return Machine(
        seconds=whole["TimeoutSeconds"],
        most_runs=most,
        run_seconds=ROTATOR.timeout.to_seconds(),
        roster_seconds=ROSTER.timeout.to_seconds(),
        retries=tuple(waits),
        states_a_run=len(account.keys() - {"Enough"}),
        states_an_account=1,
    )


MACHINE: Final = _read()
