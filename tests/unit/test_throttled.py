"""AWS would not take so many calls: a run slows down, leaves what it did not get to for another, and never fails."""

from datetime import timedelta
from itertools import pairwise

import pytest

from keyturn.deadline import Deadline
from keyturn.pace import Pace
from keyturn.report import Status
from tests.fakes.calls import Call
from tests.fakes.faults import always, throttled, upon
from tests.fakes.invariants import violations
from tests.fakes.world import World
from tests.unit.running import due, performed


@pytest.fixture
def world() -> World:
    return World()


class Clock:
    """A deadline whose time passes by sleeping alone."""

    def __init__(self, seconds: float) -> None:
        self.left = seconds
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.left -= seconds
        self.slept.append(round(seconds, 3))

    @property
    def deadline(self) -> Deadline:
        return Deadline(lambda: self.left, self.sleep)


class TestARun:
    """What cannot be read or done for now waits for another run, and nothing is wrong."""

    @pytest.mark.parametrize("operation", ["list_access_keys", "create_access_key", "create_secret"])
    def test_users_wait_for_another_run_which_does_all(self, world: World, operation: str) -> None:
        due(world, "a", "b", "c")
        world.intercept.append(always(throttled, operation=operation))
        run = performed(world, event_bus="default")
        assert {line[1] for line in run.lines.values()} == {"Held"}
        assert {run.reason(name) for name in run.lines} == {"Throttled"}
        assert (run.report.status, run.report.remaining) == (Status.INCOMPLETE, 3)
        assert run.measured["RotationsFailed"] == 0
        assert run.measured["KeysDue"] == 3
        assert world.events == [], "nobody has to know of a user who waits"
        assert violations(world) == []

        world.intercept.clear()
        world.advance(timedelta(minutes=21))
        again = performed(world)
        assert again.report.totals["CreateKey"] == 3
        assert again.report.status is Status.OK

    def test_a_create_that_is_throttled_for_good_leaves_no_open_intent(self, world: World) -> None:
        due(world, "a")
        world.intercept.append(always(throttled, operation="create_access_key"))
        performed(world)
        world.intercept.clear()
        assert performed(world).lines == {"a": ("CreateKey", "Done")}, "at once, with no lease to wait for"

    def test_a_create_that_was_throttled_slows_the_run_down(self, world: World) -> None:
        due(world, *(f"user-{number}" for number in range(4)))
        sent: list[float] = []
        began = world.now

        def note(call: Call) -> None:
            if call.operation == "create_access_key":
                sent.append((world.now - began).total_seconds())

        world.intercept += [note, upon([1, 2, 3], throttled, operation="create_access_key")]
        run = performed(world, concurrency=1)

        assert run.report.totals["CreateKey"] == 4
        apart = [round(after - before, 2) for before, after in pairwise(sent)]
        # The waits before each new attempt, then the pace: doubled three times, and a fifth quicker after each success.
        assert apart == [1, 2, 4, 0.8, 0.64, 0.51]

    def test_a_survey_waits_a_throttle_out(self, world: World) -> None:
        due(world, "a")
        world.intercept.append(upon([1, 2, 3], throttled, operation="get_account_authorization_details"))
        run = performed(world)
        assert run.lines == {"a": ("CreateKey", "Done")}
        assert run.report.status is Status.OK

    def test_the_throttled_credential_report_is_asked_for_again_before_every_user_is(self, world: World) -> None:
        due(world, "a", "b")
        world.intercept.append(upon([1, 2], throttled, operation="get_credential_report"))
        run = performed(world)
        assert run.report.notes == ()
        assert run.report.totals["CreateKey"] == 2

    def test_whose_turn_was_throttled_rests_and_goes_on(self, world: World) -> None:
        due(world, *(f"user-{number}" for number in range(6)))
        world.intercept.append(upon([1, 2, 3], throttled, operation="list_access_keys"))
        began = world.now
        run = performed(world, concurrency=1)
        assert (run.report.remaining, run.report.totals["CreateKey"]) == (3, 3)
        assert world.now - began >= timedelta(seconds=30)

    def test_nobody_rests_beyond_the_time_for_another_turn(self, world: World) -> None:
        due(world, *(f"user-{number}" for number in range(6)))
        world.intercept.append(always(throttled, operation="list_access_keys"))
        run = performed(world, concurrency=1, seconds=145)
        assert run.report.remaining == 6
        assert len(run.lines) == 3


class TestThePace:
    """Creates follow one another, at a distance that IAM's refusals widen."""

    def test_a_few_come_at_once_and_then_ten_a_second(self) -> None:
        clock, pace = Clock(900), Pace()
        assert all(pace.wait(clock.deadline, 45) for _ in range(30))
        assert [wait for wait in clock.slept if wait] == [0.1] * 20

    def test_each_refusal_doubles_the_distance_up_to_eight_seconds(self) -> None:
        clock, pace = Clock(900), Pace()
        for _ in range(12):
            pace.wait(clock.deadline, 45)
            pace.slow_down()
        assert clock.slept[-3:] == [8.0, 8.0, 8.0]
        assert clock.slept[0] <= 1.3

    def test_each_success_shortens_it_again(self) -> None:
        clock, pace = Clock(900), Pace()
        for _ in range(3):
            pace.slow_down()
        for _ in range(20):
            pace.wait(clock.deadline, 45)
            pace.speed_up()
        assert clock.slept[-1] == 0.1
        assert clock.slept == sorted(clock.slept, reverse=True)

    def test_nothing_is_begun_that_would_come_too_late(self) -> None:
        clock, pace = Clock(46), Pace()
        for _ in range(10):
            pace.slow_down()
        assert pace.wait(clock.deadline, 45)
        assert not pace.wait(clock.deadline, 45)
        assert clock.slept == [], "it does not wait in vain"
