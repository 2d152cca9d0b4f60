"""The demo judges what it sees, and fails when a promise is broken."""

import dataclasses
import io
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from sandbox.demo import promises, timeline
from sandbox.demo.life import Life
from sandbox.demo.people import Person, Program, SeedKey
from sandbox.demo.screen import Screen
from sandbox.demo.seeding import seed
from sandbox.demo.witness import SeenKey, Sight
from sandbox.local_aws import Deployment
from sandbox.runs import Run

NOW = datetime(2030, 1, 1, tzinfo=UTC)
MAX_AGE = timedelta(days=90)


def seen(age: int, *, active: bool = True, ours: bool = False, stored: bool = False) -> SeenKey:
    created = NOW - timedelta(days=age)
    return SeenKey(key_id=f"AKIAFAKE{age}", active=active, created=created, made_by_rotator=ours, stored=stored)


def sight(*keys: SeenKey, accepted: bool | None = None) -> Sight:
    return Sight(user="alice", keys=keys, current_accepted=accepted)


ALICE = Person(name="alice", situation="a user")
BEFORE = sight(seen(84))
WELL = sight(seen(84), seen(1, ours=True, stored=True), accepted=True)


def test_a_rotated_user_is_well() -> None:
    assert not list(promises.broken(ALICE, BEFORE, BEFORE))
    assert not list(promises.broken(ALICE, BEFORE, WELL))


@pytest.mark.parametrize(
    ("now", "sentence"),
    [
        (sight(seen(84), seen(1, ours=True)), "the secret of AKIAFAKE1 is lost"),
        (sight(seen(84), seen(1, active=False, ours=True)), "the secret of AKIAFAKE1 is lost"),
        (sight(seen(84), seen(1, ours=True, stored=True), accepted=False), "locked out"),
        (sight(seen(84, active=False)), "locked out"),
        (sight(), "locked out"),
        (sight(seen(84), seen(2), seen(3)), "has 3 keys"),
    ],
)
def test_a_broken_promise_is_a_sentence(now: Sight, sentence: str) -> None:
    (found,) = promises.broken(ALICE, BEFORE, now)
    assert sentence in found


def test_a_user_without_a_key_is_not_locked_out_by_having_none() -> None:
    assert not list(promises.broken(ALICE, sight(), sight()))


def test_a_user_out_of_scope_is_left_alone() -> None:
    founder = Person(name="alice", situation="another path", path="/people/")
    assert not list(promises.broken(founder, BEFORE, BEFORE))
    (found,) = promises.broken(founder, BEFORE, WELL)
    assert "was not left alone" in found


def test_a_key_may_be_too_old_only_with_a_reason() -> None:
    old = sight(seen(91), seen(200, active=False), seen(90))
    assert promises.overdue(old, NOW, MAX_AGE) == ["AKIAFAKE91"]
    assert list(promises.overdue_without_excuse(ALICE, old, NOW, MAX_AGE))
    excused = dataclasses.replace(ALICE, may_be_overdue="exempt")
    assert not list(promises.overdue_without_excuse(excused, old, NOW, MAX_AGE))


def turn(action: str, outcome: str = "Done", stage: str = "Current", reason: str = "KeyDue") -> dict[str, str]:
    return {"action": action, "outcome": outcome, "stage": stage, "reason": reason}


def test_a_timeline_keeps_the_telling_days_when_it_is_narrow() -> None:
    days = [
        timeline.sign(None, BEFORE),
        timeline.sign(turn("CreateKey"), WELL),
        timeline.sign(turn("Hold", "Held", "Grace", "GraceRunning"), WELL),
        timeline.sign(turn("Hold", "Held", "Grace", "KeyInUse"), WELL),
        timeline.sign(turn("DeactivateKey"), WELL),
        timeline.sign(None, sight(seen(84, active=False), seen(1))),
        timeline.sign(turn("DeleteKey"), BEFORE),
        timeline.sign(turn("CreateKey", "Failed"), BEFORE),
    ]
    assert "".join(days) == "─●═!○╌✕‼"
    assert timeline.fit("".join(days), 100) == "─●═!○╌✕‼"
    assert timeline.fit("".join(days), 4) == "●!○‼"
    assert timeline.fit("", 4) == ""


class InvokedRuns:
    """Runs that are asked for, one a day."""

    def __init__(self, stack: Deployment) -> None:
        self._stack = stack

    def next(self) -> Run:
        self._stack.aws.clock.move_by(timedelta(days=1))
        report = self._stack.invoke({"action": "rotate"})
        return Run(self._stack.aws.clock.now(), report, report["users"])


def test_sabotage_is_noticed_on_the_day_it_happens(stack: Deployment) -> None:
    key, program = SeedKey(age=80, used=1), Program()
    victims = [
        Person(name=name, situation="a user", keys=(key,), programs=(program,)) for name in ("henry", "ivy", "judy")
    ]
    credentials = seed(stack.aws, victims, stack.aws.clock.now() + timedelta(days=81))
    life = Life(stack, victims, credentials, InvokedRuns(stack))
    output = io.StringIO()
    screen = Screen(victims, days=2, console=Console(file=output))
    day = life.live(1)
    screen.tell(day)
    assert promises.verdict(day.broken) == (0, "Every promise was kept.")
    assert life.actions["CreateKey"] >= len(victims)
    assert "CreateKey" in output.getvalue()

    iam, secrets = stack.aws.client("iam"), stack.aws.client("secretsmanager")
    fake = '{"AccessKeyId": "AKIAFAKE", "SecretAccessKey": "obviously/fake"}'
    secrets.put_secret_value(SecretId="keyturn/henry/access-key", SecretString=fake)
    secrets.delete_secret(SecretId="keyturn/ivy/access-key", ForceDeleteWithoutRecovery=True)
    for key in iam.list_access_keys(UserName="judy")["AccessKeyMetadata"]:
        iam.update_access_key(UserName="judy", AccessKeyId=key["AccessKeyId"], Status="Inactive")
    day = life.live(2)
    screen.tell(day)
    broken = "\n".join(day.broken)
    assert "henry: locked out" in broken
    assert "ivy: the secret of" in broken
    assert "judy: locked out" in broken
    assert {"judy"} <= life.locked_out
    assert any("judy" in error for error in life.program_errors)
    assert "BROKEN" in output.getvalue()
    code, sentence = promises.verdict(day.broken)
    assert code == 1
    assert f"{len(day.broken)} times a promise was broken" in sentence
