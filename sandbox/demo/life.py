"""Life in the account, day by day: the scheduled run at night, the programs in the morning, the witness after them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.demo import programs, promises
from sandbox.demo.people import GUARD_ALARM, Person
from sandbox.demo.witness import Sight, Witness
from sandbox.local_aws import Credential, Deployment
from sandbox.runs import Run, Runs

MORNING = timedelta(hours=6)
MAX_AGE = timedelta(days=90)
# What was too old, or nearly, when the stack came has its successor on day 1, and a grace period to go.
CAUGHT_UP_ON_DAY = 17


@dataclass(frozen=True, kw_only=True)
class Day:
    """What happened on one day, and what was seen in the end."""

    number: int
    at: datetime
    run: Run
    sights: dict[str, Sight]
    broken: list[str]


class Life:
    """Everybody in the account, and what became of them so far."""

    def __init__(
        self,
        deployment: Deployment,
        people: Sequence[Person],
        credentials: dict[str, list[Credential]],
        runs: Runs,
    ) -> None:
        self.deployment, self.people = deployment, people
        self.actions: Counter[str] = Counter()
        self.lost: set[str] = set()
        self.locked_out: set[str] = set()
        self._aws = deployment.aws
        self._runs = runs
        self._witness = Witness(self._aws, people, credentials)
        self._before = {sight.user: sight for sight in self._witness.look()}
        policy = deployment.outputs["ReadOwnSecretPolicyArn"]
        self.programs = programs.start(self._aws, people, credentials, policy)
        self._work(0)

    def live(self, number: int) -> Day:
        """Live one day."""
        run = self._runs.next()
        self.actions.update(turn["action"] for turn in run.turns if turn["outcome"] == "Done")
        self._aws.clock.move_by(MORNING)
        errors = self._work(number)
        self._ring(number)
        sights = {sight.user: sight for sight in self._witness.look()}
        at = self._aws.clock.now()
        broken = [*_failed(run), *errors, *self._judge(sights, number, at)]
        return Day(number=number, at=at, run=run, sights=sights, broken=broken)

    @property
    def program_errors(self) -> list[str]:
        """Give what programs saw that they should not have seen."""
        return [error for program in self.programs for error in program.errors]

    def _work(self, number: int) -> list[str]:
        before = len(self.program_errors)
        for program in self.programs:
            program.live(number)
        return self.program_errors[before:]

    def _ring(self, number: int) -> None:
        for person in self.people:
            if number in {person.alarm_rings.start, person.alarm_rings.stop}:
                state = "ALARM" if number in person.alarm_rings else "OK"
                self._aws.client("cloudwatch").set_alarm_state(
                    AlarmName=GUARD_ALARM, StateValue=state, StateReason=f"day {number}"
                )

    def _judge(self, sights: dict[str, Sight], number: int, at: datetime) -> list[str]:
        broken: list[str] = []
        for person in self.people:
            before, now = self._before[person.name], sights[person.name]
            broken += promises.broken(person, before, now)
            self.lost.update(promises.lost(now))
            if promises.locked_out(before, now):
                self.locked_out.add(person.name)
            if number >= CAUGHT_UP_ON_DAY:
                broken += promises.overdue_without_excuse(person, now, at, MAX_AGE)
        return broken


def _failed(run: Run) -> list[str]:
    status = run.report["status"]
    faults = [turn["message"] for turn in run.turns if turn["outcome"] == "Failed"]
    return [] if status == "OK" else [f"the run {run.report['run_id']} ended {status}: {'; '.join(faults)}"]
