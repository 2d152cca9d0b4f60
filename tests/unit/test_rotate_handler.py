"""The handler: settings first, then the request, then one run; logs and metrics that programs read, and no secret."""

import json
import logging
from typing import Any

import pytest

from keyturn.request import InvalidRequest
from keyturn.rotate import RunFailed
from keyturn.settings import InvalidSettings
from tests.fakes.calls import Call
from tests.fakes.faults import EVERY, always, at, meanwhile, refused, throttled
from tests.fakes.identities import SECRET_MARK
from tests.fakes.invariants import violations
from tests.fakes.world import World
from tests.lambda_function import ENFORCE, HEARD, LambdaFunction
from tests.unit.running import due

RAISING = {"action": "rotate", "on_failure": "raise"}


@pytest.fixture
def world() -> World:
    """Three users whose keys are due, and one whose key is not."""
    world = World()
    due(world, "alice", "bob", "carol")
    world.key(world.user("dave"), age_days=10)
    return world


def fail_bob(world: World) -> None:
    def refuse(call: Call) -> None:
        if call.operation == "create_access_key" and call.params["UserName"] == "bob":
            refused("AccessDenied", 403)(call)

    world.intercept.append(refuse)


def lines(function: LambdaFunction) -> list[dict[str, Any]]:
    """What the function wrote, which has to be JSON, an object a line."""
    return [json.loads(line) for line in function.printed.getvalue().splitlines()]


def test_the_answer_is_the_run_report(world: World) -> None:
    answer = LambdaFunction(world).invoke({})
    assert set(answer) == {
        "run_id",
        "mode",
        "dry_run",
        "started_at",
        "scanned",
        "candidates",
        "remaining",
        "status",
        "users",
        "totals",
        "notes",
        "omitted",
    }
    assert (answer["status"], answer["scanned"], answer["candidates"]) == ("OK", 4, 3)
    assert {line["user"]: line["outcome"] for line in answer["users"]} == dict.fromkeys(
        ("alice", "bob", "carol"), "Done"
    )
    assert json.loads(json.dumps(answer)) == answer
    assert violations(world) == []


def test_the_default_is_to_observe(world: World) -> None:
    answer = LambdaFunction(world, environment={}).invoke({})
    assert (answer["mode"], answer["totals"]["planned"]) == ("observe", 3)
    assert world.mutations == []


def test_bad_settings_stop_the_run_before_any_call_and_before_the_request_is_looked_at(world: World) -> None:
    with pytest.raises(InvalidSettings, match="KEYTURN_MODE is 'on'"):
        LambdaFunction(world, environment={"KEYTURN_MODE": "on"}).invoke({"action": "explode"})
    assert world.log == []


def test_a_bad_request_stops_the_run_before_any_call(world: World) -> None:
    with pytest.raises(InvalidRequest):
        LambdaFunction(world).invoke({"action": "explode"})
    assert world.log == []


def test_a_failed_run_is_reported_or_raised_after_everything_else_was_done(world: World) -> None:
    fail_bob(world)
    with pytest.raises(RunFailed, match=r"^run [0-9a-f-]{36} failed for 1 users: bob: .*AccessDenied"):
        LambdaFunction(world).invoke(RAISING)
    assert {name for name in ("alice", "carol") if len(world.active(name)) == 2} == {"alice", "carol"}
    answer = LambdaFunction(world).invoke({"action": "rotate", "users": ["bob"], "on_failure": "report"})
    assert answer["status"] == "FAILED"


def test_a_good_run_and_an_incomplete_one_raise_nothing(world: World) -> None:
    few = LambdaFunction(world, environment=ENFORCE | {"KEYTURN_MAX_ROTATIONS_PER_RUN": "1"})
    assert few.invoke(RAISING)["status"] == "INCOMPLETE"
    assert LambdaFunction(world).invoke(RAISING)["status"] == "OK"


def test_an_error_names_ten_users_and_counts_the_rest() -> None:
    world = World()
    due(world, *(f"user-{number:02}" for number in range(14)))
    world.intercept.append(always(refused("AccessDenied", 403), operation="create_access_key"))
    with pytest.raises(RunFailed) as failure:
        LambdaFunction(world).invoke(RAISING)
    assert "failed for 14 users: " in str(failure.value)
    assert str(failure.value).endswith("; and 4 more")
    assert str(failure.value).count("user-") == 10


def test_an_error_that_names_everybody_counts_no_rest() -> None:
    world = World()
    due(world, *(f"user-{number:02}" for number in range(10)))
    world.intercept.append(always(refused("AccessDenied", 403), operation="create_access_key"))
    with pytest.raises(RunFailed) as failure:
        LambdaFunction(world).invoke(RAISING)
    assert str(failure.value).count("user-") == 10
    assert "more" not in str(failure.value)


class TestTheLog:
    """Every line is a JSON object that names the run; what went wrong is an error, what is blocked a warning."""

    def test_every_user_has_a_line_and_the_run_has_its_end(self, world: World) -> None:
        function = LambdaFunction(world)
        answer = function.invoke({})
        log = [line for line in lines(function) if "_aws" not in line]
        assert {line["run_id"] for line in log} == {answer["run_id"]}
        assert {line["function_request_id"] for line in log} == {"request"}
        assert [line["user_turn"] for line in log if "user_turn" in line] == sorted(
            answer["users"], key=[line["user_turn"] for line in log if "user_turn" in line].index
        )
        end = log[-1]
        assert end["message"] == "run ended"
        assert end["report"] == {key: value for key, value in answer.items() if key != "users"}

    def test_levels_say_whether_anybody_has_to_act(self, world: World) -> None:
        fail_bob(world)
        world.key("carol", age_days=50)
        for key in world.users["carol"].living:
            world.use(key.id)
        function = LambdaFunction(world)
        function.invoke({})
        levels = {line["user_turn"]["user"]: line["level"] for line in lines(function) if "user_turn" in line}
        assert levels == {"alice": "INFO", "bob": "ERROR", "carol": "WARNING"}

    def test_a_run_does_not_speak_in_the_name_of_the_last_one(self, world: World) -> None:
        first, second = LambdaFunction(world), LambdaFunction(world)
        ids = {first.invoke({})["run_id"], second.invoke({})["run_id"]}
        assert len(ids) == 2
        assert {line["run_id"] for line in lines(second) if "run_id" in line} == ids - {lines(first)[0]["run_id"]}


class TestTheMetrics:
    """One EMF line a run, in the namespace Keyturn; no user and no key stands in it."""

    def emf(self, world: World, event: object = None, **environment: str) -> list[dict[str, Any]]:
        function = LambdaFunction(world, environment=ENFORCE | environment)
        function.invoke(event or {})
        return [line for line in lines(function) if "_aws" in line]

    def test_they_have_names_and_values_and_no_dimension_of_their_own(self, world: World) -> None:
        (line,) = self.emf(world)
        (directive,) = line["_aws"]["CloudWatchMetrics"]
        assert directive["Namespace"] == "Keyturn"
        assert directive["Dimensions"] == [[]]
        units = {metric["Name"]: metric["Unit"] for metric in directive["Metrics"]}
        assert {name for name, unit in units.items() if unit != "Count"} == {"RunSeconds"}
        assert units["RunSeconds"] == "Seconds"
        told = {name: line[name] for name in units if line[name] != [0.0]}
        assert told.pop("ApiCalls") == [len(world.calls())]
        assert told == {
            "UsersScanned": [4.0],
            "KeysDue": [3.0],
            "KeysRotated": [3.0],
            "KeysOverdue": [3.0],
            "OldestActiveKeyAgeDays": [100.0],
            "RunSucceeded": [1.0],
            "StageGrace": [3.0],
            "StageCurrent": [1.0],
        }
        assert not [name for name in ("alice", "AKIA", "AIDA") if name in json.dumps(line)]

    def test_a_run_tells_what_it_took(self, world: World) -> None:
        world.intercept.append(at(2, throttled, operation="list_access_keys"))
        world.intercept.append(at(4, meanwhile(lambda: world.sleep(7))))
        (line,) = self.emf(world, {}, KEYTURN_TOPIC_ARN="arn:aws:sns:eu-west-1:111122223333:people")
        assert line["ApiCalls"] == [len(world.calls())]
        assert any(call.operation == "publish" for call in world.calls()), "the message to people is among them"
        assert line["ApiThrottles"] == [1.0]
        assert line["RunSeconds"][0] >= 7

    def test_a_run_in_a_process_that_lives_on_tells_its_own_calls(self, world: World) -> None:
        clients = world.clients(attempts=5)
        functions = [LambdaFunction(world, connect=lambda _world: clients) for _ in range(2)]
        for function in functions:
            function.invoke({})
        told = [line["ApiCalls"] for function in functions for line in lines(function) if "_aws" in line]
        assert sum(number for (number,) in told) == len(world.calls())

    def test_a_run_for_named_users_says_nothing_of_everybody(self, world: World) -> None:
        (line,) = self.emf(world, {"action": "rotate", "users": ["alice"]})
        assert line["KeysRotated"] == [1.0]
        assert set(line) - {"_aws"} == {
            *("KeysRotated", "KeysDeactivated", "KeysDeleted", "KeysReactivated", "OrphansHealed"),
            *("ApiCalls", "ApiThrottles", "RunSeconds"),
        }

    @pytest.mark.parametrize("event", [{"action": "status"}, {"action": "rotate", "dry_run": True}])
    def test_looking_measures_nothing(self, world: World, event: object) -> None:
        assert self.emf(world, event) == []

    def test_a_failed_run_is_measured_before_it_raises(self, world: World) -> None:
        fail_bob(world)
        function = LambdaFunction(world)
        with pytest.raises(RunFailed):
            function.invoke(RAISING)
        (line,) = [line for line in lines(function) if "_aws" in line]
        assert (line["RotationsFailed"], line["RunSucceeded"]) == ([1.0], [0.0])


class TestSecrets:
    """A secret access key is in memory and on its way to Secrets Manager, and nowhere else."""

    def spoken(self, world: World, caplog: pytest.LogCaptureFixture) -> str:
        """All that a run says to anybody, with every logger at its most talkative."""
        function = LambdaFunction(world, environment=ENFORCE | {"KEYTURN_EVENT_BUS": "default"})
        with caplog.at_level(logging.DEBUG):
            for name in list(logging.root.manager.loggerDict):
                caplog.set_level(logging.DEBUG, logger=name)
            try:
                said = repr(function.invoke(RAISING))
            except RunFailed as failure:
                said = repr(failure)
        return said + function.printed.getvalue() + caplog.text + repr(world.events) + repr(world.messages)

    def test_a_good_run_says_none(self, world: World, caplog: pytest.LogCaptureFixture) -> None:
        said = self.spoken(world, caplog)
        assert "is stored, verified and promoted" in said
        assert SECRET_MARK not in said
        assert not [key.id for key in world.keys.values() if key.secret in said]

    @pytest.mark.parametrize("fault", [name for name in EVERY if not name.startswith("killed")])
    @pytest.mark.parametrize(
        "operation", ["create_access_key", "put_secret_value", "get_caller_identity", "update_secret_version_stage"]
    )
    def test_a_run_that_goes_wrong_says_none(
        self, world: World, caplog: pytest.LogCaptureFixture, operation: str, fault: str
    ) -> None:
        world.intercept.append(always(EVERY[fault], operation=operation))
        said = self.spoken(world, caplog)
        assert "run ended" in said
        assert SECRET_MARK not in said
        assert violations(world) == []

    @pytest.mark.parametrize("operation", ["put_secret_value", "get_caller_identity"])
    def test_an_error_in_the_program_whose_message_holds_one_says_none(
        self, world: World, caplog: pytest.LogCaptureFixture, operation: str
    ) -> None:
        def leak(call: Call) -> None:
            raise TypeError(f"cannot handle {call.params} of {SECRET_MARK}{call.caller.secret_access_key}")

        world.intercept.append(at(2, leak, operation=operation))
        said = self.spoken(world, caplog)
        assert "unexpected TypeError in" in said
        assert SECRET_MARK not in said


def test_a_brief_answer_has_the_counts_and_the_faults_and_sends_no_digest(world: World) -> None:
    fail_bob(world)
    answer = LambdaFunction(world, {**ENFORCE, **HEARD}).invoke({"action": "rotate", "brief": True})

    assert [(line["user"], line["outcome"]) for line in answer["users"]] == [("bob", "Failed")]
    assert answer["omitted"] == 2
    assert answer["totals"]["done"] == 2
    told = [entry.call.params["Subject"] for entry in world.log if entry.call.operation == "publish"]
    assert told == ["Keyturn: failed: bob"], "what can't wait is told all the same"


def test_a_brief_answer_has_the_state_of_all_users_also_of_a_look() -> None:
    world = World()
    for name, age in (("due", 80), ("overdue", 100), ("fresh", 3)):
        world.key(world.user(name), age_days=age)
    world.user("mistagged", tags={"keyturn:max-age-days": "some"})
    world.key("mistagged", age_days=10)
    figures = LambdaFunction(world).invoke({"action": "status", "brief": True})["figures"]

    assert figures == {
        "UsersScanned": 4,
        "UsersBlocked": 1,
        "KeysDue": 2,
        "KeysOverdue": 1,
        "OldestActiveKeyAgeDays": 100,
        "StageRotating": 0,
        "StageGrace": 0,
        "StageRecovery": 0,
    }
    LambdaFunction(world).invoke({"action": "rotate"})
    begun = LambdaFunction(world).invoke({"action": "status", "brief": True})["figures"]
    assert (begun["KeysDue"], begun["StageGrace"]) == (0, 2)


def test_a_brief_answer_fits_into_what_step_functions_hands_on() -> None:
    world = World()
    for number in range(300):
        world.key(world.user(f"user{number}"), age_days=100)
    world.intercept.append(at_create_refused)
    answer = LambdaFunction(world, {**ENFORCE, "KEYTURN_MAX_ROTATIONS_PER_RUN": "300"}).invoke(
        {"action": "rotate", "brief": True}
    )

    assert answer["totals"]["failed"] == 300
    assert len(answer["users"]) == 10
    assert answer["omitted"] == 290
    assert len(json.dumps(answer)) < 256_000


def at_create_refused(call: Call) -> None:
    if call.operation == "create_access_key":
        refused("AccessDenied", 403)(call)
