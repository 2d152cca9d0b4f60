"""A forecast comes true: what it tells of an account is what the rotator's runs then do to it, day by day."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from keyturn.domain.outcome import Result
from keyturn.settings import Settings
from keyturn_cli.forecasting.credential_csv import read_report
from keyturn_cli.forecasting.days import Terms, live
from keyturn_cli.forecasting.opening import lives
from tests.fakes.account import EPOCH
from tests.protocol.consumer import Consumer
from tests.protocol.life import SETTINGS, Life

DAYS = 200
Deeds = list[tuple[int, str, str, str]]


def an_account() -> Life:
    """Users of many kinds; programs work once a day, a moment after the run, or once a week."""
    life = Life(settings=SETTINGS)
    world = life.world
    for number, age in enumerate((1, 60, 74, 89, 150)):
        daily = world.user(f"daily{number}")
        life.consumers.append(Consumer(world, daily, world.key(daily, age_days=age), timedelta(days=1)))
        world.key(world.user(f"unused{number}"), age_days=age)
    spare = world.user("spare")
    world.key(spare, age_days=200)
    world.key(spare, age_days=90, status="Inactive")
    idle = world.user("idle")
    life.consumers.append(Consumer(world, idle, world.key(idle, age_days=80), timedelta(days=1)))
    world.key(idle, age_days=300)
    world.user("nobody")
    both = world.user("both")
    for age in (200, 100):
        life.consumers.append(Consumer(world, both, world.key(both, age_days=age), timedelta(days=1)))
    life.consumers[-2].every = life.consumers[-1].every = timedelta(days=1)
    return life


def forecast(life: Life, place: Path) -> Deeds:
    iam = life.world.admin.iam
    iam.generate_credential_report()
    report = place / "report.csv"
    report.write_bytes(iam.get_credential_report()["Content"])
    terms = Terms(life.settings, EPOCH, DAYS)
    courses, _ = live(lives(read_report(report), {}, life.settings, EPOCH), terms, lambda: None)
    return sorted(
        ((deed.at - EPOCH).days, course.life.user.name, deed.action, deed.reason.label)
        for course in courses
        for deed in course.deeds
    )


def lived(life: Life) -> Deeds:
    deeds: Deeds = []
    for day in range(DAYS):
        life.world.now = EPOCH + timedelta(days=day)
        for outcome in life.run().outcomes:
            if outcome.result is Result.DONE:
                deeds.append((day, outcome.user.name, outcome.action.name, outcome.reason.label))
        life.world.advance(timedelta(minutes=20))
        for consumer in life.consumers:
            consumer.work()
    return sorted(deeds)


def test_the_runs_do_what_was_forecast(tmp_path: Path) -> None:
    life = an_account()
    life.world.now -= timedelta(hours=23, minutes=40)
    for consumer in life.consumers:
        consumer.last = None
        consumer.work()
    life.world.now = EPOCH
    told = forecast(life, tmp_path)
    assert len(told) > 40
    assert lived(life) == told


@pytest.mark.parametrize("slots", [1, 3])
def test_also_when_some_have_to_wait_for_a_slot(tmp_path: Path, slots: int) -> None:
    life = an_account()
    life.consumers.clear()
    texts: dict[str, Any] = {"mode": "enforce", "concurrency": "1", "max_rotations_per_run": str(slots)}
    life.settings = Settings.parse(texts)
    told = forecast(life, tmp_path)
    assert lived(life) == told
