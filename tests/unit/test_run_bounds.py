"""A run begins only so many rotations, oldest first, and only as long as there is time."""

from datetime import timedelta

import pytest

from keyturn.domain.tags import EXEMPT_UNTIL
from keyturn.report import Status
from keyturn.request import Request
from tests.fakes.calls import Killed
from tests.fakes.faults import always, at, killed_before, meanwhile, refused
from tests.fakes.invariants import violations
from tests.fakes.world import World
from tests.unit.running import due, performed


@pytest.fixture
def world() -> World:
    return World()


def created(world: World) -> list[str]:
    return [call.params["UserName"] for call in world.mutations if call.operation == "create_access_key"]


class TestTheMostRotations:
    """A run begins only so many rotations, of the oldest keys; the others are remaining."""

    NAMES = ("a", "b", "c", "d", "e")

    @pytest.mark.parametrize("concurrency", [1, 8])
    def test_the_oldest_come_first(self, world: World, concurrency: int) -> None:
        due(world, *self.NAMES)
        run = performed(world, max_rotations_per_run=2, concurrency=concurrency)
        assert sorted(created(world)) == ["a", "b"]
        assert (run.report.candidates, run.report.remaining, run.report.status) == (5, 3, Status.INCOMPLETE)
        assert run.measured["KeysDue"] == 5
        assert run.measured["RunSucceeded"] == 1

    def test_the_next_run_goes_on(self, world: World) -> None:
        due(world, *self.NAMES)
        for _ in range(3):
            performed(world, max_rotations_per_run=2, concurrency=1)
            world.advance(timedelta(days=1))
        assert created(world) == list(self.NAMES)

    def test_a_user_that_needs_no_rotation_takes_no_place(self, world: World) -> None:
        due(world, "exempt", *self.NAMES)
        world.users["exempt"].tags = {EXEMPT_UNTIL: "2099-01-01"}
        performed(world, max_rotations_per_run=5)
        assert sorted(created(world)) == list(self.NAMES)

    def test_a_place_that_was_not_needed_is_given_back_once(self, world: World) -> None:
        due(world, "exempt", *self.NAMES)
        world.users["exempt"].tags = {EXEMPT_UNTIL: "2099-01-01"}
        performed(world, max_rotations_per_run=1, concurrency=1)
        assert created(world) == ["a"]

    def test_a_failed_rotation_takes_its_place(self, world: World) -> None:
        due(world, *self.NAMES)
        world.intercept.append(always(refused("AccessDenied", 403), operation="create_access_key"))
        assert performed(world, max_rotations_per_run=2).report.remaining == 3

    def test_users_in_their_grace_period_are_looked_at_when_no_place_is_left(self, world: World) -> None:
        due(world, "grace")
        performed(world)
        world.advance(timedelta(days=1))
        due(world, *self.NAMES)
        run = performed(world, max_rotations_per_run=1)
        assert run.reason("grace") == "GraceRunning"
        assert run.report.remaining == 4

    def test_healing_and_retiring_go_on_when_no_place_is_left(self, world: World) -> None:
        due(world, *self.NAMES)
        world.key(world.user("two"), age_days=400, last_used_days=1)
        world.key("two", age_days=300, status="Inactive")
        run = performed(world, max_rotations_per_run=1)
        assert run.lines["two"] == ("RecordInactive", "Done")
        assert run.report.totals["CreateKey"] == 1

    def test_users_that_are_named_are_bounded_too(self, world: World) -> None:
        due(world, *self.NAMES)
        run = performed(world, Request(users=self.NAMES, force=True), max_rotations_per_run=2, concurrency=1)
        assert len(created(world)) == 2
        assert run.report.remaining == 3

    def test_a_dry_run_shows_the_same_bound(self, world: World) -> None:
        due(world, *self.NAMES)
        run = performed(world, Request(dry_run=True), max_rotations_per_run=2)
        assert run.report.totals["planned"] == 2
        assert run.report.remaining == 3


class TestTheDeadline:
    """No user is started that may not be finished; what is left is remaining, and the next run goes on."""

    def test_a_run_without_time_starts_nobody(self, world: World) -> None:
        due(world, "a", "b", "c")
        run = performed(world, seconds=119)
        assert (run.report.remaining, run.report.status, run.lines) == (3, Status.INCOMPLETE, {})
        assert world.mutations == []

    def test_a_run_stops_when_time_runs_out_and_finishes_what_it_began(self, world: World) -> None:
        due(world, "a", "b", "c", "d")
        world.intercept.append(
            always(meanwhile(lambda: world.advance(timedelta(seconds=100))), operation="create_access_key")
        )
        run = performed(world, seconds=360, concurrency=1)
        assert run.lines == {"a": ("CreateKey", "Done"), "b": ("CreateKey", "Done"), "c": ("CreateKey", "Done")}
        assert (run.report.remaining, run.report.status) == (1, Status.INCOMPLETE)
        assert violations(world) == []

    def test_keys_that_are_due_come_before_grace_periods_that_only_have_to_pass(self, world: World) -> None:
        due(world, *(f"grace-{number}" for number in range(5)))
        performed(world)
        world.advance(timedelta(days=1))
        due(world, "a")
        world.intercept.append(
            always(meanwhile(lambda: world.advance(timedelta(seconds=100))), operation="list_access_keys")
        )
        run = performed(world, seconds=250, concurrency=1)
        assert run.lines["a"] == ("CreateKey", "Done")
        assert run.report.remaining >= 3

    def test_under_pressure_what_was_begun_comes_before_what_is_new(self, world: World) -> None:
        """One user each whose run was killed before the create, and before the promotion; one to retire; one due."""
        due(world, "retire")
        performed(world)
        world.advance(timedelta(days=14))
        for name, operation in (("finish", "update_secret_version_stage"), ("heal", "create_access_key")):
            due(world, name, oldest=80)
            world.intercept.append(at(1, killed_before, operation=operation))
            with pytest.raises(Killed):
                performed(world, Request(users=(name,)))
            world.intercept.clear()
        world.advance(timedelta(minutes=30))
        due(world, "start", oldest=4000)
        run = performed(world, concurrency=1)
        order = [each.user.name for each in run.told]
        assert list(dict.fromkeys(order)) == ["heal", "finish", "retire", "start"]

    def test_a_run_soon_after_another_begins_with_those_that_the_other_left(self, world: World) -> None:
        """The credential report is the same for four hours, and shows the rotated keys as due."""
        due(world, *(f"user-{number}" for number in range(6)))
        performed(world, max_rotations_per_run=3)
        world.advance(timedelta(minutes=5))
        again = performed(world, concurrency=1)
        assert [each.user.name for each in again.told][:3] == ["user-3", "user-4", "user-5"]
        assert again.report.totals["CreateKey"] == 3

    def test_time_that_was_lost_by_reading_begins_no_key(self, world: World) -> None:
        due(world, "a")
        world.intercept.append(
            always(meanwhile(lambda: world.advance(timedelta(seconds=250))), operation="list_access_keys")
        )
        run = performed(world, seconds=280)
        assert run.lines == {"a": ("CreateKey", "Held")}
        assert run.reason("a") == "NoTimeLeft"
        assert (run.report.remaining, run.report.status) == (1, Status.INCOMPLETE)
        assert run.measured["KeysDue"] == 1
        assert created(world) == []
