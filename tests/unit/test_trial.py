"""A person asks whether letters arrive: a test letter comes, in any mode, and no key is looked at."""

import pytest

from keyturn.report import Status
from keyturn.request import InvalidRequest, Request, Verb
from tests.fakes.calls import Call
from tests.fakes.faults import always, refused, unreachable
from tests.fakes.mail import content
from tests.fakes.world import World
from tests.lambda_function import ENFORCE, LambdaFunction
from tests.unit.post import OWNER, SENDER, owned, run, subjects
from tests.unit.running import Performed

TEST = "Test letter about IAM user alice"


@pytest.fixture
def world() -> World:
    world = World()
    owned(world)
    return world


def tried(world: World, *users: str, **settings: str | int) -> Performed:
    return run(world, Request(Verb.NOTIFY_TEST, users=users or ("alice",)), seconds=900, **settings)


def calls(world: World) -> list[str]:
    return [call.operation for call in world.calls()]


@pytest.mark.parametrize("mode", ["observe", "enforce"])
def test_a_test_letter_comes_in_any_mode_and_no_key_is_looked_at(world: World, mode: str) -> None:
    answer = tried(world, mode=mode, event_bus="default", topic_arn="arn:aws:sns:eu-west-1:111122223333:people")
    assert answer.lines == {"alice": ("SendTestMail", "Done")}
    assert answer.reason("alice") == "TestMailRequested"
    assert answer.report.outcomes[0].message == f"SES has taken a test letter to {OWNER}"
    assert answer.report.outcomes == tuple(answer.told)
    assert (answer.report.status, answer.report.remaining) == (Status.OK, 0)
    assert answer.report.totals["SendTestMail"] == 1
    assert answer.measured == {"MailsSent": 1, "MailsFailed": 0}
    assert calls(world) == ["get_user", "list_attached_user_policies", "send_raw_email"]
    assert (world.events, world.messages) == ([], [])
    assert "2030-01-01 06:00 UTC" in content(world.letters[0])
    assert subjects(world) == [TEST]


def test_every_named_user_s_owner_gets_one(world: World) -> None:
    owned(world, "bob", owner="bob@example.com")
    owned(world, "carol", owner="carol@example.com")
    tried(world, "alice", "bob")
    assert sorted(letter["Destinations"][0] for letter in world.letters) == [OWNER, "bob@example.com"]


def test_a_dry_run_says_to_whom_it_would_go(world: World) -> None:
    answer = run(world, Request(Verb.NOTIFY_TEST, users=("alice",), dry_run=True))
    assert answer.lines == {"alice": ("SendTestMail", "Planned")}
    assert answer.report.outcomes[0].message == f"a test letter would be sent to {OWNER}"
    assert (world.letters, answer.measured) == ([], {})


@pytest.mark.parametrize(
    ("owner", "settings", "message"),
    [
        (OWNER, {}, "no test letter was sent: the setting notify_from is not set"),
        ("", {"NOTIFY_FROM": SENDER}, "no test letter was sent: the user has no tag keyturn:owner"),
        ("nobody", {"NOTIFY_FROM": SENDER}, "no test letter was sent: tag keyturn:owner is 'nobody': allowed is"),
    ],
)
def test_what_keeps_it_from_being_sent_is_a_failure_that_is_told(
    world: World, owner: str, settings: dict[str, str], message: str
) -> None:
    world.users["alice"].tags["keyturn:owner"] = owner
    function = LambdaFunction(world, ENFORCE | {f"KEYTURN_{name}": value for name, value in settings.items()})
    report = function.invoke({"action": "notify_test", "users": ["alice"]})
    (line,) = report["users"]
    assert (report["status"], line["action"], line["outcome"]) == ("FAILED", "SendTestMail", "Failed")
    assert (line["key"], line["stage"]) == (None, None)
    assert line["message"].startswith(message)
    assert world.letters == []
    assert world.mutations == []


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (refused("MessageRejected"), "SendRawEmail: MessageRejected (refused by the test)"),
        (unreachable, "SendRawEmail: EndpointConnectionError"),
    ],
)
def test_a_refusal_of_ses_is_the_answer(world: World, fault: object, told: str) -> None:
    world.intercept.append(always(fault, operation="send_raw_email"))  # type: ignore[arg-type]  # a fault of the table
    answer = tried(world)
    (outcome,) = answer.report.outcomes
    assert outcome.message == f"no test letter was sent: the owner could not be told by mail: {told}"
    assert outcome.notes == ()
    assert answer.report.status is Status.FAILED
    assert answer.measured == {"MailsSent": 0, "MailsFailed": 1}


def test_users_that_cannot_be_meant_get_nobody_mailed(world: World) -> None:
    with pytest.raises(InvalidRequest, match="'nobody' is not an IAM user"):
        tried(world, "alice", "nobody")
    with pytest.raises(InvalidRequest, match="users is absent: action 'notify_test' needs the names"):
        LambdaFunction(world).invoke({"action": "notify_test"})
    assert world.letters == []


def test_keys_that_are_due_wait_for_a_run(world: World) -> None:
    def never(call: Call) -> None:
        assert call.service in {"iam", "ses"}
        assert "key" not in call.operation

    world.intercept.append(never)
    tried(world)
    assert len(world.users["alice"].living) == 1
