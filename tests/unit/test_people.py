"""People are told at once what can't wait, by mail and by chat, few times a run; the digest has it all."""

import json
import re
from typing import Any

import fastjsonschema
import pytest

from keyturn import chat
from keyturn.domain.outcome import Outcome
from keyturn.domain.reason import Reason
from keyturn.people import AtOnce, tell_people
from keyturn.request import Request, Verb
from tests.aws_events import own_action
from tests.fakes.faults import always, refused
from tests.fakes.world import World
from tests.guarded import ALARM, deactivated
from tests.lambda_function import responder
from tests.unit.chat_schema import CUSTOM_NOTIFICATION
from tests.unit.outcomes import a_report, held, outcome
from tests.unit.running import a_run, due, performed

TOPIC = "arn:aws:sns:eu-west-1:111122223333:people"
fits = fastjsonschema.compile(CUSTOM_NOTIFICATION)


@pytest.fixture
def world() -> World:
    return World()


def heard(message: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """What subscribers by mail, and those by HTTPS, are sent."""
    assert message["MessageStructure"] == "json"
    assert len(message["Message"].encode()) < 256 * 1024
    forms = json.loads(message["Message"])
    assert forms.keys() == {"default", "https"}
    return forms["default"], fits(json.loads(forms["https"]))


def at_once(world: World, told: Outcome) -> list[dict[str, Any]]:
    world.messages.clear()
    assert AtOnce(a_run(world, topic_arn=TOPIC)).tell(told) == told
    return world.messages


def blocked(world: World) -> None:
    """Alice, who uses two keys."""
    alice = world.user("alice")
    for age in (100, 90):
        world.key(alice, age_days=age, last_used_days=1)


class TestAtOnce:
    """One message about one user."""

    @pytest.mark.parametrize(
        ("told", "title"),
        [
            (outcome("CreateKey", "Failed"), "failed"),
            (held(Reason.UNREADABLE), "failed"),
            (held(Reason.TWO_KEYS_IN_USE), "waits for somebody"),
            (held(Reason.KEY_IN_USE), "waits for somebody"),
            (outcome("DeactivateKey", "Done", Reason.KEY_EXPOSED), "waits for somebody"),
            (outcome("ReactivateKey", "Done", Reason.ROLLBACK_REQUESTED), "key reactivated"),
            (outcome("ReactivateKey", "Done", Reason.GUARD_ALARM_RINGING), "key reactivated"),
        ],
    )
    def test_failures_blocked_users_and_rollbacks_are_told(self, world: World, told: Outcome, title: str) -> None:
        (message,) = at_once(world, told)
        assert message["Subject"] == f"Keyturn: {title}: alice"
        text, note = heard(message)
        assert text == f"alice (111122223333), {told.action.name}: a sentence\n\nRun run-1."
        assert note["content"]["title"] == f"Keyturn: {title}: alice (111122223333)"
        assert note["content"]["description"] == "a sentence"
        assert note["metadata"]["threadId"] == "keyturn-111122223333-AIDAALICE"
        assert note["metadata"]["relatedResources"] == ["arn:aws:iam::111122223333:user/alice"]

    @pytest.mark.parametrize(
        "told",
        [
            outcome("CreateKey", "Done"),
            outcome("DeactivateKey", "Done", Reason.PREDECESSOR_IDLE),
            outcome("DeleteKey", "Done", Reason.RECOVERY_OVER),
            held(Reason.NOT_DUE),
            held(Reason.GRACE_RUNNING),
        ],
    )
    def test_what_can_wait_waits_for_the_digest(self, world: World, told: Outcome) -> None:
        assert at_once(world, told) == []

    def test_a_run_has_ten_of_them_and_the_digest_has_all(self, world: World) -> None:
        due(world, *(f"user-{number}" for number in range(25)))
        world.intercept.append(always(refused("AccessDenied", 403), operation="create_access_key"))
        performed(world, topic_arn=TOPIC)
        assert [message["Subject"].partition(": user")[0] for message in world.messages[:-1]] == [
            "Keyturn: failed"
        ] * 10
        digest, _ = heard(world.messages[-1])
        assert len(set(re.findall(r"- (user-\d+) ", digest))) == 25

    def test_it_comes_at_the_moment_and_not_at_the_end(self, world: World) -> None:
        blocked(world)
        due(world, "bob")
        performed(world, topic_arn=TOPIC, concurrency=1)
        operations = [call.operation for call in world.calls()]
        assert operations.index("publish") < operations.index("create_access_key")

    def test_a_topic_that_refuses_leaves_a_note_and_the_outcome_as_it_is(self, world: World) -> None:
        world.intercept.append(always(refused("AuthorizationError", 403), operation="publish"))
        told = held(Reason.KEY_IN_USE)
        answer = AtOnce(a_run(world, topic_arn=TOPIC)).tell(told)
        assert answer.notes == ("people could not be told at once: Publish: AuthorizationError (refused by the test)",)
        assert answer.result is told.result

    @pytest.mark.parametrize(
        "request_", [Request(dry_run=True), Request(Verb.STATUS), Request(Verb.STATUS, users=("alice",))]
    )
    def test_a_run_that_only_looks_tells_nobody_at_once(self, world: World, request_: Request) -> None:
        blocked(world)
        performed(world, request_, topic_arn=TOPIC)
        assert world.messages == []

    def test_observing_is_told_by_the_digest_alone(self, world: World) -> None:
        blocked(world)
        performed(world, topic_arn=TOPIC, mode="observe")
        assert [message["Subject"] for message in world.messages] == ["Keyturn OK: 1 waits for somebody"]

    def test_the_responder_tells_of_what_it_undid(self, world: World) -> None:
        (alice,) = deactivated(world, "alice")
        world.alarm(ALARM, "ALARM")
        responder(world).invoke(own_action(ALARM))
        assert world.messages[0]["Subject"] == "Keyturn: key reactivated: alice"
        text, note = heard(world.messages[0])
        assert alice.old.id in text
        assert alice.old.id not in json.dumps(note)

    @pytest.mark.parametrize("name", ["a\r\nBcc: x@example.com", "ä" * 40, "x" * 200, "<!channel>", ""])
    def test_a_name_that_iam_would_not_take_stays_out_of_the_subject(self, world: World, name: str) -> None:
        (message,) = at_once(world, outcome("CreateKey", "Failed", user=name))
        subject = message["Subject"]
        assert subject.isascii()
        assert len(subject.splitlines()) == 1
        assert len(subject) <= 100


class TestTheDigest:
    """One message a run."""

    def test_it_comes_in_both_forms_and_chat_sees_no_key_id(self, world: World) -> None:
        due(world, "alice")
        performed(world, topic_arn=TOPIC)
        (message,) = world.messages
        text, note = heard(message)
        assert "AKIAFAKE000000000002" in text
        assert "AKIA…0002" in note["content"]["description"]
        assert "AKIAFAKE" not in json.dumps(note)
        assert note["content"]["title"] == message["Subject"] == "Keyturn OK: 1 done"
        assert note["metadata"] == {
            "threadId": "keyturn-run-1",
            "summary": "Keyturn OK: 1 done",
            "eventType": "Run Digest",
            "relatedResources": [],
        }

    @pytest.mark.parametrize("filler", ["m", "é", "日", "🔑", '"', "\\", "\n", "\x01", "<"], ids=ascii)
    def test_the_longest_one_fits_into_sns(self, world: World, filler: str) -> None:
        everybody = [
            each
            for number in range(200)
            for each in (
                outcome("CreateKey", "Failed", user=f"a{number}", message=filler * 3000),
                outcome("CreateKey", "Done", user=f"b{number}", message=filler * 3000),
                outcome("CreateKey", "Planned", user=f"c{number}", message=filler * 3000),
                outcome("Hold", "Held", Reason.KEY_IN_USE, user=f"d{number}", message=filler * 3000),
            )
        ]
        tell_people(a_report(*everybody), a_run(world, topic_arn=TOPIC))
        text, _ = heard(world.messages[0])
        assert text.endswith("… and more, in the run's log")


class TestChat:
    """The one shape that chat applications show."""

    @pytest.mark.parametrize(
        "text",
        [
            "<!channel> <!here> <@U012AB3CD> @channel",
            "[click](https://example.com) <https://example.com|here>",
            "*bold* ~gone~ `code` ```block```",
        ],
    )
    def test_nothing_that_a_user_s_tag_says_calls_or_links(self, text: str) -> None:
        note = fits(chat.notification(text, text, thread="t", event_type="e"))
        for shown in (note["content"]["title"], note["content"]["description"], note["metadata"]["summary"]):
            assert not re.search(r"[<>@*`~\[\]]", shown)

    def test_what_is_long_is_cut(self) -> None:
        note = fits(chat.notification("t" * 1000, "d" * 50_000, thread="t", event_type="e"))
        assert len(note["content"]["title"]) == 201
        assert len(note["content"]["description"]) == 3001

    def test_a_key_id_at_the_cut_is_shortened_first(self) -> None:
        text = "d" * 2990 + " AKIAFAKE000000000001"
        assert "AKIAF" not in str(chat.notification("t", text, thread="t", event_type="e"))

    def test_the_schema_lets_no_other_shape_pass(self) -> None:
        good = chat.notification("t", "d", thread="t", event_type="e")
        for bad in ({**good, "version": "1.1"}, {**good, "source": "keyturn"}, {**good, "text": "d"}, {"text": "d"}):
            with pytest.raises(fastjsonschema.JsonSchemaException):
                fits(bad)
