"""Owners get the letters that they need, at the rhythm of daily runs, and no letter's fate touches a rotation."""

from datetime import timedelta

import pytest

from keyturn.report import Status
from keyturn.request import Request, Verb
from tests.fakes.calls import Call, ServiceError
from tests.fakes.faults import Fault, always, at, failed_before, refused, response_lost, throttled, unreachable
from tests.fakes.invariants import violations
from tests.fakes.mail import content, opened
from tests.fakes.world import World
from tests.unit.post import DAY, OWNER, SENDER, days_lived, owned, run, subjects
from tests.unit.running import performed

NEW = "New access key for IAM user alice"
PAST = "Old access key of IAM user alice is past its time and still in use"
OFF = "Old access key of IAM user alice is deactivated"
BACK = "Old access key of IAM user alice is Active again"
WAITS = "Access key rotation of IAM user alice waits for somebody"


def left(days: str) -> str:
    return f"Old access key of IAM user alice is still in use, {days} left"


@pytest.fixture
def world() -> World:
    return World()


class TestWhatIsSent:
    """Each letter at its time."""

    def test_a_new_key_is_told_once(self, world: World) -> None:
        owned(world)
        assert run(world).lines == {"alice": ("CreateKey", "Done")}
        (letter,) = world.letters
        message = opened(letter)
        assert (message["From"], message["To"]) == (SENDER, OWNER)
        assert message["Subject"] == NEW
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["Date"].datetime == world.now.replace(microsecond=0)
        assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
        said = content(letter)
        for part in ("keyturn/alice/access-key", "get-secret-value", "credential_process", "2030-01-15 05:00 UTC"):
            assert said.count(part) >= 2, "both parts say it"
        subjects(world)
        run(world)
        assert subjects(world) == []

    def test_an_old_key_in_use_is_told_seven_three_and_one_day_before_its_time_and_every_day_after(
        self, world: World
    ) -> None:
        owned(world)
        run(world)
        subjects(world)
        told = days_lived(world, 17, using=0)
        assert told == {
            7: [left("7 days")],
            11: [left("3 days")],
            13: [left("1 day")],
            **{day: [PAST] for day in (14, 15, 16, 17)},
        }

    @pytest.mark.parametrize("wander", [-1, 1])
    def test_runs_that_wander_by_an_hour_neither_skip_nor_double_a_reminder(self, world: World, wander: int) -> None:
        alice = owned(world)
        run(world)
        began, told = world.now, []
        for day in range(1, 14):
            world.now = began + day * DAY + timedelta(hours=wander if day % 2 else -wander)
            world.use(alice.living[0].id)
            run(world)
        told = subjects(world)[1:]
        assert told == [left("7 days"), left("3 days"), left("1 day")]

    def test_a_reminder_says_which_service_and_region_and_when(self, world: World) -> None:
        alice = owned(world)
        run(world)
        world.advance(6 * DAY)
        world.use(alice.living[0].id, "dynamodb")
        world.advance(DAY)
        subjects(world)
        run(world)
        (letter,) = world.letters
        assert content(letter).count("2030-01-07 06:00 UTC, by service dynamodb in region eu-west-1") == 2

    def test_an_old_key_that_is_idle_needs_no_reminder(self, world: World) -> None:
        owned(world)
        run(world)
        subjects(world)
        assert days_lived(world, 14, using=1) == {14: [OFF]}

    def test_fetching_the_new_key_with_the_old_one_needs_no_reminder_once_the_new_one_works(self, world: World) -> None:
        alice = owned(world)
        run(world)
        subjects(world)
        for works, told in ((False, [left("7 days")]), (True, [left("3 days")])):
            world.advance(6 * DAY if not works else 3 * DAY)
            world.use(alice.living[0].id, "secretsmanager")
            if works:
                world.use(alice.living[1].id)
            world.advance(DAY)
            run(world)
            assert subjects(world) == ([] if works else told)

    def test_a_short_grace_period_begins_with_one_letter_and_not_with_two(self, world: World) -> None:
        alice = owned(world, age_days=90, grace_days="3")
        for day, expected in ((0, [NEW]), (0, []), (1, []), (2, [left("1 day")]), (3, [PAST])):
            world.advance(timedelta(days=day) - (world.now - alice.created_at - timedelta(days=400)))
            world.use(alice.living[0].id)
            run(world)
            assert subjects(world) == expected, day

    def test_a_deactivation_says_until_when_it_can_be_undone_and_a_rollback_is_told_too(self, world: World) -> None:
        owned(world)
        run(world)
        days_lived(world, 13, using=1)
        world.use(world.users["alice"].living[1].id)
        world.advance(DAY)
        run(world)
        (letter,) = world.letters
        assert "until 2030-02-14 05:40 UTC" in content(letter)
        assert '{"action": "rollback", "users": ["alice"]}' in content(letter)
        assert subjects(world) == [OFF]
        world.advance(DAY)
        run(world)
        assert subjects(world) == []
        run(world, Request(Verb.ROLLBACK, users=("alice",)))
        assert "a rollback was asked for" in content(world.letters[0])
        assert subjects(world) == [BACK]
        run(world, Request(Verb.ROLLBACK, users=("alice",)))
        assert subjects(world) == []

    def test_a_run_that_undoes_a_deactivation_says_so(self, world: World) -> None:
        alice = owned(world, guard_alarm="unwell")
        world.alarm("unwell")
        run(world)
        days_lived(world, 14, using=1)
        world.alarm("unwell", "ALARM")
        world.advance(timedelta(hours=20))
        run(world)
        assert "guard alarm 'unwell' went to ALARM" in content(world.letters[0])
        assert subjects(world) == [BACK]
        assert alice.living[0].status == "Active"

    def test_a_blocked_user_s_owner_is_told_at_every_run_what_to_do(self, world: World) -> None:
        alice = owned(world)
        world.key(alice, age_days=10, last_used_days=1)
        for _ in range(3):
            run(world)
            said = content(world.letters[0])
            assert said.count("deactivate or delete the one that is not needed") == 2
            assert "aws iam list-access-keys --user-name alice" in said
            assert "AKIAFAKE" not in said
            assert subjects(world) == [WAITS]
            world.advance(DAY)

    def test_a_user_without_an_owner_gets_none_and_costs_nothing(self, world: World) -> None:
        world.key(world.user("bob", tags={"keyturn:owner": ""}), age_days=80, last_used_days=1)
        world.key(world.user("carol"), age_days=80, last_used_days=1)
        mailed = run(world)
        assert mailed.report.totals["CreateKey"] == 2
        assert (world.letters, mailed.report.notes) == ([], ())
        assert (mailed.measured["MailsSent"], mailed.measured["MailsFailed"]) == (0, 0)
        assert not [call for call in world.calls() if call.service == "ses"]

    def test_what_could_not_be_read_or_went_wrong_is_not_the_owner_s_business(self, world: World) -> None:
        owned(world)
        for operation in ("list_access_keys", "create_access_key"):
            world.intercept[:] = [always(refused("AccessDenied", 403), operation=operation)]
            assert run(world).report.status is Status.FAILED
            assert world.letters == []

    def test_each_owner_hears_of_its_own_users_alone(self, world: World) -> None:
        for name in ("alice", "bob"):
            owned(world, name, owner=f"{name}@example.com")
        run(world)
        assert {letter["Destinations"][0]: "bob" in content(letter) for letter in world.letters} == {
            "alice@example.com": False,
            "bob@example.com": True,
        }

    @pytest.mark.parametrize(
        ("request_", "mode"),
        [
            (Request(dry_run=True), "enforce"),
            (Request(Verb.STATUS), "enforce"),
            (Request(), "observe"),
            (Request(Verb.ROLLBACK, users=("alice",)), "observe"),
        ],
    )
    def test_runs_that_only_look_mail_nobody(self, world: World, request_: Request, mode: str) -> None:
        owned(world)
        world.key(owned(world, "bob"), age_days=10, last_used_days=1)
        looked = run(world, request_, mode=mode)
        assert world.letters == []
        assert not looked.measured.keys() & {"MailsSent", "MailsFailed"}

    def test_without_an_address_to_send_from_nobody_is_mailed_and_nothing_measured(self, world: World) -> None:
        owned(world)
        silent = performed(world)
        assert world.letters == []
        assert not silent.measured.keys() & {"MailsSent", "MailsFailed"}

    def test_the_configuration_set_that_tells_of_bounces_is_named_if_there_is_one(self, world: World) -> None:
        owned(world)
        run(world, mail_configuration_set="letters")
        assert world.letters[0]["ConfigurationSetName"] == "letters"
        assert "ConfigurationSetName" not in _first_letter(World())


def _first_letter(world: World) -> dict[str, object]:
    owned(world)
    run(world)
    return world.letters[0]


def in_vain(world: World) -> tuple[str, dict[str, float]]:
    """The note of a run whose rotation is done and whose letter is not sent."""
    mailed = run(world)
    (outcome,) = mailed.report.outcomes
    assert (outcome.action.name, outcome.result.value) == ("CreateKey", "Done")
    assert mailed.report.status is Status.OK
    assert mailed.report.notes == ("letters to owners that could not be sent: 1",)
    assert violations(world) == []
    (note,) = outcome.notes
    assert note.startswith("the owner could not be told by mail: ")
    measured = {name: value for name, value in mailed.measured.items() if name.startswith("Mails")}
    return note.removeprefix("the owner could not be told by mail: "), measured


class TestWhatGoesWrong:
    """No letter's fate touches a rotation; all of it is noted and measured."""

    @pytest.mark.parametrize(
        ("fault", "note"),
        [
            (refused("AccessDenied", 403), "SendRawEmail: AccessDenied"),
            (refused("ConfigurationSetDoesNotExist", 400), "SendRawEmail: ConfigurationSetDoesNotExist"),
            (throttled, "SendRawEmail: Throttling"),
            (failed_before, "SendRawEmail: InternalFailure"),
            (unreachable, "SendRawEmail: EndpointConnectionError"),
            (response_lost, "SendRawEmail: ReadTimeoutError"),
        ],
    )
    def test_ses_refuses_or_is_silent(self, world: World, fault: Fault, note: str) -> None:
        owned(world)
        world.intercept.append(always(fault, operation="send_raw_email"))
        told, measured = in_vain(world)
        assert told.startswith(note)
        assert measured == {"MailsSent": 0, "MailsFailed": 1}

    def test_the_identity_is_not_verified(self, world: World) -> None:
        owned(world)
        world.mail_identities.clear()
        assert in_vain(world)[0].startswith("SendRawEmail: MessageRejected (Email address is not verified.")

    def test_the_account_is_still_in_the_sandbox_of_ses(self, world: World) -> None:
        owned(world)
        world.mail_sandboxed = True
        assert in_vain(world)[0].endswith(f"EU-WEST-1: {OWNER})")
        world.mail_identities.add("example.com")
        run(world, Request(Verb.NOTIFY_TEST, users=("alice",)))
        assert subjects(world) == ["Test letter about IAM user alice"]

    @pytest.mark.parametrize("owner", ["alice", "a@b", "a@example.com b@example.com", "x" * 256])
    def test_the_address_is_none(self, world: World, owner: str) -> None:
        owned(world, owner=owner)
        assert in_vain(world)[0] == f"tag keyturn:owner is {owner[:64]!r}: allowed is an e-mail address"
        assert not [call for call in world.calls() if call.service == "ses"]

    def test_an_error_of_our_own_is_told_by_its_kind_and_place(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        owned(world)

        def broken(*_arguments: object) -> None:
            raise KeyError("what must not be seen")

        monkeypatch.setattr("keyturn.mailing.write", broken)
        note, _ = in_vain(world)
        assert note.startswith("unexpected KeyError in broken (")
        assert "seen" not in note

    def test_the_last_use_that_a_reminder_tells_cannot_be_read(self, world: World) -> None:
        owned(world)
        run(world)
        world.advance(7 * DAY)
        subjects(world)
        world.intercept.append(always(throttled, operation="get_access_key_last_used"))
        mailed = run(world)
        (outcome,) = mailed.report.outcomes
        assert outcome.reason.label == "GraceRunning"
        assert outcome.notes[0].startswith("the owner could not be told by mail: GetAccessKeyLastUsed: Throttling")
        assert mailed.measured["MailsFailed"] == 1

    def test_one_throttle_is_waited_out(self, world: World) -> None:
        owned(world)
        world.intercept.append(at(1, throttled, operation="send_raw_email"))
        assert run(world).measured["MailsSent"] == 1
        assert subjects(world) == [NEW]

    @pytest.mark.parametrize("fault", [throttled, unreachable])
    def test_after_three_letters_in_vain_the_rest_is_not_tried(self, world: World, fault: Fault) -> None:
        for number in range(8):
            owned(world, f"user-{number}")
        world.intercept.append(always(fault, operation="send_raw_email"))
        mailed = run(world)
        assert mailed.report.totals["CreateKey"] == 8
        assert mailed.measured["MailsFailed"] == 8
        assert sum("not tried, since 3 letters before it" in str(each.notes) for each in mailed.report.outcomes) == 5

    def test_refusals_of_some_letters_keep_none_from_the_others(self, world: World) -> None:
        for number in range(8):
            owned(world, f"user-{number}", owner=f"{number}@{'bad' if number < 5 else 'good'}.example.com")

        def refuse(call: Call) -> None:
            if call.operation == "send_raw_email" and "bad" in call.params["Destinations"][0]:
                raise ServiceError("MessageRejected", "no such address")

        world.intercept.append(refuse)
        mailed = run(world)
        assert (mailed.measured["MailsSent"], mailed.measured["MailsFailed"]) == (3, 5)

    def test_a_slow_ses_costs_no_rotation_its_turn_and_the_run_its_end(self, world: World) -> None:
        for number in range(30):
            owned(world, f"user-{number}")

        def slowly(call: Call) -> None:
            if call.operation == "send_raw_email":
                world.sleep(9)

        world.intercept.append(slowly)
        began = world.now
        mailed = run(world, seconds=200, topic_arn="arn:aws:sns:eu-west-1:111122223333:people")
        assert mailed.report.totals["CreateKey"] == 30
        assert mailed.report.remaining == 0
        assert world.now - began < timedelta(seconds=185)
        assert mailed.measured["MailsSent"] + mailed.measured["MailsFailed"] == 30
        assert mailed.measured["MailsFailed"] > 0
        assert "too little time is left" in repr(mailed.report.outcomes)
        assert len(world.messages) == 1

    def test_letters_are_sent_when_every_key_is_done(self, world: World) -> None:
        for number in range(5):
            owned(world, f"user-{number}")
        run(world)
        order = [call.service for call in world.calls()]
        assert set(order[order.index("ses") :]) == {"ses"}


@pytest.mark.parametrize("hostile", ["svc_a+b=c,d.e-f", "x" * 64])
def test_any_name_that_iam_allows_stands_in_its_letter(world: World, hostile: str) -> None:
    owned(world, hostile)
    run(world)
    assert hostile in subjects(world)[0]
