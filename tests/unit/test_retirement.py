"""A secret whose user is gone is retired with a recovery window, and only when surely nobody needs it."""

from datetime import timedelta

import pytest

from keyturn.report import Status
from keyturn.request import Request, Verb
from tests.fakes.calls import Call
from tests.fakes.faults import Fault, always, refused, response_lost, throttled, unreachable
from tests.fakes.world import World
from tests.unit.running import due, performed

NAME = "keyturn/alice/access-key"


@pytest.fixture
def world() -> World:
    """Alice was rotated, and is deleted with her keys."""
    world = World()
    world.key(world.user("alice"), age_days=100)
    performed(world)
    for key in world.users["alice"].living:
        world.admin.iam.delete_access_key(UserName="alice", AccessKeyId=key.id)
    world.admin.iam.delete_user(UserName="alice")
    world.log.clear()
    return world


def mutated(world: World) -> list[str]:
    return [call.operation for call in world.mutations]


def test_it_is_deleted_in_thirty_days_and_can_be_restored_until_then(world: World) -> None:
    run = performed(world)
    assert run.lines == {"alice": ("RetireSecret", "Done")}
    (deletion,) = world.mutations
    assert deletion.params["RecoveryWindowInDays"] == 30
    assert "ForceDeleteWithoutRecovery" not in deletion.params
    assert world.secrets[NAME].deletion_at == world.now + timedelta(days=30)
    assert "aws secretsmanager restore-secret --secret-id arn:aws:" in run.report.outcomes[0].message


def test_the_next_run_says_no_more_of_it(world: World) -> None:
    performed(world)
    assert performed(world).lines == {}
    assert mutated(world) == ["delete_secret"]


def test_a_key_of_its_labels_that_is_still_there_keeps_it(world: World) -> None:
    kept = world.key(world.user("bob"), age_days=5)
    next(iter(world.secrets[NAME].versions.values())).labels.append(kept)
    run = performed(world)
    assert run.reason("alice") == "Unreadable"
    assert any(f"key {kept} is still there, at user bob" in each.message for each in run.report.outcomes)
    assert mutated(world) == []


@pytest.mark.parametrize("name", ["alice", "ALICE"])
def test_a_user_that_was_created_anew_under_its_name_keeps_it(world: World, name: str) -> None:
    world.user(name)
    performed(world)
    assert mutated(world) == []


def test_a_user_that_was_made_since_the_listing_keeps_it(world: World) -> None:
    def recreate(call: Call) -> None:
        if call.operation == "describe_secret" and "alice" not in world.users:
            world.user("alice")

    world.intercept.append(recreate)
    run = performed(world)
    assert "IAM knows a user alice" in run.report.outcomes[0].message
    assert run.report.status is Status.FAILED
    assert mutated(world) == []


@pytest.mark.parametrize("operation", ["describe_secret", "get_user", "get_access_key_last_used"])
@pytest.mark.parametrize("fault", [throttled, unreachable, refused("AccessDenied", 403)], ids=["t", "u", "d"])
def test_what_cannot_be_read_keeps_it(world: World, operation: str, fault: Fault) -> None:
    world.intercept.append(always(fault, operation=operation))
    run = performed(world)
    reason, status = ("Throttled", Status.INCOMPLETE) if fault is throttled else ("Unreadable", Status.FAILED)
    assert (run.lines["alice"], run.reason("alice"), run.report.status) == (("Hold", "Held"), reason, status)
    assert mutated(world) == []


def test_an_account_that_denies_what_it_does_not_know_is_no_obstacle(world: World) -> None:
    world.denies_unknown_keys = True
    assert performed(world).lines == {"alice": ("RetireSecret", "Done")}


def test_a_deletion_that_is_not_answered_is_told_and_made_again(world: World) -> None:
    world.intercept.append(always(response_lost, operation="delete_secret"))
    run = performed(world)
    assert run.lines == {"alice": ("RetireSecret", "Failed")}
    assert world.secrets[NAME].deletion_at is not None


@pytest.mark.parametrize("request_", [Request(Verb.STATUS), Request(dry_run=True)], ids=["status", "dry run"])
def test_only_looking_deletes_nothing(world: World, request_: Request) -> None:
    run = performed(world, request_)
    assert run.lines == ({"alice": ("RetireSecret", "Planned")} if request_.dry_run else {})
    assert mutated(world) == []


def test_named_users_concern_no_secret_of_others(world: World) -> None:
    world.key(world.user("bob"), age_days=5)
    assert "alice" not in performed(world, Request(users=("bob",))).lines
    assert mutated(world) == []


@pytest.mark.parametrize("forced", [True, False], ids=["gone", "scheduled"])
def test_a_secret_that_somebody_deletes_meanwhile_is_left_to_them(world: World, *, forced: bool) -> None:
    def delete(call: Call) -> None:
        if call.operation == "describe_secret" and world.secrets[NAME].deletion_at is None:
            world.secrets[NAME].deletion_at = world.now + timedelta(days=0 if forced else 7)

    world.intercept.append(delete)
    assert performed(world).lines == {}
    assert mutated(world) == []


def test_a_list_that_was_wrong_about_it_changes_nothing(world: World) -> None:
    def claimed(call: Call) -> None:
        if call.operation == "describe_secret":
            world.secrets[NAME].tags["keyturn:user-id"] = "AIDAFAKESOMEBODY"

    world.intercept.append(claimed)
    assert performed(world).lines == {}
    assert mutated(world) == []


def test_an_error_in_the_program_while_a_secret_is_retired_keeps_the_report(world: World) -> None:
    due(world, "bob")

    def stumble(call: Call) -> None:
        if call.operation == "delete_secret":
            raise RuntimeError("a mistake of ours")

    world.intercept.append(stumble)
    run = performed(world)
    assert run.lines["bob"] == ("CreateKey", "Done")
    assert run.lines["alice"][1] == "Failed"


def test_a_secret_whose_tag_does_not_name_its_user_is_judged_by_its_own_name() -> None:
    world = World()
    world.admin.secretsmanager.create_secret(
        Name="keyturn/x=2Cy/access-key", Tags=[{"Key": "keyturn:user-id", "Value": "AIDAFAKEGONE"}]
    )
    run = performed(world)
    assert run.lines["x,y"] == ("RetireSecret", "Done")


def test_a_user_whose_arn_no_tag_can_hold_is_rotated_and_retired_all_the_same() -> None:
    world = World()
    due(world, "," * 100)
    assert performed(world).lines["," * 100] == ("CreateKey", "Done")
