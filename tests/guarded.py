"""Users whose old key the rotator has just deactivated, in a world, under the eyes of a guard alarm."""

from dataclasses import dataclass
from datetime import timedelta

from tests.fakes.identities import AccessKey, User
from tests.fakes.world import World
from tests.lambda_function import LambdaFunction

ALARM = "alice-is-unwell"
A_DAY, GRACE = timedelta(days=1), timedelta(days=14)


@dataclass(frozen=True)
class Guarded:
    """A user, its old key and the successor."""

    world: World
    user: User
    old: AccessKey
    new: AccessKey

    @property
    def statuses(self) -> tuple[str, str]:
        """Whether the old key and the new one are Active."""
        return self.old.status, self.new.status

    @property
    def tags(self) -> dict[str, str]:
        """What the user's secret notes, by the part of each tag's name that is its own."""
        secret = self.world.secret_of(self.user)
        assert secret is not None
        return {name.removeprefix("keyturn:"): value for name, value in secret.tags.items()}


def in_grace(world: World, *names: str, alarm: str = ALARM) -> list[Guarded]:
    """Rotate the users' keys, and let the grace period pass; each works with its successor."""
    world.alarm(alarm)
    for name in names:
        world.key(world.user(name, tags={"keyturn:guard-alarm": alarm}), age_days=80, last_used_days=40)
    rotate(world)
    users = [world.users[name] for name in names]
    world.advance(A_DAY)
    for user in users:
        world.use(user.living[1].id)
    world.advance(GRACE - A_DAY)
    return [Guarded(world, user, *user.living) for user in users]


def deactivated(world: World, *names: str, alarm: str = ALARM) -> list[Guarded]:
    """The same, and have the old keys deactivated."""
    users = in_grace(world, *names, alarm=alarm)
    rotate(world)
    assert {each.statuses for each in users} == {("Inactive", "Active")}
    return users


def rotate(world: World) -> None:
    """A daily run."""
    LambdaFunction(world).invoke({})
