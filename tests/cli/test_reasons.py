"""Every reason says who acts and what is next; every one that blocks what to do, by commands that are real."""

import io
import re
import shlex
from contextlib import redirect_stderr, redirect_stdout, suppress

import pytest
from awscli.clidriver import create_clidriver  # type: ignore[import-untyped] # it has no types

from keyturn.domain import tags as tag
from keyturn.domain.action import Hold
from keyturn.domain.reason import Reason
from keyturn.domain.secret_labels import CURRENT, PENDING, PREVIOUS, secret_name
from keyturn.domain.state import UserState
from keyturn.plan import Ask, plan, plan_rollback
from keyturn_cli.reasons import Known, advice_of, command_for, reason_of
from tests.builders import (
    ALARM,
    FIRST,
    NOW,
    SECOND,
    USER_ID,
    a_secret,
    a_user,
    active,
    deactivated,
    expired,
    inactive,
    intent,
    policy,
    rotation,
    stored,
)

BLOCKING = [reason for reason in Reason if reason.blocks]
VERSION = "00000000-0000-4000-8000-000000000000"
IN_GRACE = [active(120, used=1), active(20, used=1)]


def _unread() -> UserState:
    return UserState(a_user().user, unreadable="ListAccessKeys: AccessDenied")


def _exposed() -> UserState:
    return a_user([active(3)], a_secret(tags={tag.EXPOSED_KEY: FIRST, tag.EXPOSED_AT: "2030-05-01T00:00:00Z"}))


# One state for each reason that blocks, as a plan meets it.
STATES = {
    Reason.UNREADABLE: _unread(),
    Reason.INVALID_TAG: a_user([active(3)], tags={tag.MAX_AGE_DAYS: "soon"}),
    Reason.SETTINGS_DO_NOT_FIT: a_user([active(3)], tags={tag.MAX_AGE_DAYS: "20"}),
    Reason.SECRET_SCHEDULED_FOR_DELETION: a_user([active(3)], a_secret(deleted=2)),
    Reason.SECRET_OF_ANOTHER_USER: a_user([active(3)], a_secret(owner="AIDAFAKEOTHER")),
    Reason.STATE_NOT_UNDERSTOOD: a_user([active(3)], a_secret(tags={"keyturn:of-a-newer-release": "x"})),
    Reason.KEY_EXPOSED: _exposed(),
    Reason.SECRET_AMBIGUOUS: a_user([active(3)], rivals=["arn:aws:secretsmanager:eu-west-1:1:secret:a", "arn:b"]),
    Reason.TOO_MANY_KEYS: a_user([active(3), active(4), active(5)]),
    Reason.EXPIRED_KEY: a_user([expired(3)]),
    Reason.CURRENT_KEY_GONE: a_user(
        [active(90)], a_secret(intent(20, PREVIOUS), stored(SECOND, 20, CURRENT, PENDING, id=VERSION))
    ),
    Reason.CURRENT_KEY_INACTIVE: a_user([active(90), inactive(20)], a_secret(*rotation(20))),
    Reason.CURRENT_MOVED_BACK: a_user(
        IN_GRACE, a_secret(intent(20, CURRENT), stored(SECOND, 20, PENDING, PREVIOUS, id=VERSION))
    ),
    Reason.LAST_ACTIVE_KEY: a_user([inactive(90), active(1)], a_secret(intent(1, PENDING, CURRENT))),
    Reason.TWO_KEYS_IN_USE: a_user([active(120, used=1), active(100, used=1)]),
    Reason.KEY_IN_USE: a_user(IN_GRACE, a_secret(*rotation(20))),
    Reason.SUCCESSOR_NOT_ADOPTED: a_user([active(120, used=9), active(20)], a_secret(*rotation(20))),
    Reason.GUARD_ALARM_RINGING: a_user(
        [active(120, used=9), active(20, used=1)], a_secret(*rotation(20)), alarm="ALARM"
    ),
    Reason.GUARD_ALARM_MISSING: a_user(
        [active(120, used=9), active(20, used=1)], a_secret(*rotation(20)), alarm="MISSING"
    ),
    Reason.GUARD_RANG_TWICE: a_user(
        [active(120, used=9), active(20, used=1)], a_secret(*rotation(20), tags={tag.GUARD_UNDONE: "2"}), alarm="OK"
    ),
    Reason.PREDECESSOR_GONE: a_user([active(3)]),
}
COMMANDLESS = {Reason.KEY_IN_USE, Reason.SUCCESSOR_NOT_ADOPTED}


def held(reason: Reason) -> Hold:
    decide = plan_rollback if reason is Reason.PREDECESSOR_GONE else plan
    action = decide(STATES[reason], policy(), NOW)
    assert not isinstance(action, Ask)
    assert isinstance(action, Hold)
    assert action.reason is reason
    return action


def command(reason: Reason) -> str:
    action = held(reason)
    return command_for(reason, Known("alice", action.key, secret_name("keyturn/", "alice"), action.message))


def understood(line: str) -> str:
    """What the AWS CLI says against a command; empty when it would send it, which here leads nowhere."""
    words = shlex.split(re.sub(r'"\$\(.*\)"', "0" * 32, line))
    assert words[0] == "aws"
    nowhere = ["--endpoint-url", "http://127.0.0.1:9", "--no-sign-request", "--region", "eu-west-1"]
    said = io.StringIO()
    with redirect_stdout(io.StringIO()), redirect_stderr(said), pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_MAX_ATTEMPTS", "1")
        with suppress(SystemExit):
            create_clidriver().main([*words[1:], *nowhere])
    return "" if "Could not connect to the endpoint URL" in said.getvalue() else said.getvalue() or "nothing"


@pytest.mark.parametrize("reason", list(Reason), ids=lambda reason: reason.label)
def test_every_reason_says_who_acts_and_what_is_next(reason: Reason) -> None:
    advice = advice_of(reason)
    assert advice.who
    assert advice.after
    assert reason_of(reason.label) is reason
    assert bool(advice.change) is reason.blocks
    assert reason.blocks or not advice.command


@pytest.mark.parametrize("reason", BLOCKING, ids=lambda reason: reason.label)
def test_every_reason_that_blocks_has_a_state_that_is_tried_here(reason: Reason) -> None:
    assert held(reason).message


@pytest.mark.parametrize("reason", sorted(set(BLOCKING) - COMMANDLESS, key=str), ids=lambda reason: reason.label)
def test_the_command_that_unblocks_is_one_that_the_aws_cli_takes(reason: Reason) -> None:
    line = command(reason)
    assert "{" not in line.replace("{user}", "")
    if line == "keyturn doctor":
        return
    assert understood(line) == ""
    named = {"alice", FIRST, SECOND, ALARM, USER_ID, "arn", "keyturn"}
    assert any(name in line for name in named), "it names what it is about"


def test_what_the_aws_cli_does_not_take_is_noticed() -> None:
    assert understood("aws iam delete-access-key --user-name alice") != ""
    assert understood("aws iam delete-acces-key --user-name alice --access-key-id x") != ""


def test_a_key_in_use_is_unblocked_by_its_consumer_and_no_command() -> None:
    for reason in COMMANDLESS:
        assert command(reason) == ""
        assert "consumer" in advice_of(reason).change


def test_a_user_that_aws_has_fenced_in_is_unblocked_by_detaching_the_policy() -> None:
    message = "AWS has attached policy AWSCompromisedKeyQuarantineV3: a key of this user is exposed"
    line = command_for(Reason.KEY_EXPOSED, Known("alice", None, "s", message))
    assert line.endswith("--policy-arn arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3")
    assert understood(line) == ""


def test_no_name_escapes_from_its_place_in_a_command() -> None:
    line = command_for(Reason.EXPIRED_KEY, Known("a;rm -rf ~", "AKIAFAKE$(id)", "s", "m"))
    assert shlex.split(line)[4:7] == ["a;rm -rf ~", "--access-key-id", "AKIAFAKE$(id)"]


def test_a_deactivated_key_s_clock_is_nobody_s_business() -> None:
    state = a_user([inactive(120), active(20, used=1)], a_secret(*rotation(20), tags=deactivated(FIRST, 3)))
    action = plan(state, policy(), NOW)
    assert isinstance(action, Hold)
    assert advice_of(action.reason).who == "nobody: time"
