"""A run in a world, for tests of what a run is made of."""

from dataclasses import dataclass, field

from keyturn.deadline import Deadline
from keyturn.domain.outcome import Outcome
from keyturn.doors import Doors, Run
from keyturn.report import RunReport
from keyturn.request import Request
from keyturn.run import perform
from keyturn.settings import Settings
from tests.fakes.world import World

EVERYBODY = Request()


def a_run(world: World, *, seconds: float = 900, **settings: str | int) -> Run:
    """A run that has so many seconds, in the world's time; it acts unless `mode` says otherwise."""
    texts = {"mode": "enforce", **{name: str(value) for name, value in settings.items()}}
    parsed = Settings.parse(texts)
    began = world.now

    def remaining() -> float:
        return seconds - (world.now - began).total_seconds()

    doors = Doors.open(world.clients(), parsed)
    return Run("run-1", world.now, parsed, doors, Deadline(remaining, world.sleep))


@dataclass
class Performed:
    """What came of a run: its report, what was told while it ran, and what was measured."""

    report: RunReport
    told: list[Outcome] = field(default_factory=list)
    measured: dict[str, float] = field(default_factory=dict)

    @property
    def lines(self) -> dict[str, tuple[str, str]]:
        """What was last done about each user, and how it ended."""
        return {each.user.name: (each.action.name, each.result.value) for each in self.report.outcomes}

    def reason(self, user: str) -> str:
        """Why that was done about a user."""
        return next(each.reason.label for each in reversed(self.report.outcomes) if each.user.name == user)


def performed(world: World, request: Request = EVERYBODY, *, seconds: float = 900, **settings: str | int) -> Performed:
    """Do what is asked, to the end."""
    told: list[Outcome] = []
    measured: dict[str, float] = {}
    report = perform(request, a_run(world, seconds=seconds, **settings), tell=told.append, measure=measured.update)
    return Performed(report, told, measured)


def due(world: World, *names: str, oldest: float = 100) -> None:
    """Make users whose keys are due, the first named having the oldest."""
    for number, name in enumerate(names):
        world.key(world.user(name), age_days=oldest - number)
