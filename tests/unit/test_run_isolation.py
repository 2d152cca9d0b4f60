"""A run works on its users side by side, each for itself: one user's failure never stops another's."""

import threading

import pytest

from keyturn.report import Status
from tests.fakes.calls import Call
from tests.fakes.faults import always, meanwhile, refused
from tests.fakes.invariants import violations
from tests.fakes.world import World
from tests.unit.running import Performed, due, performed

TOPIC = "arn:aws:sns:eu-west-1:111122223333:people"


@pytest.fixture
def world() -> World:
    return World()


class TestIsolation:
    """One user's failure never stops another's; all failures are told."""

    USERS = ("alice", "bob", "carol")

    def run_with(self, world: World, *operations: str, error: Exception) -> Performed:
        def trip(call: Call) -> None:
            if call.operation in operations and "bob" in repr(call.params):
                raise error

        due(world, *self.USERS)
        world.intercept.append(trip)
        return performed(world)

    @pytest.mark.parametrize(
        "operation",
        ["describe_secret", "list_access_keys", "create_secret", "create_access_key", "update_secret_version_stage"],
    )
    def test_a_refusal_hits_the_one_user(self, world: World, operation: str) -> None:
        due(world, *self.USERS)

        def refuse(call: Call) -> None:
            if call.operation == operation and "bob" in repr(call.params):
                refused("AccessDenied", 403)(call)

        world.intercept.append(refuse)
        run = performed(world)
        assert run.report.status is Status.FAILED
        assert {name: run.lines[name][1] for name in ("alice", "carol")} == {"alice": "Done", "carol": "Done"}
        assert run.lines["bob"][1] in ("Failed", "Held")
        assert run.measured["RotationsFailed"] == 1
        assert run.measured["RunSucceeded"] == 0
        assert violations(world) == []

    @pytest.mark.parametrize("error", [RuntimeError("of bob"), KeyError("of bob"), AttributeError(), ValueError()])
    @pytest.mark.parametrize("operation", ["list_access_keys", "create_access_key"])
    def test_an_error_in_the_program_hits_the_one_user_and_is_told_by_its_kind(
        self, world: World, operation: str, error: Exception
    ) -> None:
        run = self.run_with(world, operation, error=error)
        (failed,) = [each for each in run.report.outcomes if each.result == "Failed"]
        assert failed.user.name == "bob"
        assert f"unexpected {type(error).__name__} in trip (" in failed.message
        assert "of bob" not in failed.message
        assert (run.lines["alice"][1], run.lines["carol"][1]) == ("Done", "Done")
        assert run.report.status is Status.FAILED

    def test_all_of_them_can_fail_and_the_report_still_tells_each(self, world: World) -> None:
        due(world, *self.USERS)
        world.intercept.append(always(refused("AccessDenied", 403), operation="create_access_key"))
        run = performed(world)
        assert dict.fromkeys(self.USERS, ("CreateKey", "Failed")) == run.lines
        assert all("AccessDenied" in each.message for each in run.report.outcomes)

    def test_unreadable_is_not_absent(self, world: World) -> None:
        due(world, *self.USERS)
        world.key("bob", age_days=300)
        world.intercept.append(always(refused("AccessDenied", 403), operation="get_access_key_last_used"))
        run = performed(world)
        assert run.reason("bob") == "Unreadable"
        assert run.report.status is Status.FAILED
        assert not [call for call in world.mutations if "bob" in repr(call.params)]

    def test_what_is_told_while_it_runs_is_what_is_reported(self, world: World) -> None:
        due(world, *self.USERS)
        run = performed(world, event_bus="default", topic_arn=TOPIC)
        assert sorted(run.told, key=repr) == sorted(run.report.outcomes, key=repr)
        assert [event["DetailType"] for event in world.events] == ["Access Key Rotated"] * 3
        assert len(world.messages) == 1

    def test_a_topic_that_refuses_leaves_a_note(self, world: World) -> None:
        due(world, *self.USERS)
        world.intercept.append(always(refused("AuthorizationError", 403), operation="publish"))
        run = performed(world, topic_arn=TOPIC)
        assert run.report.status is Status.OK
        assert run.report.notes == ("the digest could not be sent: Publish: AuthorizationError (refused by the test)",)


class TestSideBySide:
    """As many users are worked on at once as the setting says."""

    @pytest.mark.parametrize("concurrency", [2, 5])
    def test_so_many_meet_in_the_middle_of_their_rotations(self, world: World, concurrency: int) -> None:
        due(world, *(f"user-{number}" for number in range(concurrency * 2)))
        meeting = threading.Barrier(concurrency, timeout=20)
        world.intercept.append(always(meanwhile(meeting.wait), operation="create_access_key"))
        run = performed(world, concurrency=concurrency)
        assert run.report.totals["CreateKey"] == concurrency * 2
        assert violations(world) == []

    @pytest.mark.parametrize("concurrency", [1, 3])
    def test_and_no_more(self, world: World, concurrency: int) -> None:
        due(world, *(f"user-{number}" for number in range(9)))
        at_once: set[int] = set()
        threads: list[int] = []

        def enter(call: Call) -> None:
            if call.operation == "create_access_key":
                at_once.add(threading.get_ident())
                threads.append(len(at_once))
            elif call.operation == "tag_resource":
                at_once.discard(threading.get_ident())

        world.intercept.append(enter)
        performed(world, concurrency=concurrency)
        assert len(threads) == 9
        assert max(threads) <= concurrency
