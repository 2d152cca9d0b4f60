"""The responder's handler: every signal is followed once, to its end, and nothing is done that CloudWatch denies."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from keyturn.respond import ResponseFailed
from keyturn.settings import InvalidSettings
from keyturn.signals import InvalidSignal
from tests.aws_events import KEY, by_sns, health, message, own_action, state_change
from tests.fakes.calls import Call
from tests.fakes.faults import always, at, meanwhile, refused, throttled
from tests.fakes.identities import SECRET_MARK
from tests.fakes.invariants import violations
from tests.fakes.world import World
from tests.guarded import ALARM, Guarded, deactivated, in_grace, rotate
from tests.lambda_function import LambdaFunction, responder

BACK = ("Active", "Active")
OFF = ("Inactive", "Active")


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def alice(world: World) -> Guarded:
    (alice,) = deactivated(world, "alice")
    return alice


def changes(world: World, act: Callable[[], object]) -> list[str]:
    """The operations by which an act changes the account."""
    before = len(world.mutations)
    act()
    return [call.operation for call in world.mutations[before:]]


def metrics(function: LambdaFunction) -> dict[str, float]:
    lines = [json.loads(line) for line in function.printed.getvalue().splitlines() if '"_aws"' in line]
    names = {each["Name"] for line in lines for each in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]}
    return {name: sum(line.get(name, [0])[0] for line in lines) for name in names}


@pytest.mark.parametrize(
    "event",
    [own_action(ALARM), state_change(ALARM), by_sns(message(ALARM)), by_sns(message("x", "OK"), message(ALARM))],
    ids=["own action", "EventBridge", "SNS", "SNS, among others"],
)
def test_a_ringing_alarm_brings_the_key_back(world: World, alice: Guarded, event: dict[str, Any]) -> None:
    world.advance(timedelta(hours=3))
    world.alarm(ALARM, "ALARM")
    answer = responder(world).invoke(event)
    assert alice.statuses == BACK
    (line,) = answer["users"]
    assert (line["user"], line["action"], line["outcome"]) == ("alice", "ReactivateKey", "Done")
    assert (line["key"], line["reason"]) == (alice.old.id, "GuardAlarmRinging")
    assert alice.tags["guard-undone"] == "1"
    assert not {"deactivated-key", "deactivated-at", "deactivated-by"} & alice.tags.keys()
    assert violations(world) == []


def test_programs_and_people_are_told(world: World, alice: Guarded) -> None:
    world.alarm(ALARM, "ALARM")
    function = responder(world)
    function.invoke(own_action(ALARM))
    event = world.events[-1]
    assert (event["DetailType"], event["Detail"]["user"]) == ("Access Key Reactivated", "alice")
    assert event["Detail"]["key"] == alice.old.id
    text = world.messages[-1]
    assert text["Subject"] == "Keyturn OK: 1 done, 1 waits for somebody"
    assert "alice" in text["Message"]
    assert "in scope" not in text["Message"]
    assert metrics(function) == {"KeysReactivated": 1, "KeysExposed": 0}


def test_a_new_grace_period_begins_and_the_key_is_deactivated_again_after_it(world: World, alice: Guarded) -> None:
    world.alarm(ALARM, "ALARM")
    responder(world).invoke(own_action(ALARM))
    world.alarm(ALARM, "OK")
    for days in (1, 12):
        world.advance(timedelta(days=days))
        rotate(world)
        assert alice.statuses == BACK
    world.advance(timedelta(days=1))
    rotate(world)
    assert alice.statuses == OFF


def test_after_the_second_time_the_user_is_held_until_a_person_acts(world: World, alice: Guarded) -> None:
    for _ in range(2):
        assert alice.statuses == OFF
        world.alarm(ALARM, "ALARM")
        responder(world).invoke(own_action(ALARM))
        assert alice.statuses == BACK
        world.alarm(ALARM, "OK")
        world.advance(timedelta(days=14))
        rotate(world)
    assert alice.statuses == BACK
    (line,) = LambdaFunction(world).invoke({"action": "status", "users": ["alice"]})["users"]
    assert line["reason"] == "GuardRangTwice"
    secret = world.secret_of(alice.user)
    assert secret is not None
    assert f"--secret-id {secret.arn} --tag-keys keyturn:guard-undone" in line["message"]
    world.admin.secretsmanager.untag_resource(SecretId=secret.arn, TagKeys=["keyturn:guard-undone"])
    rotate(world)
    assert alice.statuses == OFF


@pytest.mark.parametrize("state", ["OK", "INSUFFICIENT_DATA"])
def test_an_alarm_that_does_not_ring_calls_nobody(world: World, alice: Guarded, state: str) -> None:
    world.alarm(ALARM, "ALARM")  # it may have rung again by the time that this is delivered
    before = len(world.calls())
    answer = responder(world).invoke(own_action(ALARM, state))
    assert answer["users"] == []
    assert len(world.calls()) == before
    assert alice.statuses == OFF


@pytest.mark.parametrize("name", ["unknown", "CPU (prod) > 90 %", "!", "a" * 255, "alice-is-unwel", "alice-is-unwell2"])
def test_an_alarm_that_guards_nobody_costs_one_call(world: World, alice: Guarded, name: str) -> None:
    world.alarm(name, "ALARM")
    before = len(world.calls())
    answer = responder(world).invoke(own_action(name))
    assert "guards no user's key" in answer["notes"][0]
    assert [call.operation for call in world.calls()[before:]] == ["list_secrets"]
    assert alice.statuses == OFF


def test_an_alarm_whose_name_no_filter_takes_guards_like_any_other(world: World) -> None:
    (alice,) = deactivated(world, "alice", alarm="alice is ünwell")
    world.alarm("alice is ünwell", "ALARM")
    responder(world).invoke(own_action("alice is ünwell"))
    assert alice.statuses == BACK


@pytest.mark.parametrize("state", ["OK", "INSUFFICIENT_DATA"])
def test_what_cloudwatch_denies_is_not_believed(world: World, alice: Guarded, state: str) -> None:
    world.alarm(ALARM, state)
    began = world.now
    assert changes(world, lambda: responder(world).invoke(own_action(ALARM))) == []
    assert alice.statuses == OFF
    assert world.now - began < timedelta(seconds=15), "it is asked a few times, not for ever"


def test_an_alarm_that_is_gone_undoes_nothing(world: World, alice: Guarded) -> None:
    del world.alarms[ALARM]
    responder(world).invoke(own_action(ALARM))
    assert alice.statuses == OFF


def test_an_action_that_comes_before_cloudwatch_shows_it_is_followed_all_the_same(world: World, alice: Guarded) -> None:
    late = at(3, meanwhile(lambda: world.alarm(ALARM, "ALARM")), operation="describe_alarms")
    world.intercept.append(late)
    responder(world).invoke(own_action(ALARM))
    assert alice.statuses == BACK


def test_a_repeated_delivery_changes_nothing_more(world: World, alice: Guarded) -> None:
    world.alarm(ALARM, "ALARM")
    responder(world).invoke(own_action(ALARM))
    for event in (own_action(ALARM), by_sns(message(ALARM), message(ALARM)), state_change(ALARM)):
        world.advance(timedelta(minutes=1))
        assert changes(world, lambda event=event: responder(world).invoke(event)) == []  # type: ignore[misc]
    assert alice.tags["guard-undone"] == "1"
    assert alice.statuses == BACK


def test_several_records_of_one_alarm_are_followed_once(world: World, alice: Guarded) -> None:
    world.alarm(ALARM, "ALARM")
    answer = responder(world).invoke(by_sns(*[message(ALARM)] * 5))
    assert len(answer["users"]) == 1
    assert alice.statuses == BACK


def test_a_late_delivery_undoes_nothing_once_the_guard_hours_are_over(world: World, alice: Guarded) -> None:
    world.alarm(ALARM, "ALARM")
    world.advance(timedelta(hours=24))
    answer = responder(world).invoke(own_action(ALARM))
    assert [line["reason"] for line in answer["users"]] == ["NothingToUndo"]
    assert alice.statuses == OFF


def test_the_guard_hours_are_a_setting(world: World, alice: Guarded) -> None:
    world.alarm(ALARM, "ALARM")
    world.advance(timedelta(hours=47))
    responder(world, guard_hours="48").invoke(own_action(ALARM))
    assert alice.statuses == BACK


@pytest.mark.parametrize("tags", [{}, {"keyturn:guard-alarm": "another"}], ids=["none", "another"])
def test_the_users_own_tag_says_whether_the_alarm_guards_it(world: World, alice: Guarded, tags: dict[str, str]) -> None:
    alice.user.tags = tags
    world.alarm(ALARM, "ALARM")
    answer = responder(world).invoke(own_action(ALARM))
    assert f"that names alarm '{ALARM}'" in answer["notes"][0]
    assert alice.statuses == OFF


def test_a_person_s_deactivation_stays_done(world: World) -> None:
    (alice,) = in_grace(world, "alice")
    world.admin.iam.update_access_key(UserName="alice", AccessKeyId=alice.old.id, Status="Inactive")
    rotate(world)
    world.alarm(ALARM, "ALARM")
    responder(world).invoke(own_action(ALARM))
    assert alice.statuses == OFF


def test_a_team_s_alarm_brings_all_its_users_keys_back(world: World) -> None:
    *users, bystander = deactivated(world, *(f"user-{number}" for number in range(20)), "bystander")
    bystander.user.tags = {"keyturn:guard-alarm": "another"}
    world.alarm(ALARM, "ALARM")
    responder(world).invoke(own_action(ALARM))
    assert {each.statuses for each in users} == {BACK}
    assert bystander.statuses == OFF


def test_one_user_s_failure_stops_no_other_s_and_is_an_error_in_the_end(world: World) -> None:
    users = deactivated(world, "alice", "bob", "carol")

    def refuse(call: Call) -> None:
        if call.operation == "update_access_key" and call.params["UserName"] == "bob":
            refused("AccessDenied", 403)(call)

    world.intercept.append(refuse)
    world.alarm(ALARM, "ALARM")
    with pytest.raises(ResponseFailed):
        responder(world).invoke(own_action(ALARM))
    assert [each.statuses for each in users] == [BACK, OFF, BACK]
    world.intercept.remove(refuse)
    responder(world).invoke(own_action(ALARM))
    assert [each.statuses for each in users] == [BACK] * 3


@pytest.mark.parametrize("operation", ["list_secrets", "get_user", "list_attached_user_policies", "describe_alarms"])
def test_what_cannot_be_read_is_an_error_and_following_again_mends_it(
    world: World, alice: Guarded, operation: str
) -> None:
    fault = always(throttled, operation=operation)
    world.intercept.append(fault)
    world.alarm(ALARM, "ALARM")
    with pytest.raises(ResponseFailed, match="Throttling"):
        responder(world).invoke(own_action(ALARM))
    assert alice.statuses == OFF
    world.intercept.remove(fault)
    responder(world).invoke(own_action(ALARM))
    assert alice.statuses == BACK


def test_a_signal_that_cannot_be_followed_stops_no_other(world: World, alice: Guarded) -> None:
    world.alarm(ALARM, "ALARM")
    world.alarm("other", "ALARM")
    world.intercept.append(at(1, refused("AccessDenied", 403), operation="list_secrets"))
    with pytest.raises(ResponseFailed, match="AlarmRang"):
        responder(world).invoke(by_sns(message("other"), message(ALARM)))
    assert alice.statuses == BACK


def test_a_user_out_of_scope_is_left_alone(world: World, alice: Guarded) -> None:
    world.alarm(ALARM, "ALARM")
    for settings in ({"opt_in": "true"}, {"user_path": "/services/"}):
        answer = responder(world, **settings).invoke(own_action(ALARM))
        assert "in scope" in answer["notes"][0]
    assert alice.statuses == OFF


def test_a_user_that_is_gone_is_noted(world: World, alice: Guarded) -> None:
    for key in alice.user.living:
        world.admin.iam.delete_access_key(UserName="alice", AccessKeyId=key.id)
    world.admin.iam.delete_user(UserName="alice")
    world.alarm(ALARM, "ALARM")
    answer = responder(world).invoke(own_action(ALARM))
    assert "which is gone" in answer["notes"][0]
    assert answer["status"] == "OK"


def test_observing_it_plans_and_tells_and_changes_nothing(world: World, alice: Guarded) -> None:
    world.alarm(ALARM, "ALARM")
    done = changes(world, lambda: responder(world, mode="observe").invoke(own_action(ALARM)))
    assert done == ["publish"]
    assert "Would be done" in world.messages[-1]["Message"]
    assert alice.statuses == OFF


def test_faulty_settings_end_it_before_any_call(world: World) -> None:
    with pytest.raises(InvalidSettings, match="KEYTURN_GUARD_HOURS"):
        responder(world, guard_hours="a day").invoke(own_action(ALARM))
    assert world.calls() == []


@pytest.mark.parametrize("event", [None, {}, [], "ALARM", {"action": "rotate"}, {"Records": []}, health("AWS_EC2_X")])
def test_anything_else_is_a_clear_error_and_nothing_is_touched(world: World, event: object) -> None:
    with pytest.raises(InvalidSignal, match="allowed are a CloudWatch alarm") as told:
        responder(world).invoke(event)
    assert len(str(told.value)) < 600
    assert world.calls() == []
    assert world.messages == []


def test_what_came_beside_something_else_is_followed(world: World, alice: Guarded) -> None:
    world.alarm(ALARM, "ALARM")
    with pytest.raises(InvalidSignal, match="Message is not JSON"):
        responder(world).invoke(by_sns("{", message(ALARM), "[" * 9999))
    assert alice.statuses == BACK


def test_it_writes_no_secret(world: World, alice: Guarded) -> None:
    world.alarm(ALARM, "ALARM")
    function = responder(world)
    function.invoke(own_action(ALARM))
    function.invoke(health("AWS_RISK_CREDENTIALS_EXPOSED", alice.new.id))
    assert alice.new.id in function.printed.getvalue()
    assert SECRET_MARK not in function.printed.getvalue()


class TestAnExposedKey:
    """It is taken out of use at once, and its user gets no new one."""

    @pytest.mark.parametrize("which", ["old", "new"])
    def test_it_is_deactivated_and_its_user_held(self, world: World, which: str) -> None:
        (alice,) = in_grace(world, "alice")
        key = getattr(alice, which)
        answer = responder(world).invoke(health("AWS_RISK_CREDENTIALS_COMPROMISED", key.id))
        (line,) = answer["users"]
        assert (line["action"], line["reason"], line["outcome"]) == ("DeactivateKey", "KeyExposed", "Done")
        assert key.status == "Inactive"
        assert alice.tags["exposed-key"] == key.id
        assert world.events[-1]["DetailType"] == "Access Key Deactivated"
        assert key.id in world.messages[-1]["Message"]
        for request in ({"action": "rotate", "users": ["alice"], "force": True}, {}, {"action": "status"}):
            world.advance(timedelta(days=100))
            (line,) = LambdaFunction(world).invoke(request)["users"]
            assert (line["action"], line["reason"], line["outcome"]) == ("Hold", "KeyExposed", "Held")
        assert len(alice.user.living) == 2

    def test_the_key_comes_first_and_its_mark_after(self, world: World) -> None:
        (alice,) = in_grace(world, "alice")
        done = changes(world, lambda: responder(world).invoke(health("AWS_RISK_CREDENTIALS_EXPOSED", alice.old.id)))
        assert done == ["update_access_key", "tag_resource", "put_events", "publish", "publish"]

    def test_once_somebody_has_looked_it_goes_on(self, world: World) -> None:
        (alice,) = in_grace(world, "alice")
        responder(world).invoke(health("AWS_RISK_CREDENTIALS_EXPOSED", alice.old.id))
        world.admin.iam.delete_access_key(UserName="alice", AccessKeyId=alice.old.id)
        secret = world.secret_of(alice.user)
        assert secret is not None
        marks = ["keyturn:exposed-key", "keyturn:exposed-at"]
        world.admin.secretsmanager.untag_resource(SecretId=secret.arn, TagKeys=marks)
        world.advance(timedelta(days=80))
        rotate(world)
        assert len(alice.user.living) == 2

    def test_a_guard_alarm_does_not_bring_it_back(self, world: World, alice: Guarded) -> None:
        responder(world).invoke(health("AWS_RISK_CREDENTIALS_EXPOSED", alice.old.id))
        world.alarm(ALARM, "ALARM")
        (line,) = responder(world).invoke(own_action(ALARM))["users"]
        assert line["reason"] == "KeyExposed"
        rotate(world)
        assert alice.statuses == OFF

    def test_a_repeated_report_leaves_things_as_they_are(self, world: World) -> None:
        (alice,) = in_grace(world, "alice")
        event = health("AWS_RISK_CREDENTIALS_EXPOSED", alice.old.id)
        responder(world).invoke(event)
        before = alice.statuses, alice.tags
        responder(world).invoke(event)
        assert (alice.statuses, alice.tags) == before

    def test_alert_tells_people_and_leaves_the_key_active_and_hands_out_no_new_one(self, world: World) -> None:
        (alice,) = in_grace(world, "alice")
        answer = responder(world, exposure_response="alert").invoke(
            health("AWS_RISK_CREDENTIALS_EXPOSED", alice.new.id)
        )
        (line,) = answer["users"]
        assert (line["action"], line["outcome"]) == ("Hold", "Held")
        assert f"--access-key-id {alice.new.id} --status Inactive" in world.messages[-1]["Message"]
        assert world.events[-1]["DetailType"] == "Rotation Held"
        assert alice.statuses == BACK
        world.advance(timedelta(days=100))
        rotate(world)
        assert alice.statuses == BACK
        assert len(alice.user.living) == 2

    def test_observing_it_only_tells(self, world: World) -> None:
        (alice,) = in_grace(world, "alice")
        event = health("AWS_RISK_CREDENTIALS_EXPOSED", alice.old.id)
        for response in ("deactivate", "alert"):
            function = responder(world, mode="observe", exposure_response=response)
            assert changes(world, lambda function=function: function.invoke(event)) == ["publish"]  # type: ignore[misc]
            assert alice.old.id in world.messages[-1]["Message"]
        assert alice.statuses == BACK

    def test_a_user_without_a_secret_cannot_be_marked_and_people_are_told_what_to_do(self, world: World) -> None:
        only = world.key(world.user("bob"), age_days=80)
        (line,) = responder(world).invoke(health("AWS_RISK_CREDENTIALS_EXPOSED", only))["users"]
        assert line["outcome"] == "Done"
        assert "keyturn:exempt-until" in line["message"]
        assert world.active("bob") == []
        rotate(world)
        assert len(world.users["bob"].living) == 1, "the only key is Inactive: no successor is made"

    def test_a_secret_that_cannot_be_marked_does_not_undo_the_deactivation(self, world: World) -> None:
        (alice,) = in_grace(world, "alice")
        world.intercept.append(always(refused("AccessDeniedException", 400), operation="tag_resource"))
        (line,) = responder(world).invoke(health("AWS_RISK_CREDENTIALS_EXPOSED", alice.old.id))["users"]
        assert alice.statuses == OFF
        assert "could not be marked" in line["notes"][0]

    def test_a_deactivation_that_fails_is_an_error(self, world: World) -> None:
        (alice,) = in_grace(world, "alice")
        fault = always(throttled, operation="update_access_key")
        world.intercept.append(fault)
        event = health("AWS_RISK_CREDENTIALS_EXPOSED", alice.old.id)
        with pytest.raises(ResponseFailed, match="UpdateAccessKey: Throttling"):
            responder(world).invoke(event)
        world.intercept.remove(fault)
        responder(world).invoke(event)
        assert alice.statuses == OFF

    @pytest.mark.parametrize("settings", [{"opt_in": "true"}, {"user_path": "/services/"}], ids=str)
    def test_one_out_of_scope_is_left_alone_and_people_are_told(self, world: World, settings: dict[str, str]) -> None:
        key = world.key(world.user("bob"))
        (line,) = responder(world, **settings).invoke(health("AWS_RISK_CREDENTIALS_EXPOSED", key))["users"]
        assert line["outcome"] == "Held"
        assert "in scope" in line["message"]
        assert key in world.messages[-1]["Message"]
        assert len(world.active("bob")) == 1

    @pytest.mark.parametrize("denied", [False, True])
    def test_one_of_nobody_here_changes_nothing(self, world: World, *, denied: bool) -> None:
        world.denies_unknown_keys = denied
        answer = responder(world).invoke(health("AWS_RISK_CREDENTIALS_EXPOSED", KEY))
        assert answer["users"] == []
        assert "no key of this account" in answer["notes"][0]

    def test_several_are_followed_each_for_itself(self, world: World) -> None:
        keys = [world.key(world.user(name)) for name in ("alice", "bob", "carol")]
        world.intercept.append(at(2, refused("AccessDenied", 403), operation="update_access_key"))
        with pytest.raises(ResponseFailed):
            responder(world).invoke(health("AWS_RISK_CREDENTIALS_EXPOSED", *keys))
        assert [world.keys[key].status for key in keys] == ["Inactive", "Active", "Inactive"]
