"""A user is planned for once more after a healing, so that a new attempt need not wait a day."""

from datetime import timedelta

import pytest

from keyturn.request import Request
from tests.fakes.calls import Call, Killed
from tests.fakes.faults import always, at, killed_after, refused
from tests.fakes.invariants import violations
from tests.fakes.world import World
from tests.unit.running import due, performed


@pytest.fixture
def world() -> World:
    return World()


class TestOnceMoreAfterAHealing:
    """A user is planned for once more after a healing, so that a new attempt need not wait a day."""

    def died(self, world: World, operation: str, number: int = 1) -> None:
        """A run is killed after a call; a day passes."""
        due(world, "alice")
        world.intercept.append(at(number, killed_after, operation=operation))
        with pytest.raises(Killed):
            performed(world)
        world.intercept.clear()
        world.advance(timedelta(days=1))

    def test_a_stored_key_is_discarded_and_the_rotation_is_made_in_the_same_run(self, world: World) -> None:
        self.died(world, "put_secret_value", number=2)
        run = performed(world)
        assert [(each.action.name, each.result) for each in run.told] == [("DiscardKey", "Done"), ("CreateKey", "Done")]
        assert run.measured["OrphansHealed"] == run.measured["KeysRotated"] == 1
        assert violations(world) == []

    def test_an_orphan_waits_in_quarantine_and_is_then_discarded_and_followed(self, world: World) -> None:
        self.died(world, "create_access_key")
        assert performed(world).lines == {"alice": ("QuarantineKey", "Done")}
        world.advance(timedelta(days=1))
        run = performed(world)
        assert [each.action.name for each in run.told] == ["DiscardKey", "CreateKey"]
        assert violations(world) == []

    def test_a_closed_intent_is_followed_by_what_is_decided_then(self, world: World) -> None:
        self.with_a_persons_key(world)
        run = performed(world)
        assert [each.reason.label for each in run.told] == ["IntentClosed", "TwoKeysInUse"]

    def test_a_deleted_key_makes_room_at_once_for_a_successor_that_is_due(self, world: World) -> None:
        world.key(world.user("alice"), age_days=100, last_used_days=0)
        world.key("alice", age_days=90, status="Inactive")
        performed(world)
        world.advance(timedelta(days=30))
        run = performed(world)
        assert [each.action.name for each in run.told] == ["DeleteKey", "CreateKey"]
        assert violations(world) == []

    def test_a_healing_that_leaves_nothing_to_do_is_told_alone(self, world: World) -> None:
        self.died(world, "put_secret_value", number=2)
        run = performed(world, max_age_days=365)  # by which the old key is not due any more
        assert [each.action.name for each in run.told] == ["DiscardKey"]
        assert [key.status for key in world.users["alice"].living] == ["Active"]

    def test_the_only_active_key_is_not_healed_away(self, world: World) -> None:
        self.died(world, "put_secret_value", number=2)
        world.admin.iam.delete_access_key(UserName="alice", AccessKeyId=world.users["alice"].living[0].id)
        run = performed(world)
        assert [each.reason.label for each in run.told] == ["LastActiveKey"]

    def test_a_dry_run_shows_the_healing_alone(self, world: World) -> None:
        self.died(world, "put_secret_value", number=2)
        run = performed(world, Request(dry_run=True))
        assert [(each.action.name, each.result) for each in run.told] == [("DiscardKey", "Planned")]

    def with_a_persons_key(self, world: World) -> None:
        """A run died before its create, and a person made a key since; both keys are in use."""
        self.died(world, "put_secret_value", number=1)
        for key_id in (world.users["alice"].living[0].id, world.key("alice")):
            world.use(key_id)

    def test_a_dry_run_shows_the_closing_of_an_intent_once(self, world: World) -> None:
        self.with_a_persons_key(world)
        run = performed(world, Request(dry_run=True))
        assert [each.reason.label for each in run.told] == ["IntentClosed"]

    def test_an_intent_that_cannot_be_closed_is_not_followed(self, world: World) -> None:
        self.with_a_persons_key(world)
        world.intercept.append(always(refused("AccessDenied", 403), operation="update_secret_version_stage"))
        run = performed(world)
        assert [(each.reason.label, each.result) for each in run.told] == [("IntentClosed", "Failed")]

    def test_a_plan_that_goes_in_circles_ends(self, world: World) -> None:
        self.with_a_persons_key(world)

        def reopen(call: Call) -> None:
            if call.operation == "describe_secret":
                secret = world.secrets["keyturn/alice/access-key"]
                secret.attach("AWSPENDING", next(iter(secret.versions.values())))

        world.intercept.append(reopen)
        run = performed(world)
        assert [each.reason.label for each in run.told] == ["IntentClosed"] * 3

    def test_a_healing_that_fails_is_not_followed(self, world: World) -> None:
        self.died(world, "put_secret_value", number=2)
        world.intercept.append(always(refused("AccessDenied", 403), operation="delete_access_key"))
        run = performed(world)
        assert [(each.action.name, each.result) for each in run.told] == [("DiscardKey", "Failed")]

    def test_after_a_healing_a_rotation_needs_a_place_like_any_other(self, world: World) -> None:
        self.died(world, "put_secret_value", number=2)
        due(world, "bob", oldest=400)
        run = performed(world, max_rotations_per_run=1, concurrency=1)
        assert run.report.totals["CreateKey"] == 1
        assert run.report.remaining == 1
