"""Each broken promise is found, and what keeps the promises is not called a violation."""

from datetime import timedelta

import pytest

from tests.fakes import faults
from tests.fakes.calls import Killed
from tests.fakes.clients import Clients
from tests.fakes.identities import User
from tests.fakes.invariants import violations
from tests.fakes.world import World

NAME = "keyturn/alice/access-key"
INTENT, STORED = "1" * 32, "2" * 32


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def alice(world: World) -> User:
    user = world.user("alice")
    world.key(user, age_days=80, last_used_days=1)
    return user


def declare(clients: Clients, user: User, token: str = INTENT) -> None:
    clients.secretsmanager.create_secret(Name=NAME, Tags=[{"Key": "keyturn:user-id", "Value": user.id}])
    clients.secretsmanager.put_secret_value(
        SecretId=NAME, ClientRequestToken=token, SecretString="{}", VersionStages=["AWSPENDING"]
    )


def create(clients: Clients) -> tuple[str, str]:
    key = clients.iam_once.create_access_key(UserName="alice")["AccessKey"]
    return key["AccessKeyId"], key["SecretAccessKey"]


def store(clients: Clients, key: tuple[str, str]) -> None:
    clients.secretsmanager.put_secret_value(
        SecretId=NAME, ClientRequestToken=STORED, SecretString=key[1], VersionStages=["AWSPENDING", key[0]]
    )


def promote(clients: Clients) -> None:
    clients.secretsmanager.update_secret_version_stage(
        SecretId=NAME, VersionStage="AWSCURRENT", MoveToVersionId=STORED, RemoveFromVersionId=INTENT
    )


def rotate(clients: Clients, user: User) -> str:
    declare(clients, user)
    key = create(clients)
    store(clients, key)
    promote(clients)
    return key[0]


def set_status(clients: Clients, key: str, status: str) -> None:
    clients.iam.update_access_key(
        UserName="alice", AccessKeyId=key, Status="Active" if status == "Active" else "Inactive"
    )


def first_key(user: User) -> str:
    return user.keys[0].id


def test_a_rotation_and_a_retirement_in_their_order_break_nothing(world: World, alice: User) -> None:
    run = world.clients()
    rotate(run, alice)
    set_status(run, first_key(alice), "Inactive")
    run.iam.delete_access_key(UserName="alice", AccessKeyId=first_key(alice))
    assert violations(world) == []
    facts = world.audit()
    assert [(key.created_by_run, key.deleted, key.held, key.promoted) for key in facts.keys] == [
        (0, True, False, False),
        (1, False, True, True),
    ]
    assert facts.active == {"alice": (alice.keys[1].id,)}
    assert [change.what for change in facts.changes] == ["create", "deactivate", "delete"]


def test_deleting_an_active_key_breaks_the_first(world: World, alice: User) -> None:
    run = world.clients()
    rotate(run, alice)
    run.iam.delete_access_key(UserName="alice", AccessKeyId=first_key(alice))
    assert violations(world) == [f"1: run 1 deleted {first_key(alice)} of alice while it was Active"]


def test_deactivating_the_only_key_breaks_the_first(world: World, alice: User) -> None:
    set_status(world.clients(), first_key(alice), "Inactive")
    assert violations(world) == [f"1: run 1 deactivated {first_key(alice)} of alice, whose owner is left without a key"]


def test_a_successor_that_was_not_promoted_is_no_reason_to_deactivate(world: World, alice: User) -> None:
    run = world.clients()
    declare(run, alice)
    store(run, create(run))
    set_status(run, first_key(alice), "Inactive")
    assert [text[:2] for text in violations(world)] == ["1:"]


def test_an_active_key_that_somebody_uses_is_a_reason_to_deactivate_the_other(world: World, alice: User) -> None:
    unused = world.key(alice, age_days=200)
    set_status(world.clients(), unused, "Inactive")
    assert violations(world) == []


def test_two_keys_that_nobody_uses_are_both_left_alone(world: World) -> None:
    bob = world.user("alice")
    keys = [world.key(bob, age_days=200, last_used_days=100), world.key(bob, age_days=150)]
    set_status(world.clients(), keys[1], "Inactive")
    assert [text[:2] for text in violations(world)] == ["1:"]


def test_people_may_do_as_they_like(world: World, alice: User) -> None:
    set_status(world.admin, first_key(alice), "Inactive")
    set_status(world.admin, first_key(alice), "Active")
    world.admin.iam.delete_access_key(UserName="alice", AccessKeyId=first_key(alice))
    world.admin.iam.create_access_key(UserName="alice")
    assert violations(world) == []


def test_a_run_may_delete_at_once_the_key_that_it_made_and_another_run_may_not(world: World, alice: User) -> None:
    run = world.clients()
    declare(run, alice)
    mine, _ = create(run)
    run.iam.delete_access_key(UserName="alice", AccessKeyId=mine)
    assert violations(world) == []
    other, _ = create(run)
    world.clients().iam.delete_access_key(UserName="alice", AccessKeyId=other)
    assert violations(world) == [f"1: run 2 deleted {other} of alice while it was Active"]


def test_a_suspected_orphan_of_a_person_may_be_put_aside_while_another_key_remains(world: World) -> None:
    alice = world.user("alice")
    kept = world.key(alice, age_days=200)  # active, and nobody uses it
    declare(world.clients(), alice)
    theirs = world.key(alice)
    set_status(world.clients(), theirs, "Inactive")
    assert violations(world) == []
    set_status(world.clients(), kept, "Inactive")
    assert [text[:20] for text in violations(world)] == ["1: run 3 deactivated"]


def orphan(world: World, alice: User) -> str:
    run = world.clients()
    world.intercept.append(faults.at(1, faults.killed_after, operation="create_access_key"))
    declare(run, alice)
    with pytest.raises(Killed):
        create(run)
    return alice.keys[-1].id


def test_an_orphan_has_one_further_run_to_be_healed(world: World, alice: User) -> None:
    key = orphan(world, alice)
    assert violations(world) == []
    world.advance(timedelta(minutes=5))
    world.clients()  # within the lease
    assert violations(world) == []
    world.advance(timedelta(days=1))
    world.clients(heals=False)
    assert violations(world) == []
    world.clients()
    assert violations(world, at_rest=False) == []
    assert violations(world) == [f"2: nobody holds the secret of {key} of alice, made by run 1"]


def test_a_quarantined_or_deleted_orphan_is_healed(world: World, alice: User) -> None:
    key = orphan(world, alice)
    world.advance(timedelta(days=1))
    run = world.clients()
    set_status(run, key, "Inactive")
    assert violations(world) == []
    run.iam.delete_access_key(UserName="alice", AccessKeyId=key)
    assert violations(world) == []


def test_a_disturbed_run_is_no_further_run(world: World, alice: User) -> None:
    orphan(world, alice)
    world.advance(timedelta(days=1))
    world.intercept.append(faults.at(1, faults.killed_before))
    with pytest.raises(Killed):
        world.clients().iam.list_users()
    assert violations(world) == []


def test_a_run_that_met_no_fault_leaves_no_orphan_at_all(world: World, alice: User) -> None:
    run = world.clients()
    declare(run, alice)
    key, _ = create(run)
    assert violations(world, at_rest=False) == []
    assert violations(world) == [f"2: nobody holds the secret of {key} of alice, made by run 1"]


def test_taking_the_last_label_off_a_stored_secret_breaks_the_second(world: World, alice: User) -> None:
    run = world.clients()
    key = rotate(run, alice)
    for label in ("AWSPENDING", key):
        run.secretsmanager.update_secret_version_stage(SecretId=NAME, VersionStage=label, RemoveFromVersionId=STORED)
    assert violations(world) == []
    run.secretsmanager.put_secret_value(SecretId=NAME, ClientRequestToken="3" * 32, SecretString="{}")
    assert violations(world) == []  # AWSPREVIOUS still finds it
    run.secretsmanager.put_secret_value(SecretId=NAME, ClientRequestToken="4" * 32, SecretString="{}")
    assert violations(world) == [f"2: run 1 lost the stored secret of {key} of alice"]


def test_a_person_who_deletes_the_secret_has_lost_it_not_a_run(world: World, alice: User) -> None:
    key = rotate(world.clients(), alice)
    world.admin.secretsmanager.delete_secret(SecretId=NAME)
    assert violations(world) == []
    world.admin.secretsmanager.restore_secret(SecretId=NAME)
    world.clients().secretsmanager.delete_secret(SecretId=NAME)
    assert violations(world) == [f"2: run 2 lost the stored secret of {key} of alice"]


def test_a_create_without_an_open_intent_of_this_run_breaks_the_third(world: World, alice: User) -> None:
    first, second = world.clients(), world.clients()
    declare(first, alice)
    create(second)
    found = [text for text in violations(world) if text.startswith("3:")]
    assert found == ["3: run 2 asked for a key for alice without an open intent of its own"]


def test_a_second_create_on_a_finished_intent_breaks_the_third(world: World) -> None:
    alice = world.user("alice")
    run = world.clients()
    rotate(run, alice)
    create(run)
    found = [text for text in violations(world) if text.startswith("3:")]
    assert found == ["3: run 1 asked for a key for alice without an open intent of its own"]


def test_a_third_key_breaks_the_third_where_the_quota_does_not_hold(world: World, alice: User) -> None:
    world.keys_per_user = 3  # fact 2.3: the quota is racy
    run = world.clients()
    declare(run, alice)
    create(run)
    create(run)
    assert "3: run 1 made key number 3 of alice" in violations(world)


def test_a_secret_outside_its_place_breaks_the_fourth(world: World, alice: User) -> None:
    run = world.clients()
    rotate(run, alice)
    assert violations(world) == []
    secret = alice.keys[1].secret
    run.sns.publish(TopicArn="arn:aws:sns:eu-west-1:111122223333:people", Message=f"it is {secret}")
    run.events.put_events(Entries=[{"Source": "a test", "DetailType": "x", "Detail": f'{{"secret": "{secret}"}}'}])
    run.secretsmanager.tag_resource(SecretId=NAME, Tags=[{"Key": "note", "Value": secret}])
    assert violations(world) == [
        "4: a secret access key stands in an event",
        "4: a secret access key stands in a message",
        "4: a secret access key stands in a secret's name, description, tags or labels",
    ]
