"""Users with owners, daily runs, and the letters that came of each."""

from datetime import timedelta

from keyturn.request import Request
from tests.fakes.identities import User
from tests.fakes.mail import opened
from tests.fakes.world import World
from tests.unit.running import EVERYBODY, Performed, performed

SENDER = "keyturn@example.com"
OWNER = "alice@example.com"
DAY = timedelta(days=1)


def owned(world: World, name: str = "alice", *, age_days: float = 80, owner: str = OWNER, **tags: str) -> User:
    """A user whose key is due, and who has an owner."""
    spelt = {f"keyturn:{key.replace('_', '-')}": value for key, value in tags.items()}
    user = world.user(name, tags={"keyturn:owner": owner, **spelt})
    world.key(user, age_days=age_days, last_used_days=1)
    return user


def run(world: World, request: Request = EVERYBODY, *, seconds: float = 900, **settings: str | int) -> Performed:
    """A run that mails owners."""
    return performed(world, request, seconds=seconds, **{"notify_from": SENDER, **settings})


def subjects(world: World) -> list[str]:
    """The letters since the last look."""
    found = [str(opened(letter)["Subject"]) for letter in world.letters]
    world.letters.clear()
    return found


def days_lived(world: World, days: int, using: int, **settings: str | int) -> dict[int, list[str]]:
    """Live day after day, in which a program uses Alice's n-th key; the letters by day, those without left out."""
    alice = world.users["alice"]
    told = {}
    for day in range(1, days + 1):
        world.use(alice.living[using].id)
        world.advance(DAY)
        run(world, EVERYBODY, seconds=900, **settings)
        if found := subjects(world):
            told[day] = found
    return told
