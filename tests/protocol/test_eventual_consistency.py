"""AWS answers late, in every way that is known or has to be feared, and runs die besides: nothing is lost."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.fakes.faults import at, killed_after, killed_before, response_lost
from tests.fakes.world import World
from tests.lambda_function import ENFORCE, LambdaFunction
from tests.protocol.lateness import ALL_AT_ONCE, LATENESSES, Lateness, calls_of, survive, taking_time
from tests.protocol.life import Life
from tests.protocol.scenarios import SCENARIOS
from tests.proving import PROVE

FAULTS = (killed_before, killed_after, response_lost) if PROVE else (killed_after,)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def _called(lateness: Lateness) -> str:
    return f"{lateness.name} (fact {', '.join(lateness.facts)}, {lateness.grade})"


@pytest.mark.parametrize("lateness", (*LATENESSES, ALL_AT_ONCE) if PROVE else (ALL_AT_ONCE,), ids=_called)
def test_late_answers_and_a_fault_at_any_call_lose_nothing_and_are_healed(
    lateness: Lateness, record_property: Callable[[str, object], None]
) -> None:
    wrong, tried = {}, 0
    for scenario in SCENARIOS:
        for number in range(1, calls_of(scenario, lateness) + 1):
            for fault in FAULTS:
                tried += 1
                if found := survive(scenario, lateness, at(number, fault)):
                    wrong[f"{scenario.name}, {fault.__name__} at {number}"] = found
    assert wrong == {}
    record_property("faults while AWS was late", tried)


@pytest.mark.parametrize("lateness", LATENESSES, ids=_called)
def test_late_answers_alone_delay_nothing(lateness: Lateness) -> None:
    for scenario in SCENARIOS:
        life, alice = scenario.begin()
        lateness.begin(life)
        ending = lateness.run(life, scenario, again=True)
        assert ending.report is not None
        assert scenario.reached(life, alice) is not scenario.takes_another_run
        assert life.found == []


@pytest.mark.parametrize("seconds", [0, 1, 5, 15, 30, 60])
def test_a_new_key_is_waited_for_and_promoted_in_the_same_run(seconds: int) -> None:
    """No bound is documented; others wait for up to two minutes (fact 1.12, seen by others)."""
    life = Life()
    alice = life.alice()
    life.world.intercept.append(taking_time(life))
    life.world.new_key_delay = timedelta(seconds=seconds)
    began = life.world.now
    assert life.run().done == ["CreateKey"]
    assert seconds <= (life.world.now - began).total_seconds() < 2 * seconds + 10
    assert life.current(alice) is alice.living[-1]
    assert life.found == []


@pytest.mark.parametrize("seconds", [120, 180, 86_400])
def test_a_new_key_that_sts_refuses_for_longer_is_given_to_nobody_and_told(seconds: int) -> None:
    """That IAM is late by minutes, and for days, is more than anybody has seen (fact 1.12, seen by others)."""
    life = Life()
    alice = life.alice()
    old = alice.living[0]
    life.world.new_key_delay = timedelta(seconds=seconds)
    for _ in range(3):
        ending = life.run()
        assert ending.told
        assert (
            "is stored but AWS does not accept it (GetCallerIdentity: InvalidClientTokenId)"
            in ending.outcomes[-1].message
        )
        assert len(alice.living) == 2
        assert (old.status, life.current(alice)) == ("Active", None)
        life.wait(DAY)
    life.world.new_key_delay = timedelta(0)
    life.run()
    assert life.current(alice) is alice.living[-1]
    assert [key.status for key in alice.living] == ["Active", "Active"]
    assert life.found == []


@pytest.mark.parametrize(("lag", "seen_at_once"), [(0, True), (1, True), (4, True), (10, True), (60, False)])
def test_a_key_whose_creation_was_not_answered_is_put_aside_as_soon_as_it_is_seen(
    lag: int, *, seen_at_once: bool
) -> None:
    """How late ListAccessKeys may be is nowhere said (fact 1.20, assumed)."""
    life = Life()
    alice = life.alice()
    life.world.intercept += [taking_time(life), at(1, response_lost, operation="create_access_key")]
    life.world.list_keys_lag = timedelta(seconds=lag)
    ending = life.run()
    old, orphan = alice.living
    assert ending.told
    assert orphan.status == ("Inactive" if seen_at_once else "Active")
    life.wait(DAY)
    life.run()
    assert (old.status, orphan.status) == ("Active", "Inactive")
    life.wait(DAY)
    life.run()
    assert orphan.deleted_at is not None
    assert life.current(alice) is alice.living[-1] is not old
    assert life.found == []


def test_a_key_that_a_person_made_seconds_ago_and_the_list_does_not_show_is_not_crowded_out() -> None:
    """How late ListAccessKeys may be is nowhere said (fact 1.20, assumed); the quota (fact 2.1) IAM keeps itself."""
    life = Life()
    alice = life.alice()
    life.world.list_keys_lag = timedelta(seconds=30)
    life.world.advance(timedelta(minutes=1))
    persons = life.world.key(alice)
    ending = life.run()
    assert "no key was created: CreateAccessKey: LimitExceeded" in ending.outcomes[0].message
    assert ending.told
    assert life.key(persons).status == "Active"
    life.world.use(persons)
    for _ in range(40):
        life.wait(DAY)
        life.world.use(persons)
        life.run()
    assert [key.status for key in alice.living] == ["Active", "Active"]
    assert life.found == []


@pytest.mark.parametrize("renamed", [False, True])
def test_a_second_run_before_the_secret_is_listed_makes_no_second_secret(*, renamed: bool) -> None:
    """'ListSecrets might not reflect changes from the last five minutes' (fact 4.17, documented)."""
    life = Life()
    alice = life.alice()
    life.world.list_secrets_lag = timedelta(minutes=5)
    life.run()
    life.wait(timedelta(minutes=2))
    if renamed:
        life.world.admin.iam.update_user(UserName="alice", NewUserName="alicia")
    assert life.world.admin.secretsmanager.list_secrets()["SecretList"] == []
    life.run()
    assert len(life.world.secrets) == 1
    assert len(alice.living) == 2
    life.wait(DAY)
    assert life.run().labels == ["Hold Held GraceRunning"]
    assert life.found == []


@pytest.mark.parametrize("hours", [0, 1, 6, 24, 120])
def test_a_key_in_daily_use_is_not_cut_while_its_owner_has_not_taken_the_next(hours: int) -> None:
    """How late a last use is told is nowhere said (fact 3.12, assumed): five days are more than is assumed."""
    life = Life()
    alice = life.alice()
    life.consumers.clear()
    life.world.last_used_lag = timedelta(hours=hours)
    for _ in range(60):
        life.world.use(alice.living[0].id)
        life.run()
        life.wait(DAY)
    assert [key.status for key in alice.living] == ["Active", "Active"]
    assert life.found == []


@pytest.mark.parametrize("hours", [0, 1, 6, 20])
def test_a_key_in_daily_use_is_not_cut_when_only_one_of_two_programs_has_taken_the_next(hours: int) -> None:
    """That a last use is told within a day, with `idle_days` 2, is nowhere said (fact 3.12, assumed)."""
    life = Life()
    alice = life.alice()
    life.world.last_used_lag = timedelta(hours=hours)
    for _ in range(60):
        life.world.use(alice.living[0].id)
        life.run()
        life.wait(DAY)
    assert [key.status for key in alice.living] == ["Active", "Active"]
    assert life.found == []


@pytest.mark.parametrize("hours", [0, 1, 6, 20])
def test_a_key_that_a_person_made_and_used_is_not_deleted_as_an_orphan_while_its_use_is_untold(hours: int) -> None:
    """That a last use is told within the quarantine of 20 hours is nowhere said (fact 3.12, assumed)."""
    life = Life()
    alice = life.alice()
    life.world.last_used_lag = timedelta(hours=hours)
    life.world.intercept.append(at(1, killed_before, operation="create_access_key"))
    life.run()
    life.world.advance(timedelta(minutes=5))
    persons = life.world.key(alice)
    life.world.use(persons)
    for _ in range(4):
        life.wait(timedelta(hours=20))
        life.run()
    assert life.key(persons).deleted_at is None
    assert life.found == []


def test_hourly_runs_go_on_with_the_next_user_though_the_report_shows_the_last_one_as_due() -> None:
    """Within four hours of the last report IAM answers with that one (fact 3.1, documented)."""
    world = World()
    for number in range(3):
        world.key(world.user(f"user-{number}"), age_days=91)
    function = LambdaFunction(world, ENFORCE | {"KEYTURN_MAX_ROTATIONS_PER_RUN": "1"})
    for number in range(3):
        report = function.invoke({})
        assert world.report is not None
        assert world.report.started_at == world.runs[0].started_at, "it is the first run's report"
        assert [line["user"] for line in report["users"] if line["action"] == "CreateKey"] == [f"user-{number}"]
        assert report["remaining"] == 2 - number
        world.advance(HOUR)
    assert function.invoke({})["totals"]["done"] == 0
    assert [len(user.living) for user in world.users.values()] == [2, 2, 2]


def test_a_report_that_knows_users_and_keys_that_are_gone_does_no_harm() -> None:
    """Within four hours of the last report IAM answers with that one (fact 3.1, documented)."""
    world = World()
    gone, keyless, renamed = (world.user(name) for name in ("gone", "keyless", "renamed"))
    keys = [world.key(user, age_days=91) for user in (gone, keyless, renamed)]
    world.admin.iam.generate_credential_report()
    world.advance(timedelta(hours=3))
    for name, key in (("gone", keys[0]), ("keyless", keys[1])):
        world.admin.iam.delete_access_key(UserName=name, AccessKeyId=key)
    world.admin.iam.delete_user(UserName="gone")
    world.admin.iam.update_user(UserName="renamed", NewUserName="newly-named")
    world.key(world.user("new", age_days=0))
    report = LambdaFunction(world).invoke({})
    assert report["status"] == "OK"
    assert {line["user"]: line["action"] for line in report["users"]} == {"keyless": "Hold", "newly-named": "CreateKey"}
