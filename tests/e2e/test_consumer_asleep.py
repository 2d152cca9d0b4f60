"""Machines that miss the grace period: one that works on is not cut, one that slept comes back by a rollback."""

import socket
from datetime import timedelta
from pathlib import Path

from sandbox.local_aws import Deployment
from tests.consumer.machine import Machine, a_user, night, statuses

A_DAY = timedelta(days=1)
AGES = {"max_age_days": 40, "grace_days": 5}  # due after 34 days
DUE = 34 * A_DAY


def an_endpoint_that_is_away() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


def test_a_key_in_use_is_not_cut_while_its_machine_cannot_reach_secrets_manager(
    stack: Deployment, tmp_path: Path
) -> None:
    first = a_user(stack, "cut-off", **AGES)
    home = tmp_path / "machine"
    offline = {"AWS_ENDPOINT_URL_SECRETS_MANAGER": an_endpoint_that_is_away()}
    machine = Machine(stack.aws, "cut-off", home, offline).set_up(first)
    clock = stack.aws.clock
    clock.move_by(DUE)
    assert night(stack, "cut-off") == [("CreateKey", "KeyDue")]
    for day in (3, 6, 9):
        clock.move_by(3 * A_DAY)
        assert machine.cli().returncode == 0
        assert night(stack, "cut-off") == [("Hold", "GraceRunning" if day < 5 else "KeyInUse")]
    assert statuses(stack, "cut-off")[first.key_id] == "Active"
    assert "Secrets Manager could not be asked" in machine.credentials("status").stdout

    back = Machine(stack.aws, "cut-off", home)
    clock.move_by(A_DAY)
    assert back.cli().returncode == 0
    assert back.credentials("status").returncode == 0
    clock.move_by(A_DAY)
    assert back.cli().returncode == 0
    assert night(stack, "cut-off") == [("DeactivateKey", "PredecessorIdle")]
    assert statuses(stack, "cut-off")[first.key_id] == "Inactive"
    clock.move_by(A_DAY)
    assert back.cli().returncode == 0


def test_a_machine_that_slept_through_grace_says_what_happened_and_comes_back_by_a_rollback(
    stack: Deployment, tmp_path: Path
) -> None:
    first = a_user(stack, "sleeper", **AGES)
    laptop = Machine(stack.aws, "sleeper", tmp_path / "laptop").set_up(first)
    server = Machine(stack.aws, "sleeper", tmp_path / "server").set_up(first)
    clock = stack.aws.clock
    with laptop.program() as on_laptop, server.program() as on_server:
        assert (on_laptop.work(), on_server.work()) == ("done", "done")
        clock.move_by(DUE)  # the laptop sleeps from here on
        assert night(stack, "sleeper") == [("CreateKey", "KeyDue")]
        for _ in range(6):
            clock.move_by(A_DAY)
            assert on_server.work() == "done"
        assert night(stack, "sleeper") == [("DeactivateKey", "PredecessorIdle")]
        assert statuses(stack, "sleeper")[first.key_id] == "Inactive"

        failed = laptop.cli()
        assert failed.returncode
        assert "rollback of the user of secret keyturn/sleeper/access-key" in failed.stderr
        assert first.secret not in failed.stderr
        assert on_laptop.work().startswith("CredentialRetrievalError")
        assert on_server.work() == "done"

        assert night(stack, "sleeper", action="rollback") == [("ReactivateKey", "RollbackRequested")]
        clock.move_by(timedelta(minutes=2))
        assert laptop.cli().returncode == 0
        assert (on_laptop.work(), on_server.work()) == ("done", "done")
        clock.move_by(6 * A_DAY)
        assert night(stack, "sleeper") == [("DeactivateKey", "PredecessorIdle")], "in the new grace nobody needed it"
        assert laptop.cli().returncode == 0
        assert (on_laptop.work(), on_server.work()) == ("done", "done")
