"""The life of a key when nothing goes wrong: created, stored, verified, promoted; idle, deactivated, deleted."""

from datetime import timedelta
from functools import cache

import pytest

from tests.protocol.consumer import Consumer
from tests.protocol.life import Life, sending


@cache
def a_life(days: int, program_runs_every: timedelta = timedelta(0)) -> tuple[Life, list[tuple[int, str]]]:
    """Daily runs from the day on which Alice was given her first key, and what they did on which day."""
    life, done = Life(), []
    alice = life.world.user("alice")
    life.consumers.append(Consumer(life.world, alice, life.world.key(alice), program_runs_every))
    for day in range(days + 1):
        life.to_day(day)
        done += [(day, action) for action in life.run().done]
    return life, done


def test_a_key_is_replaced_at_day_75_switched_off_at_day_89_and_deleted_at_day_119() -> None:
    life, done = a_life(250)
    assert done[:3] == [(75, "CreateKey"), (89, "DeactivateKey"), (119, "DeleteKey")]
    assert life.found == []


def test_the_successors_have_the_same_life() -> None:
    _, done = a_life(250)
    assert done[3:] == [
        (150, "CreateKey"),
        (164, "DeactivateKey"),
        (194, "DeleteKey"),
        (225, "CreateKey"),
        (239, "DeactivateKey"),
    ]


def test_no_active_key_is_ever_90_days_old() -> None:
    life, _ = a_life(250)
    for key in life.world.keys.values():
        off = next((at for at, status in key.history if status == "Inactive"), life.world.now)
        assert (off - key.created_at).days < 90


def test_a_program_that_fetches_its_credential_daily_works_with_each_key_in_turn() -> None:
    life, _ = a_life(250)
    (consumer,) = life.consumers
    assert consumer.refused == []
    assert consumer.key == list(life.world.keys)[-1]
    assert [key.deleted_at is not None for key in life.world.keys.values()] == [True, True, False, False]


def test_a_weekly_program_keeps_its_key_until_it_has_the_successor() -> None:
    life, done = a_life(130, timedelta(days=7))
    (weekly,) = life.consumers
    assert weekly.refused == []
    assert life.found == []
    assert [action for _, action in done] == ["CreateKey", "DeactivateKey", "DeleteKey"]


def test_a_program_that_stays_with_its_key_is_never_cut_off() -> None:
    life = Life()
    alice = life.world.user("alice")
    first = life.world.key(alice)
    for day in range(200):
        life.world.use(first)
        life.to_day(day)
        ending = life.run()
        life.world.use(first)
    assert ending.labels == ["Hold Held KeyInUse"]
    assert [change.what for change in life.world.changes] == ["create"]
    assert life.found == []


def test_the_predecessor_is_not_touched_by_the_run_that_replaces_it() -> None:
    life = Life()
    first = life.alice().keys[0]
    life.run()
    assert first.history == [(first.created_at, "Active")]
    assert [change.what for change in life.world.changes] == ["create"]


@pytest.mark.parametrize("attempts", [1, 5])
def test_the_steps_come_in_the_order_that_a_crash_can_be_healed_from(attempts: int) -> None:
    life = Life(sending(attempts))
    life.alice()
    life.run()
    steps = [call.operation for call in life.world.mutations if call.caller.run]
    assert steps == [
        "create_secret",
        "put_secret_value",
        "create_access_key",
        "put_secret_value",
        "update_secret_version_stage",
        "put_events",
        "send_raw_email",
        "publish",
    ]
    verified = [call.operation for call in life.world.calls()].index("get_caller_identity")
    assert life.world.calls()[verified + 1].operation == "update_secret_version_stage"
