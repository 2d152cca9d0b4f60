"""A dry run, the mode observe and a status change nothing at all."""

from datetime import timedelta

import pytest

from keyturn.request import Request, Verb
from tests.fakes.faults import at, response_lost
from tests.fakes.invariants import violations
from tests.fakes.world import World
from tests.unit.running import due, performed

TOPIC = "arn:aws:sns:eu-west-1:111122223333:people"


@pytest.fixture
def world() -> World:
    return World()


def mutated(world: World) -> list[str]:
    return [call.operation for call in world.mutations]


class TestOnlyLooking:
    """A dry run, the mode observe and a status change nothing at all."""

    def account(self, world: World) -> None:
        """A user for every kind of action."""
        due(world, "due")
        world.key(world.user("unused"), age_days=300)
        world.key("unused", age_days=200, last_used_days=0)
        world.key(world.user("inactive"), age_days=300, last_used_days=0)
        world.key("inactive", age_days=200, status="Inactive")
        world.key(world.user("blocked"), age_days=100, last_used_days=0)
        world.key("blocked", age_days=90, last_used_days=0)
        due(world, "orphaned")
        world.intercept.append(at(1, response_lost, operation="create_access_key"))
        performed(world, Request(users=("orphaned",)))
        world.intercept.clear()
        world.admin.iam.update_access_key(
            UserName="orphaned", AccessKeyId=world.users["orphaned"].living[-1].id, Status="Active"
        )
        gone = world.user("gone")
        tags = {"keyturn:user-id": gone.id, "keyturn:user-arn": gone.arn}
        world.admin.secretsmanager.create_secret(
            Name="keyturn/gone/access-key", Tags=[{"Key": key, "Value": value} for key, value in tags.items()]
        )
        world.admin.iam.delete_user(UserName="gone")
        world.advance(timedelta(hours=1))
        world.log.clear()

    PLANNED = {  # noqa: RUF012 - never written to
        "due": ("CreateKey", "Planned"),
        "unused": ("DeactivateKey", "Planned"),
        "inactive": ("RecordInactive", "Planned"),
        "orphaned": ("QuarantineKey", "Planned"),
        "gone": ("RetireSecret", "Planned"),
    }

    @pytest.mark.parametrize(("mode", "dry_run"), [("observe", False), ("observe", True), ("enforce", True)])
    def test_the_plan_is_told_and_nothing_is_done(self, world: World, mode: str, *, dry_run: bool) -> None:
        self.account(world)
        run = performed(world, Request(dry_run=dry_run), mode=mode, event_bus="default")
        assert {name: run.lines[name] for name in self.PLANNED} == self.PLANNED
        assert run.lines["blocked"] == ("Hold", "Held")
        assert world.mutations == []
        assert run.report.totals["planned"] == 5

    def test_enforced_the_same_is_done(self, world: World) -> None:
        self.account(world)
        run = performed(world)
        assert {name: run.lines[name] for name in self.PLANNED} == {
            name: (action, "Done") for name, (action, _) in self.PLANNED.items()
        }
        assert violations(world) == []

    def test_observe_measures_and_tells_people_and_a_dry_run_does_neither(self, world: World) -> None:
        self.account(world)
        observed = performed(world, mode="observe", topic_arn=TOPIC)
        assert observed.measured["KeysDue"] == 1
        assert observed.measured["KeysRotated"] == 0
        assert mutated(world) == ["publish"]
        assert "would be done" in world.messages[0]["Subject"]
        dry = performed(world, Request(dry_run=True), topic_arn=TOPIC)
        assert dry.measured == {}
        assert mutated(world) == ["publish"]

    def test_a_rollback_is_no_exception(self, world: World) -> None:
        due(world, "alice")
        performed(world)
        world.advance(timedelta(days=30))
        world.log.clear()
        for run in (
            performed(world, Request(Verb.ROLLBACK, ("alice",), dry_run=True)),
            performed(world, Request(Verb.ROLLBACK, ("alice",)), mode="observe"),
        ):
            assert run.lines == {"alice": ("ReactivateKey", "Planned")}
        assert world.mutations == []


class TestStatus:
    """Every user's stage, reason and next date."""

    def test_everybody_is_told_of(self, world: World) -> None:
        due(world, "due")
        world.key(world.user("fresh"), age_days=10)
        world.user("keyless")
        world.key(world.user("rotated"), age_days=80)
        performed(world, Request(users=("rotated",)))
        world.advance(timedelta(days=1))
        world.log.clear()
        run = performed(world, Request(Verb.STATUS), event_bus="default", topic_arn=TOPIC)
        lines = {line["user"]: line for line in run.report.as_dict()["users"]}
        assert {name: (line["stage"], line["reason"]) for name, line in lines.items()} == {
            "due": ("Due", "KeyDue"),
            "fresh": ("Current", "NotDue"),
            "keyless": ("NoKey", "NoKey"),
            "rotated": ("Grace", "GraceRunning"),
        }
        assert lines["fresh"]["next_review"] == f"{world.now + timedelta(days=75 - 11, hours=-1):%Y-%m-%dT%H:%M:%SZ}"
        assert lines["keyless"]["next_review"] is None
        assert lines["rotated"]["next_review"] == f"{world.now + timedelta(days=13):%Y-%m-%dT%H:%M:%SZ}"
        assert world.mutations == []
        assert run.measured == {}

    def test_named_users_are_read_closely_and_nobody_else(self, world: World) -> None:
        due(world, "a", "b")
        world.key(world.user("fresh"), age_days=10)
        run = performed(world, Request(Verb.STATUS, ("fresh", "a")))
        assert run.lines == {"fresh": ("Hold", "Held"), "a": ("CreateKey", "Planned")}
        assert not [call for call in world.calls() if "'b'" in repr(call.params)]
        assert world.mutations == []

    def test_all_that_are_due_are_told_of_whatever_a_run_may_rotate(self, world: World) -> None:
        due(world, *"abcdef")
        run = performed(world, Request(Verb.STATUS), max_rotations_per_run=2)
        assert run.report.totals["planned"] == 6
        assert run.report.remaining == 0
