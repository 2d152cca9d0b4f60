"""A user who is deleted in one account and created under the same name in another, with a rotation under way."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.fakes.account import EPOCH
from tests.fakes.identities import User
from tests.fakes.world import World
from tests.lambda_function import ENFORCE, HEARD, LambdaFunction
from tests.protocol.consumer import Consumer
from tests.protocol.promises import broken

OLD, NEW = "444455556666", "777788889999"
ORGANIZATION = {
    "KEYTURN_EXTERNAL_ID": "an-external-id",
    "KEYTURN_MEMBER_ROLES": "arn:aws:iam::*:role/keyturn-member",
}
RECOVERY = timedelta(days=30)


class Move:
    """A hub and two members, of which the first has Alice."""

    def __init__(self) -> None:
        self.hub = World()
        self.old, self.new = World(), World()
        self.old.id, self.new.id = OLD, NEW
        self.hub.members = {OLD: self.old, NEW: self.new}
        self.rotator = LambdaFunction(self.hub, {**ENFORCE, **HEARD, **ORGANIZATION})
        self.programs: list[Consumer] = []
        for number in range(9):  # so that no ID is the same in both accounts
            self.new.key(self.new.user(f"neighbour-{number}"))
        self.former = self._alice(self.old)

    def _alice(self, world: World, *, age_days: float = 80) -> User:
        alice = world.user("alice", age_days=age_days)
        self.programs = [Consumer(world, alice, world.key(alice, age_days=age_days, last_used_days=0))]
        return alice

    def live(self, first: int, last: int) -> None:
        """Programs work and a tour comes each day."""
        for day in range(first, last):
            for world in (self.hub, self.old, self.new):
                world.now = max(world.now, EPOCH + timedelta(days=day))
            for program in self.programs:
                program.work()
            for account in (OLD, NEW):
                self.rotator.invoke({"action": "rotate", "account": account})

    def move(self, *, age_days: float) -> User:
        """Delete Alice with her keys in the old account, and create another of her name in the new."""
        iam = self.old.admin.iam
        for key in self.former.living:
            iam.delete_access_key(UserName="alice", AccessKeyId=key.id)
        iam.delete_user(UserName="alice")
        return self._alice(self.new, age_days=age_days)

    def wrong(self) -> Iterator[str]:
        for world in (self.hub, self.old, self.new):
            yield from broken(world, RECOVERY)
        for program in self.programs:
            yield from program.refused


@pytest.mark.parametrize("day", [1, 14, 44])
@pytest.mark.parametrize("age_days", [0, 80])
def test_both_accounts_go_by_their_own_user_and_nothing_is_lost(day: int, age_days: int) -> None:
    move = Move()
    move.live(0, day)
    left = set(move.old.secrets)
    alice = move.move(age_days=age_days)

    move.live(day, day + 100)

    assert list(move.wrong()) == []
    assert all(name not in move.old.secrets or move.old.secrets[name].deletion_at for name in left), "it is retired"
    secret = move.new.secret_of(alice)
    assert secret is not None
    assert secret.tags["keyturn:user-id"] == alice.id
    current = secret.holder("AWSCURRENT")
    assert current is not None
    assert set(current.holds) <= {key.id for key in alice.living}, "and no key of the former Alice"
    assert move.programs[0].key in current.holds, "the program has moved on to it"


def test_the_former_secret_can_be_restored_for_a_month() -> None:
    move = Move()
    move.live(0, 5)
    (name,) = move.old.secrets
    move.move(age_days=0)
    move.live(5, 7)

    secret = move.old.secrets[name]
    assert secret.deletion_at is not None
    assert secret.deletion_at - move.old.now >= timedelta(days=28)
    assert [line.operation for line in move.new.mutations if line.caller.run] == [], "a fresh key is let alone"
