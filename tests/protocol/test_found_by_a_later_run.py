"""What a later run finds after a crash, and what it does about it; every state here was left by a run that died."""

from datetime import timedelta

import pytest

from tests.fakes import faults
from tests.fakes.faults import Fault, at
from tests.fakes.identities import AccessKey, User
from tests.protocol.life import Life, sending
from tests.protocol.people import ACTS


@pytest.fixture
def life() -> Life:
    return Life()


@pytest.fixture
def alice(life: Life) -> User:
    return life.alice()


def crash(life: Life, operation: str, fault: Fault = faults.killed_after, number: int = 1) -> None:
    """A run that dies at the n-th call of an operation."""
    trigger = at(number, fault, operation=operation)
    life.world.intercept.append(trigger)
    ending = life.run()
    life.world.intercept.remove(trigger)
    assert ending.report is None


def promoted(life: Life, alice: User) -> AccessKey:
    """Alice's current key, which is one that a run made, and that works."""
    key = life.current(alice)
    assert key is not None
    assert key.created_by.run
    assert key.status == "Active"
    life.world.use(key.id)
    assert list(life.strangers()) == []
    return key


def test_an_intent_younger_than_the_lease_may_be_a_run_at_work(life: Life, alice: User) -> None:
    crash(life, "put_secret_value")
    life.world.advance(timedelta(minutes=19))
    assert life.run().labels == ["Hold Held AnotherRunAtWork"]
    assert len(alice.keys) == 1
    assert life.found == []


def test_an_orphan_within_the_lease_is_left_to_the_run_that_may_be_about_to_store_it(life: Life, alice: User) -> None:
    crash(life, "create_access_key")
    life.world.advance(timedelta(minutes=19))
    assert life.run().labels == ["Hold Held AnotherRunAtWork"]
    assert [key.status for key in alice.living] == ["Active", "Active"]
    assert life.found == []


def test_after_the_lease_the_user_is_healed_whatever_day_it_is(life: Life, alice: User) -> None:
    crash(life, "create_access_key")
    life.world.advance(timedelta(minutes=21))
    assert life.run().done == ["QuarantineKey"]
    assert [key.status for key in alice.living] == ["Active", "Inactive"]
    assert life.found == []


@pytest.mark.parametrize("fault", [faults.killed_after, faults.killed_before], ids=["after", "before"])
def test_an_intent_without_a_key_gets_a_new_attempt(life: Life, alice: User, fault: Fault) -> None:
    if fault is faults.killed_after:
        crash(life, "put_secret_value", fault)
    else:
        crash(life, "create_access_key", fault)
    life.to_day(1)
    assert life.run().done == ["CreateKey"]
    promoted(life, alice)
    assert len(alice.keys) == 2
    assert life.found == []


@pytest.mark.parametrize(
    ("operation", "fault", "number"),
    [
        ("put_secret_value", faults.killed_after, 2),
        ("get_caller_identity", faults.killed_before, 1),
        ("get_caller_identity", faults.killed_after, 1),
        ("update_secret_version_stage", faults.killed_before, 1),
    ],
)
def test_a_key_stored_and_not_promoted_is_deleted_and_a_new_attempt_made_at_once(
    life: Life, alice: User, operation: str, fault: Fault, number: int
) -> None:
    crash(life, operation, fault, number)
    stored = alice.keys[1]
    life.to_day(1)
    assert life.run().done == ["DiscardKey", "CreateKey"]
    assert stored.deleted_at is not None
    assert [change.what for change in life.world.changes if change.key is stored] == ["create", "deactivate", "delete"]
    assert promoted(life, alice) is not stored
    assert life.found == []


def test_a_finished_promotion_is_a_finished_rotation(life: Life, alice: User) -> None:
    crash(life, "update_secret_version_stage")
    successor = promoted(life, alice)
    life.to_day(1)
    assert life.run().labels == ["Hold Held GraceRunning"]
    assert promoted(life, alice) is successor
    assert life.found == []


@pytest.mark.parametrize("first", ["writes the secret by hand", "moves AWSCURRENT back"])
def test_a_key_off_which_a_person_has_moved_awscurrent_twice_is_held_and_reported(
    life: Life, alice: User, first: str
) -> None:
    """Its version has neither AWSCURRENT nor AWSPREVIOUS any more, as if it had never been promoted."""
    life.run()
    for act in ("deactivates the oldest key", first, "writes the secret by hand"):
        ACTS[act](life, alice)
    life.to_day(1)
    assert life.run().labels == ["Hold Held CurrentMovedBack"]
    assert [key.status for key in alice.living] == ["Inactive", "Active"]
    assert life.found == []


def test_a_key_that_was_moved_back_by_a_person_is_held_and_reported(life: Life, alice: User) -> None:
    """The first rotation succeeds, the second dies after its promotion, and a person does not trust the new key."""
    life.run()
    for day in (14, 44, 75):
        life.to_day(day)
        life.run()
    first, second = promoted_versions(life, alice)
    life.world.admin.secretsmanager.update_secret_version_stage(
        SecretId="keyturn/alice/access-key",
        VersionStage="AWSCURRENT",
        MoveToVersionId=first,
        RemoveFromVersionId=second,
    )
    life.to_day(76)
    ending = life.run()
    assert ending.labels == ["Hold Held CurrentMovedBack"]
    assert ending.told
    assert [key.status for key in alice.living] == ["Active", "Active"]
    assert life.found == []


def promoted_versions(life: Life, alice: User) -> tuple[str, str]:
    secret = life.world.secret_of(alice)
    assert secret is not None
    first, second = (version.id for version in secret.versions.values() if version.holds)
    return first, second


def test_a_stored_key_that_is_in_use_is_held_and_reported(life: Life, alice: User) -> None:
    crash(life, "update_secret_version_stage", faults.killed_before)
    life.world.advance(timedelta(hours=1))  # within 15 minutes of the verification IAM would not tell of it (fact 3.5)
    life.world.use(alice.keys[1].id)
    life.to_day(1)
    ending = life.run()
    assert ending.labels == ["Hold Held CurrentMovedBack"]
    assert ending.told
    assert alice.keys[1].status == "Active"
    assert life.found == []


@pytest.mark.parametrize("attempts", [1, 5])
def test_an_orphan_is_quarantined_deleted_a_day_later_and_a_new_attempt_made(attempts: int) -> None:
    life = Life(sending(attempts))
    alice = life.alice()
    crash(life, "create_access_key")
    orphan = alice.keys[1]
    life.to_day(1)
    assert life.run().done == ["QuarantineKey"]
    assert orphan.status == "Inactive"
    life.world.advance(timedelta(hours=10))
    assert life.run().labels == ["Hold Held QuarantineRunning"]
    assert orphan.deleted_at is None
    life.to_day(2)
    assert life.run().done == ["DiscardKey", "CreateKey"]
    assert orphan.deleted_at is not None
    promoted(life, alice)
    assert life.found == []


def test_a_run_that_learns_of_its_own_orphan_puts_it_aside_at_once(life: Life, alice: User) -> None:
    life.world.intercept.append(at(1, faults.response_lost, operation="create_access_key"))
    ending = life.run()
    assert ending.labels == ["CreateKey Failed KeyDue"]
    assert [key.status for key in alice.living] == ["Active", "Inactive"]
    life.to_day(1)
    assert life.run().done == ["DiscardKey", "CreateKey"]
    promoted(life, alice)
    assert life.found == []


@pytest.mark.parametrize("attempts", [1, 5])
def test_an_answer_lost_on_its_way_makes_one_orphan_and_not_two_keys(attempts: int) -> None:
    life = Life(sending(attempts))
    alice = life.alice()
    life.world.intercept.append(at(1, faults.response_lost, operation="create_access_key"))
    life.run()
    assert [call.operation for call in life.world.calls()].count("create_access_key") == 1
    assert len(alice.keys) == 2


def test_a_key_that_is_used_is_a_persons_whenever_it_was_made(life: Life, alice: User) -> None:
    crash(life, "create_access_key", faults.killed_before)
    theirs = life.world.key(alice)
    life.world.advance(timedelta(hours=1))
    life.world.use(theirs)
    life.to_day(1)
    ending = life.run()
    assert ending.labels == ["Hold Held IntentClosed", "Hold Held TwoKeysInUse"]
    assert life.key(theirs).status == "Active"
    secret = life.world.secret_of(alice)
    assert secret is not None
    assert secret.holder("AWSPENDING") is None
    assert life.found == []


def test_a_key_that_is_made_later_is_a_persons_even_unused(life: Life, alice: User) -> None:
    crash(life, "create_access_key", faults.killed_before)
    life.world.advance(timedelta(minutes=16))
    theirs = life.world.key(alice)
    life.to_day(1)
    assert life.run().labels == ["Hold Held IntentClosed", "Hold Held TwoKeysInUse"]
    for day in (2, 3, 20):
        life.to_day(day)
        life.run()
    assert life.key(theirs).status == "Active"
    assert life.found == []


def test_a_persons_key_that_looks_like_an_orphan_can_be_taken_back(life: Life, alice: User) -> None:
    crash(life, "create_access_key", faults.killed_before)
    life.world.advance(timedelta(minutes=2))
    theirs = life.world.key(alice)
    life.to_day(1)
    assert life.run().done == ["QuarantineKey"]
    life.world.admin.iam.update_access_key(UserName="alice", AccessKeyId=theirs, Status="Active")
    life.world.use(theirs)
    for day in (2, 3):
        life.to_day(day)
        life.run()
    assert life.key(theirs).status == "Active"
    assert life.found == []


@pytest.mark.parametrize("status", ["Inactive", "deleted"])
def test_a_current_key_that_a_person_took_away_is_held_and_reported(life: Life, alice: User, status: str) -> None:
    life.run()
    life.to_day(1)
    successor = promoted(life, alice)
    if status == "deleted":
        life.world.admin.iam.delete_access_key(UserName="alice", AccessKeyId=successor.id)
    else:
        life.world.admin.iam.update_access_key(UserName="alice", AccessKeyId=successor.id, Status="Inactive")
    for day in (2, 20, 50, 80):
        life.to_day(day)
        ending = life.run()
        assert ending.labels == [f"Hold Held CurrentKey{'Gone' if status == 'deleted' else 'Inactive'}"]
        assert ending.told
    assert alice.keys[0].status == "Active"
    assert life.found == []


def test_a_stored_key_that_somebody_has_fetched_is_held_whatever_became_of_the_labels(life: Life, alice: User) -> None:
    """AWSCURRENT and AWSPREVIOUS have both moved on by hand, and of the key's use nothing is known yet (fact 3.12)."""
    life.run()
    successor = promoted(life, alice)
    secrets = life.world.admin.secretsmanager
    secrets.get_secret_value(SecretId="keyturn/alice/access-key")
    for value in ("once", "twice"):
        secrets.put_secret_value(SecretId="keyturn/alice/access-key", SecretString=f"written by hand, {value}")
    life.consumers.clear()
    life.world.last_used_lag = timedelta(days=2)
    life.world.advance(timedelta(days=1))
    ending = life.run()
    assert ending.labels == ["Hold Held CurrentMovedBack"]
    assert ending.told
    assert successor.status == "Active"
    assert life.found == []


@pytest.mark.parametrize("status", ["Inactive", "deleted"])
def test_a_promoted_key_that_two_values_written_by_hand_have_hidden_is_not_taken_from_a_user_without_another(
    life: Life, alice: User, status: str
) -> None:
    """No label tells any more that the key was promoted, nobody has fetched it, and a person took the other away."""
    old = alice.living[0]
    life.run()
    successor = promoted(life, alice)
    life.consumers.clear()
    if status == "deleted":
        life.world.admin.iam.delete_access_key(UserName="alice", AccessKeyId=old.id)
    else:
        life.world.admin.iam.update_access_key(UserName="alice", AccessKeyId=old.id, Status="Inactive")
    for value in ("once", "twice"):
        life.world.admin.secretsmanager.put_secret_value(SecretId="keyturn/alice/access-key", SecretString=value)
    life.world.last_used_lag = timedelta(days=200)
    for day in (1, 20, 50, 100):
        life.to_day(day)
        ending = life.run()
        assert ending.labels == ["Hold Held LastActiveKey"]
        assert ending.told
    assert successor.status == "Active"
    assert life.found == []
