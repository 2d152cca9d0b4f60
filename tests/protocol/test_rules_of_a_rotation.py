"""Each rule of a rotation seen alone: the story in which somebody would pay for its absence."""

from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

from keyturn.request import Request
from tests.fakes import faults
from tests.fakes.calls import Call
from tests.fakes.faults import Fault, always, at, meanwhile, upon
from tests.fakes.identities import AccessKey, User
from tests.protocol.life import Ending, Life, sending

NAME = "keyturn/alice/access-key"
FORCED = Request(users=("alice",), force=True)
REFUSED = faults.refused("AccessDenied", 403)
DAY = timedelta(days=1)


@pytest.fixture
def life() -> Life:
    return Life()


@pytest.fixture
def alice(life: Life) -> User:
    return life.alice()


def run(life: Life, *struck: Fault, request: Request | None = None) -> Ending:
    """A run that meets faults."""
    life.world.intercept += struck
    ending = life.run(request)
    del life.world.intercept[-len(struck) :]
    return ending


def creates(life: Life) -> int:
    return [call.operation for call in life.world.calls()].count("create_access_key")


def labels(life: Life) -> set[str]:
    return life.world.secrets[NAME].labels


def as_before(key: AccessKey) -> bool:
    """Whether nobody has ever touched the key."""
    return key.deleted_at is None and key.history == [(key.created_at, "Active")]


def test_a_run_that_writes_its_intent_second_asks_for_no_key(life: Life, alice: User) -> None:
    for day in (0, 14, 44):
        life.to_day(day)
        life.run()
    life.to_day(75)
    before = creates(life)
    others: list[Ending] = []
    ending = run(life, at(1, meanwhile(lambda: others.append(life.run())), operation="put_secret_value"))
    assert others[0].done == ["CreateKey"]
    assert ending.labels == ["CreateKey Held AnotherRunAtWork"]
    assert creates(life) == before + 1
    assert life.current(alice) is alice.living[-1]
    assert life.found == []


def test_a_key_made_moments_before_the_rotation_that_died_is_told_from_its_orphan(life: Life) -> None:
    """The intent names the keys that were there; else this one, young and unused, would look like the orphan."""
    alice = life.world.user("alice")
    life.world.key(alice)
    life.world.advance(timedelta(minutes=5))
    run(life, at(1, faults.killed_after, operation="create_access_key"), request=FORCED)
    theirs, orphan = alice.living
    life.wait(DAY)
    assert life.run().done == ["QuarantineKey"]
    assert (theirs.status, orphan.status) == ("Active", "Inactive")
    assert as_before(theirs)
    assert life.found == []


def test_a_label_of_a_key_that_is_gone_is_taken_off_when_the_next_intent_is_won(life: Life, alice: User) -> None:
    """A secret may carry 20 labels, and the run that deleted the key died before it could take its labels off."""
    first = alice.living[0].id
    for day in (0, 14):
        life.to_day(day)
        life.run()
    life.to_day(44)
    run(life, at(1, faults.killed_after, operation="delete_access_key"))
    assert f"before:{first}" in labels(life)
    life.to_day(75)
    run(life, always(REFUSED, operation="put_secret_value"))
    assert f"before:{first}" in labels(life), "a read that no won intent has proved takes nothing off"
    life.to_day(76)
    assert life.run().done == ["CreateKey"]
    assert not {label for label in labels(life) if first in label}
    assert life.found == []


@pytest.mark.parametrize("sends", [1, 5])
def test_a_throttled_create_is_made_again_in_the_same_run(sends: int) -> None:
    life = Life(sending(sends))
    alice = life.alice()
    assert run(life, at(1, faults.throttled, operation="create_access_key")).done == ["CreateKey"]
    assert creates(life) == 2
    assert len(alice.keys) == 2
    assert life.current(alice) is alice.living[-1]
    assert life.found == []


@pytest.mark.parametrize("code", ["AccessDenied", "LimitExceeded", "ValidationError"])
def test_after_a_create_that_was_refused_a_persons_key_is_not_taken_for_an_orphan(
    life: Life, alice: User, code: str
) -> None:
    assert run(life, at(1, faults.refused(code), operation="create_access_key")).told
    assert "AWSPENDING" not in labels(life)
    life.world.advance(timedelta(minutes=2))
    theirs = life.key(life.world.key(alice))
    for _ in range(3):
        life.wait(DAY)
        life.run()
    assert as_before(theirs)
    assert life.found == []


@pytest.mark.parametrize("fault", [faults.failed_after, faults.response_lost])
@pytest.mark.parametrize("sends", [1, 5])
def test_a_create_that_may_have_been_done_is_settled_and_not_made_again(fault: Fault, sends: int) -> None:
    life = Life(sending(sends))
    alice = life.alice()
    old = alice.living[0]
    assert run(life, at(1, fault, operation="create_access_key")).labels == ["CreateKey Failed KeyDue"]
    assert creates(life) == 1
    assert [key.status for key in alice.living] == ["Active", "Inactive"]
    assert as_before(old)
    assert life.found == []


def test_a_settling_leaves_a_key_alone_that_somebody_uses(life: Life, alice: User) -> None:
    made: list[AccessKey] = []

    def a_person_is_first(call: Call) -> None:
        made.append(life.key(life.world.key(alice)))
        life.world.use(made[0].id)
        faults.failed_before(call)

    assert run(life, at(1, a_person_is_first, operation="create_access_key")).told
    assert as_before(made[0])
    assert life.found == []


def test_a_settling_leaves_the_keys_alone_that_were_there_before(life: Life) -> None:
    alice = life.world.user("alice")
    unused = life.key(life.world.key(alice, age_days=80))
    assert run(life, at(1, faults.failed_before, operation="create_access_key")).told
    assert as_before(unused)
    assert life.found == []


def test_a_value_that_a_person_has_written_meanwhile_stays_current(life: Life, alice: User) -> None:
    def write() -> None:
        life.world.admin.secretsmanager.put_secret_value(SecretId=NAME, SecretString='{"by": "hand"}')

    ending = run(life, at(1, meanwhile(write), operation="get_caller_identity"))
    assert "is stored but could not be promoted" in ending.outcomes[-1].message
    assert ending.told
    current = life.world.secrets[NAME].holder("AWSCURRENT")
    assert current is not None
    assert current.value == '{"by": "hand"}'
    assert as_before(alice.living[0])


def test_a_promotion_whose_answer_is_lost_is_known_for_done_by_its_labels() -> None:
    life = Life(sending(5))
    alice = life.alice()
    ending = run(life, at(1, faults.response_lost, operation="update_secret_version_stage"))
    assert ending.labels == ["CreateKey Done KeyDue"]
    assert life.current(alice) is alice.living[-1]
    assert life.found == []


def test_a_key_that_cannot_be_stored_is_deleted_by_the_run_that_made_it(life: Life, alice: User) -> None:
    ending = run(life, upon(list(range(2, 100)), REFUSED, operation="put_secret_value"))
    assert "could not be stored" in ending.outcomes[-1].message
    assert ending.told
    assert len(alice.keys) == 2
    assert [as_before(key) for key in alice.living] == [True]
    assert "AWSPENDING" not in labels(life)
    assert life.found == []


def test_a_store_that_fails_is_made_again_while_the_key_is_in_memory(life: Life, alice: User) -> None:
    assert run(life, upon([2, 3, 4], faults.failed_before, operation="put_secret_value")).done == ["CreateKey"]
    assert len(alice.keys) == 2
    assert life.current(alice) is alice.living[-1]
    assert life.found == []


@pytest.mark.parametrize("operation", ["describe_secret", "list_secret_version_ids", "list_access_keys"])
def test_what_cannot_be_read_is_not_absent(life: Life, alice: User, operation: str) -> None:
    for day in (0, 14, 44):
        life.to_day(day)
        life.run()
    life.to_day(75)
    before = len(life.world.mutations)
    ending = run(life, always(REFUSED, operation=operation))
    assert ending.labels == ["Hold Held Unreadable"]
    assert ending.told
    assert {call.operation for call in life.world.mutations[before:]} <= {"put_events", "publish"}
    assert len(alice.living) == 1
    assert life.found == []


@pytest.mark.parametrize("empty", [False, True])
def test_answers_that_come_a_piece_at_a_time_change_nothing(life: Life, alice: User, *, empty: bool) -> None:
    life.world.page_cap, life.world.empty_pages = 1, empty
    for name in ("aaron", "zoe"):
        life.world.key(life.world.user(name), age_days=80, last_used_days=1)
    done = []
    for day in (0, 13, 14, 30, 44, 75):
        life.to_day(day)
        done.append(sorted(life.run().done))
    assert done == [["CreateKey"] * 3, [], ["DeactivateKey"], [], ["DeleteKey"], ["CreateKey"]]
    assert len(alice.keys) == 3
    assert [len(life.world.users[name].living) for name in ("aaron", "zoe")] == [2, 2]
    assert life.found == []


def test_a_secret_on_the_last_page_is_not_forgotten(life: Life) -> None:
    life.world.page_cap = 1
    for name in ("aaron", "zoe"):
        life.world.key(life.world.user(name), age_days=80)
    life.run()
    zoe = life.world.users["zoe"]
    for key in zoe.living:
        life.world.admin.iam.delete_access_key(UserName="zoe", AccessKeyId=key.id)
    life.world.admin.iam.delete_user(UserName="zoe")
    life.wait(DAY)
    assert life.run().done == ["RetireSecret"]
    assert [secret.deletion_at is not None for secret in life.world.secrets.values()] == [False, True]
    with pytest.raises(ClientError, match="marked for deletion"):
        life.world.admin.secretsmanager.get_secret_value(SecretId="keyturn/zoe/access-key")
