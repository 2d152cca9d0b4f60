"""Thousands of users due at once, a stingy IAM, a slow AWS, and the end of a Lambda in mid-flight: nothing is lost.

All of it goes through the handler, with eight threads at work and the SDK's five attempts. `make test` tries it with
200 users, `make prove` with 5,000, which is IAM's quota.
"""

import io
import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from keyturn import rotate
from tests.fakes.calls import Call, Killed
from tests.fakes.faults import always, at, killed_after, killed_before, refused
from tests.fakes.invariants import violations
from tests.lambda_function import ENFORCE, LambdaFunction
from tests.protocol.busy import BusyWorld, Throttle, Timeout
from tests.proving import PROVE

LAMBDA_SECONDS = 900
USERS = 5_000 if PROVE else 200
A_TENTH = USERS // 10
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _unheard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pytest would keep every line that thousands of users' runs log."""
    monkeypatch.setattr(rotate.logger._logger, "propagate", False)


@dataclass
class Company:
    """Users whose keys are all due, and the daily runs that see to them."""

    users: int
    rotations: int
    seconds: float = LAMBDA_SECONDS
    world: BusyWorld = field(default_factory=BusyWorld)
    runs: int = 0

    def __post_init__(self) -> None:
        """Make the users, each with a key that is due; a new key takes some seconds until STS accepts it."""
        self.world.new_key_delay = timedelta(seconds=5)
        self.world.report_takes = timedelta(seconds=5)
        for number in range(self.users):
            self.world.key(self.world.user(f"user-{number}"), age_days=91)

    def run(self, *interceptors: Callable[[Call], BaseException | None]) -> dict[str, Any] | None:
        """The next day's run; no report when it was killed."""
        self.runs += 1
        began = self.world.now
        settings = ENFORCE | {"KEYTURN_MAX_ROTATIONS_PER_RUN": str(self.rotations)}
        function = LambdaFunction(self.world, settings, seconds=self.seconds, printed=io.StringIO())
        report = None
        self.world.intercept[:] = interceptors
        try:
            report = function.invoke({})
            took = (self.world.now - began).total_seconds()
            assert took < self.seconds
            print(f"  run {self.runs}: {took:.0f} s, {len(self.world.log)} calls, {self.rotated} rotated")  # noqa: T201
        except Killed:
            pass
        finally:
            self.world.intercept.clear()
            self.world.log.clear()
            self.world.now = began + DAY
        assert violations(self.world) == []
        return report

    def recover(self, throttle: Throttle) -> None:
        """Four more days: an orphan's quarantine takes one, the new attempt and its clean-up another."""
        for _ in range(4):
            self.run(throttle, Timeout(self.world, LAMBDA_SECONDS))
        assert self.rotated == self.users
        assert self.strangers == []
        assert all(len(user.living) == 2 for user in self.world.users.values())

    @property
    def rotated(self) -> int:
        """How many users' secrets give a key to consumers."""
        current = (one.holder("AWSCURRENT") for one in self._secrets())
        return sum(version is not None and bool(version.holds) for version in current)

    @property
    def under_way(self) -> int:
        """How many users' rotations stand open."""
        pending = [(one.holder("AWSPENDING"), one.holder("AWSCURRENT")) for one in self._secrets()]
        return sum(intent is not None and (intent is not current or not intent.holds) for intent, current in pending)

    @property
    def strangers(self) -> list[str]:
        """The living keys that a run made and whose secret nobody holds."""
        held = {key_id for one in self._secrets() for version in one.versions.values() for key_id in version.holds}
        made = [key for key in self.world.keys.values() if key.created_by.run and key.deleted_at is None]
        return [key.id for key in made if key.id not in held]

    def _secrets(self) -> list[Any]:
        return list(self.world.secrets.values())


@pytest.mark.parametrize(("a_second", "latency", "wide"), [(20, 0.06, False), (100, 0.2, True)])
def test_all_are_rotated_in_as_many_runs_as_the_setting_asks(
    a_second: int, latency: float, *, wide: bool, record_property: Callable[[str, object], None]
) -> None:
    company = Company(USERS, rotations=A_TENTH)
    throttle = Throttle(company.world, a_second=a_second, latency=latency)
    for number in range(1, 11):
        report = company.run(throttle)
        assert report is not None
        assert report["totals"]["CreateKey"] == A_TENTH
        assert report["totals"]["failed"] == 0
        # Through a narrow throttle a user in its grace period may stay unread for a day, which is told.
        assert report["status"] == ("INCOMPLETE" if number < 10 else "OK") or not wide
        left = USERS - number * A_TENTH
        throttled = sum(line["reason"] == "Throttled" for line in report["users"])
        assert left <= report["remaining"] <= left + throttled
        assert not (wide and throttled)
    assert company.rotated == USERS
    assert company.strangers == []
    record_property("rotations under a throttle", USERS)


@pytest.mark.parametrize("a_second", [1, 2])
def test_a_narrow_throttle_takes_more_runs_and_loses_nothing(
    a_second: int, record_property: Callable[[str, object], None]
) -> None:
    company = Company(USERS, rotations=USERS, seconds=LAMBDA_SECONDS if PROVE else 210)
    throttle = Throttle(company.world, a_second=a_second, latency=0.3)
    counts = [0]
    while company.rotated < USERS:
        assert company.run(throttle) is not None
        counts.append(company.rotated)
        assert counts[-1] > counts[-2], "every run gets on with it, however many grace periods are running"
    assert len(counts) > 2, "the time of one run is not enough"
    assert throttle.refused > 0
    assert company.strangers == []
    record_property("rotations under a throttle", USERS)


def test_without_the_credential_report_the_listing_leaves_time_for_the_work() -> None:
    company = Company(USERS, rotations=USERS, seconds=LAMBDA_SECONDS if PROVE else 300)
    throttle = Throttle(company.world, a_second=5 if PROVE else 1, latency=0.06)
    no_report = always(refused("LimitExceeded", 409), operation="generate_credential_report")
    listed = company.seconds / 2 * (5 if PROVE else 1)
    assert listed < USERS, "the listing alone would take longer than the run has"
    stalled = 0
    while company.rotated < USERS:
        before = company.rotated
        report = company.run(throttle, no_report)
        assert report is not None
        assert "so each user's keys were listed" in report["notes"][0]
        # What is to be retired comes first; of the last few all may be throttled in a run, and not for ever.
        worked = company.rotated > before or report["totals"]["done"] > 0
        stalled = 0 if worked else stalled + 1
        assert worked or report["status"] == "INCOMPLETE", "who waits is told"
        assert stalled < 3
    assert company.strangers == []


@pytest.mark.parametrize("how", [killed_before, killed_after])
def test_runs_killed_in_mid_flight_lose_nothing(
    how: Callable[[Call], BaseException | None], record_property: Callable[[str, object], None]
) -> None:
    under_way = []
    for seed in range(200 if PROVE else 12):
        company = Company(30, rotations=30)
        throttle = Throttle(company.world, a_second=20, latency=0.1)
        dice = random.Random(seed)  # noqa: S311 - dice
        for _ in range(3):
            company.run(throttle, at(dice.randrange(8, 250), how))
            under_way.append(company.under_way)
        company.recover(throttle)
    assert sum(under_way) > 2 * len(under_way), "most runs were killed in the middle of several rotations"
    record_property("runs killed with eight threads at work", len(under_way))


def test_lambdas_that_meet_their_timeout_lose_nothing(record_property: Callable[[str, object], None]) -> None:
    under_way, met = [], 0
    for seed in range(50 if PROVE else 5):
        company = Company(30, rotations=30)
        throttle = Throttle(company.world, a_second=20, latency=0.1)
        begins = random.Random(seed).randrange(8, 60)  # noqa: S311 - dice
        met += company.run(_slow_from(begins, throttle), throttle, Timeout(company.world, LAMBDA_SECONDS)) is None
        under_way.append(company.under_way)
        throttle.latency = 0.1
        company.recover(throttle)
    assert met > len(under_way) / 2, "no user is started late, so some end in time"
    assert sum(under_way) > len(under_way), "the end came in the middle of rotations"
    record_property("runs that met their timeout", met)


def _slow_from(begins: int, throttle: Throttle) -> Callable[[Call], None]:
    """AWS takes a minute for each call from some call on."""

    def slower(call: Call) -> None:
        if call.index >= begins:
            throttle.latency = 60

    return slower


def test_what_is_due_is_not_kept_waiting_by_those_whose_time_only_has_to_pass() -> None:
    company = Company(USERS, rotations=USERS, seconds=LAMBDA_SECONDS if PROVE else 210)
    throttle = Throttle(company.world, a_second=2, latency=0.3)
    company.run(throttle)
    first = company.rotated
    company.run(throttle)
    assert company.rotated >= math.floor(1.9 * first)
