"""Bad tags and names of users: a tag holds its user and is told, a name is told; what is merely odd is rotated."""

from typing import Any

import pytest

from keyturn.request import InvalidRequest
from tests.fakes.invariants import violations
from tests.fakes.world import World
from tests.lambda_function import ENFORCE, LambdaFunction
from tests.unit.bad_input import ARABIC_90, FULLWIDTH_90, account, rotation

ISO = "allowed is an ISO date such as 2026-12-31"
REGION = "allowed is a region of AWS such as eu-west-1"
MOST_90, MOST_365 = "a whole number of days from 1 to 90", "a whole number of days from 1 to 365"
TAGS: list[tuple[str, str, str]] = [
    *(
        ("exempt-until", text, ISO)
        for text in (
            "",
            " ",
            "tomorrow",
            "2030-13-01",
            "2030-02-30",
            "2030-1-1",
            "20301231",
            "2030-W01-1",
            "2030-12-31T00:00:00Z",
            " 2030-12-31",
            "2030-12-31 ",
            "0000-01-01",
            "99999-01-01",
            "-2030-12-31",
            "NaN",
            f"20{ARABIC_90}-12-31",
            f"20{FULLWIDTH_90}-12-31",
            "9" * 256,
        )
    ),
    *(
        ("max-age-days", text, MOST_90)
        for text in ("", "0", "-1", "+60", "91", "60.5", "6e1", "NaN", "Infinity", ARABIC_90, " 60", "9" * 256)
    ),
    *(("grace-days", text, MOST_365) for text in ("", "0", "366", "-7", "7.0", "seven", FULLWIDTH_90)),
    *(("ses-smtp", text, REGION) for text in ("", "true", "eu-west-1a", "EU-WEST-1", "eu-west-1\n", "e" * 256)),
]


@pytest.mark.parametrize(("name", "text", "allowed"), TAGS)
@pytest.mark.parametrize("event", [{}, rotation(users=["alice"], force=True)], ids=["a scan", "by name"])
def test_a_tag_that_cannot_be_read_holds_its_user_and_is_told(
    event: dict[str, Any], name: str, text: str, allowed: str
) -> None:
    world = account()
    world.users["alice"].tags[f"keyturn:{name}"] = text
    message = _held(world, event, "InvalidTag")
    assert f"tag keyturn:{name} is {text[:64]!r}" in message
    assert allowed in message


@pytest.mark.parametrize(
    ("tags", "told"),
    [
        ({"max-age-days": "29"}, "allowed is a max age of 30 days or more"),
        ({"grace-days": "45"}, "allowed is a max age of 92 days or more"),
        ({"max-age-days": "10", "grace-days": "5"}, "allowed is a max age of 12 days or more"),
    ],
)
def test_tags_in_contradiction_hold_their_user(tags: dict[str, str], told: str) -> None:
    world = account()
    world.users["alice"].tags |= {f"keyturn:{name}": text for name, text in tags.items()}
    assert told in _held(world, {}, "SettingsDoNotFit")


@pytest.mark.parametrize("text", ["", "x" * 256])
def test_a_tag_that_can_name_no_alarm_holds_the_deactivation(text: str) -> None:
    world = World()
    alice = world.user("alice", tags={"keyturn:guard-alarm": text})
    world.key(alice, age_days=60, last_used_days=1)
    world.key(alice, age_days=200)
    message = _held(world, {}, "InvalidTag")
    assert f"tag keyturn:guard-alarm is {text[:64]!r}" in message
    assert "allowed is the name of a CloudWatch alarm, of 1 to 255 characters" in message


def _held(world: World, event: dict[str, Any], reason: str) -> str:
    report = LambdaFunction(world, ENFORCE | {"KEYTURN_USER_PATH": "/"}).invoke(event)
    (line,) = [line for line in report["users"] if line["user"] == "alice"]
    assert (line["action"], line["outcome"], line["reason"]) == ("Hold", "Held", reason)
    assert [call for call in world.mutations if "alice" in str(call.params)] == []
    return str(line["message"])


def test_a_tag_that_cannot_be_read_stops_nobody_else() -> None:
    world = account()
    world.users["alice"].tags["keyturn:exempt-until"] = "tomorrow"
    report = LambdaFunction(world).invoke({})
    assert {line["user"]: line["outcome"] for line in report["users"]} == {"alice": "Held", "bob": "Done"}


NAMES: list[tuple[list[str], dict[str, str], str]] = [
    (["nobody"], {}, "'nobody' is not an IAM user of this account"),
    (["alice", "nobody"], {}, "'nobody' is not an IAM user of this account"),
    (["nobody", "no-one"], {}, "'nobody' is not an IAM user of this account; 'no-one' is not"),
    ([".."], {}, "'..' is not an IAM user of this account"),
    (["alice=2C"], {}, "'alice=2C' is not an IAM user of this account"),
    (["alice,bob"], {}, "'alice,bob' is not an IAM user of this account"),
    (["a" * 128], {}, "is not an IAM user of this account"),
    (["bob"], {"KEYTURN_USER_PATH": "/services/"}, "'bob' has path '/people/': in scope is '/services/'"),
    (["BOB"], {"KEYTURN_USER_PATH": "/services/"}, "'BOB' has path '/people/': in scope is '/services/'"),
    (["bob"], {"KEYTURN_USER_PATH": "/peop/"}, "'bob' has path '/people/': in scope is '/peop/'"),
    (["alice", "bob"], {"KEYTURN_USER_PATH": "/people/"}, "'alice' has path '/': in scope is '/people/'"),
    (["alice"], {"KEYTURN_OPT_IN": "true"}, "'alice' has no tag keyturn:managed=true: in scope are users that have it"),
]


@pytest.mark.parametrize(("users", "settings", "told"), NAMES)
@pytest.mark.parametrize("action", ["rotate", "status", "rollback", "notify_test"])
def test_a_user_that_cannot_be_meant_is_told_and_nobody_is_touched(
    action: str, users: list[str], settings: dict[str, str], told: str
) -> None:
    world = account()
    with pytest.raises(InvalidRequest) as caught:
        LambdaFunction(world, ENFORCE | settings).invoke({"action": action, "users": users})
    assert "users: " in str(caught.value)
    assert told in str(caught.value)
    assert world.mutations == []


@pytest.mark.parametrize("text", ["True", "TRUE", "yes", "1", "", " true", "true "])
def test_only_the_word_true_opts_a_user_in(text: str) -> None:
    world = account()
    world.users["alice"].tags["keyturn:managed"] = text
    report = LambdaFunction(world, ENFORCE | {"KEYTURN_OPT_IN": "true"}).invoke({})
    assert (report["scanned"], report["users"]) == (0, [])
    assert world.mutations == []


ODD_NAMES = ["o,x", "o=2Cx", "=", ",", "-", "..", "+", "@", "a" * 64, "," * 64, "svc-abc123", "A.b_c-D@e+f=g,h", "0"]


def test_a_name_or_path_that_is_merely_odd_is_rotated_like_any_other() -> None:
    world = World()
    paths = ["/", "/a/b/c/", "/" + "p" * 510 + "/", "/!$&'()*+;:<>?[]^`{|}~\"\\#%/"]
    users = [world.user(name, path=path) for name, path in zip(ODD_NAMES, paths * 4, strict=False)]
    for user in users:
        world.key(user, age_days=91)
    report = LambdaFunction(world).invoke({})
    assert report["totals"]["CreateKey"] == len(users) == len(world.secrets)
    assert {world.keys[line["key"]].user.name for line in report["users"]} == set(ODD_NAMES)
    assert violations(world) == []
    again = LambdaFunction(world).invoke(rotation(users=ODD_NAMES))
    assert {line["reason"] for line in again["users"]} == {"GraceRunning"}
