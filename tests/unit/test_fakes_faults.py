"""Faults strike the calls they are meant for, and leave the account as the real ones would."""

import contextlib
import threading

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError, ReadTimeoutError

from tests.fakes import faults
from tests.fakes.calls import Killed
from tests.fakes.clients import Clients
from tests.fakes.world import World


@pytest.fixture
def world() -> World:
    world = World()
    world.user("alice")
    return world


def create(clients: Clients) -> str:
    return clients.iam_once.create_access_key(UserName="alice")["AccessKey"]["AccessKeyId"]


@pytest.mark.parametrize(
    ("fault", "error", "keys"),
    [
        ("refused", ClientError, 0),
        ("throttled", ClientError, 0),
        ("failed before", ClientError, 0),
        ("failed after", ClientError, 1),
        ("unreachable", EndpointConnectionError, 0),
        ("connection closed", ConnectionClosedError, 0),
        ("response lost", ReadTimeoutError, 1),
        ("killed before", Killed, 0),
        ("killed after", Killed, 1),
    ],
)
def test_a_fault_before_the_commit_leaves_nothing_and_one_after_it_leaves_a_key(
    world: World, fault: str, error: type[BaseException], keys: int
) -> None:
    world.intercept.append(faults.at(1, faults.EVERY[fault]))
    with pytest.raises(error):
        create(world.clients())
    assert len(world.active("alice")) == keys
    assert len(world.mutations) == keys
    assert world.log[-1].outcome != "OK"


def test_a_lost_response_may_be_a_lost_refusal(world: World) -> None:
    for _ in range(2):
        world.key("alice")
    world.intercept.append(faults.at(1, faults.response_lost))
    with pytest.raises(ReadTimeoutError):
        create(world.clients())
    assert (len(world.active("alice")), world.log[-1].committed) == (2, False)


def test_every_fault_is_tried() -> None:
    assert set(faults.EVERY) == {
        *("refused", "throttled", "failed before", "failed after", "unreachable", "connection closed"),
        *("response lost", "killed before", "killed after"),
    }


@pytest.mark.parametrize(("service", "code"), [("iam", "Throttling"), ("secretsmanager", "ThrottlingException")])
def test_a_throttle_has_the_services_own_code(world: World, service: str, code: str) -> None:
    world.intercept.append(faults.always(faults.throttled))  # fact 1.8
    clients = world.clients()
    call = clients.iam.list_users if service == "iam" else clients.secretsmanager.list_secrets
    for _ in range(3):
        with pytest.raises(ClientError) as refusal:
            call()
        assert refusal.value.response["Error"]["Code"] == code


def test_a_fault_strikes_the_call_it_names_and_no_other(world: World) -> None:
    world.intercept.append(faults.at(2, faults.refused("AccessDenied", 403), operation="list_access_keys"))
    clients = world.clients()
    clients.iam.list_users()
    clients.iam.list_access_keys(UserName="alice")
    clients.iam.list_users()
    with pytest.raises(ClientError) as refusal:
        clients.iam.list_access_keys(UserName="alice")
    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert refusal.value.operation_name == "ListAccessKeys"
    clients.iam.list_access_keys(UserName="alice")


def test_a_fault_of_one_run_spares_the_other_and_all_people(world: World) -> None:
    first, second = world.clients(), world.clients()
    world.intercept.append(faults.always(faults.unreachable, run=first.caller.run))
    with pytest.raises(EndpointConnectionError):
        first.iam.list_users()
    second.iam.list_users()
    world.intercept.append(faults.always(faults.unreachable))
    world.admin.iam.list_users()


def test_the_dead_make_no_calls(world: World) -> None:
    world.intercept.append(faults.at(1, faults.killed_after))
    clients = world.clients()
    with pytest.raises(Killed):
        create(clients)
    calls = len(world.log)
    with pytest.raises(Killed):
        clients.iam.delete_access_key(UserName="alice", AccessKeyId=world.active("alice")[0].id)
    assert (len(world.active("alice")), len(world.log)) == (1, calls)
    world.clients().iam.list_users()


def test_an_exception_handler_does_not_outlive_the_process(world: World) -> None:
    world.intercept.append(faults.at(1, faults.killed_before))
    clients = world.clients()

    def careless() -> str:
        with contextlib.suppress(Exception):
            return create(clients)
        return "survived"

    with pytest.raises(Killed):
        careless()


def test_one_more_attempt_after_a_lost_response_makes_a_second_key(world: World) -> None:
    world.intercept.append(faults.at(1, faults.response_lost))  # fact 1.5: why CreateAccessKey is sent once
    world.clients(attempts=3).iam.create_access_key(UserName="alice")
    assert len(world.active("alice")) == 2


def test_one_more_attempt_hides_a_passing_fault_but_never_with_iam_once(world: World) -> None:
    world.intercept.append(faults.upon([1, 2, 4], faults.throttled))  # fact 1.4
    clients = world.clients(attempts=3)
    assert clients.iam.list_users()["ResponseMetadata"]["RetryAttempts"] == 2
    with pytest.raises(ClientError, match="Throttling"):
        create(clients)
    assert len(world.calls()) == 4


def test_a_quota_of_secrets_manager_is_sent_again_and_one_of_iam_is_not(world: World) -> None:
    clients = world.clients(attempts=3)  # fact 1.9
    for _ in range(2):
        create(clients)
    with pytest.raises(ClientError, match="LimitExceeded"):
        clients.iam.create_access_key(UserName="alice")
    clients.secretsmanager.create_secret(Name="one")
    before = len(world.calls())
    assert before == 4
    with pytest.raises(ClientError, match="LimitExceededException"):
        clients.secretsmanager.put_secret_value(
            SecretId="one", SecretString="a", VersionStages=[f"label-{number}" for number in range(20)]
        )
    assert len(world.calls()) == before + 3


def test_a_whole_other_run_may_happen_before_a_call(world: World) -> None:
    first, second = world.clients(), world.clients()
    world.intercept.append(faults.at(2, faults.meanwhile(lambda: create(second))))
    mine = create(first)
    theirs_and_mine = [key.created_by.run for key in world.active("alice")]
    assert theirs_and_mine == [1]
    with pytest.raises(ClientError, match="LimitExceeded"):
        create(first)
    assert [(key.id == mine, key.created_by.run) for key in world.active("alice")] == [(True, 1), (False, 2)]
    assert not world.runs[0].disturbed


def test_a_run_inside_another_may_use_threads_of_its_own(world: World) -> None:
    def another_run() -> None:
        clients = world.clients()
        thread = threading.Thread(target=lambda: create(clients), daemon=True)
        thread.start()
        thread.join(timeout=5)
        assert not thread.is_alive()

    world.intercept.append(faults.at(1, faults.meanwhile(another_run)))
    create(world.clients())
    assert len(world.active("alice")) == 2


def test_the_log_tells_every_call_and_what_came_of_it(world: World) -> None:
    clients = world.clients()
    create(clients)
    with pytest.raises(ClientError):
        clients.iam.get_user(UserName="nobody")
    world.admin.iam.list_users()
    assert [(one.call.operation, one.outcome, one.committed) for one in world.log] == [
        ("create_access_key", "OK", True),
        ("get_user", "NoSuchEntity", False),
        ("list_users", "OK", True),
    ]
    assert [call.operation for call in world.mutations] == ["create_access_key"]
    assert [call.operation for call in world.calls()] == ["create_access_key", "get_user"]
    assert world.calls(run=2) == []
