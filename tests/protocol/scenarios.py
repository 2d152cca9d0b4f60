"""The situations in which a run can die: how real runs get there, what is then asked, and what has to come of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from keyturn.request import Request
from tests.fakes import faults
from tests.fakes.calls import Call
from tests.fakes.faults import Fault, at
from tests.fakes.identities import User
from tests.protocol.life import ROLLBACK, Life

GUARD = "alice-is-unwell"
DAY, HALF_A_DAY = timedelta(days=1), timedelta(hours=12)


@dataclass(frozen=True)
class Scenario:
    """A run worth disturbing.

    Attributes:
        prepare: lives until the moment before that run, and answers who Alice is.
        reached: whether the run has done what it was for.
        request: what is asked of the run, and again of those that follow until it is reached.
        every: how long after it the further runs come.
        takes_another_run: what it is for is only reached by the run after it.
        lapses: what it is for is off after some days.
    """

    name: str
    prepare: Callable[[Life], User]
    reached: Callable[[Life, User], bool]
    request: Request | None = None
    every: timedelta = DAY
    takes_another_run: bool = False
    lapses: bool = False

    def begin(self) -> tuple[Life, User]:
        """A life up to the moment before the run."""
        life = Life()
        alice = self.prepare(life)
        if life.found:
            raise AssertionError(life.found)
        return life, alice


def disturbed(life: Life, fault: Fault, request: Request | None = None) -> None:
    """A run that meets a fault."""
    life.world.intercept.append(fault)
    life.run(request)
    life.world.intercept.remove(fault)


def _lived_until(*days: float) -> Callable[[Life], User]:
    """Alice's key is due at day 0; runs on the days but the last."""

    def prepare(life: Life) -> User:
        alice = life.alice()
        for day in days[:-1]:
            life.to_day(day)
            life.run()
        life.to_day(days[-1])
        return alice

    return prepare


def _crashed(operation: str, number: int, *days: float) -> Callable[[Life], User]:
    """The first run dies after the n-th call of an operation."""

    def prepare(life: Life) -> User:
        alice = life.alice()
        disturbed(life, at(number, faults.killed_after, operation=operation))
        for day in days[:-1]:
            life.to_day(day)
            life.run()
        life.to_day(days[-1])
        return alice

    return prepare


def _rings_at_once(life: Life) -> User:
    """Grace is over, and the guard alarm rings as soon as the key is off."""
    alice = life.alice(tags={"keyturn:guard-alarm": GUARD})
    life.world.alarm(GUARD)
    life.run()
    life.to_day(14)

    def ring(_call: Call) -> None:
        if alice.keys[0].status == "Inactive":
            life.world.alarm(GUARD, "ALARM")

    life.world.intercept.append(ring)
    return alice


def _rings_later(life: Life) -> User:
    """The guard alarm rings some hours after the key was switched off."""
    alice = life.alice(tags={"keyturn:guard-alarm": GUARD})
    life.world.alarm(GUARD)
    for day in (0, 14):
        life.to_day(day)
        life.run()
    life.world.alarm(GUARD, "ALARM")
    life.to_day(14.2)
    return alice


def _second_key(status: str) -> Callable[[Life], User]:
    """Alice has an old second key that nobody uses, and has never been rotated."""

    def prepare(life: Life) -> User:
        alice = life.alice(age_days=60)
        life.world.key(alice, age_days=200, status=status)
        return alice

    return prepare


def _persons_key(life: Life) -> User:
    """A run died before its create, and a person has made a key and uses it."""
    alice = life.alice()
    disturbed(life, at(1, faults.killed_before, operation="create_access_key"))
    life.world.advance(timedelta(hours=1))
    life.world.use(life.world.key(alice))
    life.to_day(1)
    return alice


def _gone(life: Life) -> User:
    """Alice and her keys are gone, and her secret is left."""
    alice = life.alice()
    life.run()
    life.consumers.clear()
    for key in alice.living:
        life.world.admin.iam.delete_access_key(UserName="alice", AccessKeyId=key.id)
    life.world.admin.iam.delete_user(UserName="alice")
    life.to_day(1)
    return alice


def _rotated(life: Life, alice: User) -> bool:
    """A key that a run made is current, is the newest, and nothing else is left of the attempts."""
    key = life.current(alice)
    return (
        key is not None
        and key is alice.living[-1]
        and (key.created_by.run > 0, key.status) == (True, "Active")
        and len(alice.living) == 2
        and not list(life.strangers())
    )


def _statuses(*statuses: str) -> Callable[[Life, User], bool]:
    return lambda _life, alice: tuple(key.status for key in alice.living) == statuses


def _tagged(life: Life, alice: User) -> bool:
    secret = life.world.secret_of(alice)
    return secret is not None and secret.tags.get("keyturn:deactivated-key") == alice.keys[1].id


def _closed(life: Life, alice: User) -> bool:
    secret = life.world.secret_of(alice)
    return secret is not None and secret.holder("AWSPENDING") is None


def _retired(life: Life, _alice: User) -> bool:
    return all(secret.deletion_at is not None for secret in life.world.secrets.values())


SCENARIOS = (
    Scenario("a first rotation", _lived_until(0), _rotated),
    Scenario("a later rotation", _lived_until(0, 14, 44, 75), _rotated),
    Scenario("a deactivation", _lived_until(0, 14), _statuses("Inactive", "Active")),
    Scenario("a deletion", _lived_until(0, 14, 44), _statuses("Active")),
    Scenario("an orphan's quarantine", _crashed("create_access_key", 1, 1), _rotated, takes_another_run=True),
    Scenario("an orphan's deletion", _crashed("create_access_key", 1, 1, 2), _rotated),
    Scenario("a stored key's deletion", _crashed("put_secret_value", 2, 1), _rotated),
    Scenario("an intent's closing", _persons_key, _closed),
    Scenario("a rollback", _lived_until(0, 14, 20), _statuses("Active", "Active"), ROLLBACK),
    Scenario("a guarded deactivation", _rings_at_once, _statuses("Active", "Active"), every=HALF_A_DAY, lapses=True),
    Scenario("a guard's reactivation", _rings_later, _statuses("Active", "Active"), every=HALF_A_DAY, lapses=True),
    Scenario("a second key found Inactive", _second_key("Inactive"), _tagged),
    Scenario("a second key unused", _second_key("Active"), _statuses("Active", "Inactive")),
    Scenario("a secret's retirement", _gone, _retired),
)
NAMED = {scenario.name: scenario for scenario in SCENARIOS}
