"""A run in a world, for tests of what a run is made of."""

from keyturn.deadline import Deadline
from keyturn.doors import Doors, Run
from keyturn.settings import Settings
from tests.fakes.world import World


def a_run(world: World, *, seconds: float = 900, **settings: str | int) -> Run:
    """A run that has so many seconds, in the world's time; it acts unless `mode` says otherwise."""
    texts = {"mode": "enforce", **{name: str(value) for name, value in settings.items()}}
    parsed = Settings.parse(texts)
    began = world.now

    def remaining() -> float:
        return seconds - (world.now - began).total_seconds()

    doors = Doors.open(world.clients(), parsed)
    return Run("run-1", world.now, parsed, doors, Deadline(remaining, world.sleep))
