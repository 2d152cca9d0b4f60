"""Bad events of every kind: each is told what is wrong with it and what is allowed, before any call to AWS."""

import json
import math

import pytest

from keyturn import rotate
from keyturn.request import InvalidRequest
from tests.lambda_function import LambdaFunction
from tests.unit.bad_input import CYRILLIC_O, MEGABYTES, account, rotation

NESTED = json.loads("[" * 900 + "]" * 900)

ACTION = "request.action must be one of ['rotate', 'status', 'rollback', 'notify_test']"
USER = "request.users[0] must match pattern ^[A-Za-z0-9_+=,.@-]{1,128}$"
FIELDS = "(allowed are action, account, users, force, dry_run, brief, on_failure)"
ON_FAILURE = "request.on_failure must be one of ['report', 'raise']"
OBJECT = "request must be object"
ABSENT = "request must contain ['action'] properties"
ENVELOPE = {"source": "aws.events", "detail-type": "Scheduled Event"}

EVENTS: dict[str, tuple[object, str]] = {
    "nothing": (None, f"{OBJECT}, and is None"),
    "an empty list": ([], f"{OBJECT}, and is []"),
    "a list of requests": ([{"action": "rotate"}], f"{OBJECT}, and is [{{'action'"),
    "a word": ("rotate", f"{OBJECT}, and is 'rotate'"),
    "an empty word": ("", f"{OBJECT}, and is ''"),
    "a number": (42, f"{OBJECT}, and is 42"),
    "no number": (math.nan, f"{OBJECT}, and is nan"),
    "infinity": (math.inf, f"{OBJECT}, and is inf"),
    "a truth": (True, f"{OBJECT}, and is True"),
    "JSON in a string": ('{"action": "rotate"}', f"{OBJECT}, and is '{{"),
    "six megabytes": ("x" * MEGABYTES, f"{OBJECT}, and is 'xxx"),
    "900 lists in each other": (NESTED, f"{OBJECT}, and is [[["),
    "no action": ({"users": ["alice"]}, f"{ABSENT}, and is {{'users': ['alice']}}"),
    "an action in capitals": ({"Action": "rotate"}, f"{ABSENT}, and is {{'Action'"),
    "null as action": (rotation(action=None), f"{ACTION}, and is None"),
    "a number as action": (rotation(action=1), f"{ACTION}, and is 1"),
    "a truth as action": (rotation(action=True), f"{ACTION}, and is True"),
    "a list as action": (rotation(action=["rotate"]), f"{ACTION}, and is ['rotate']"),
    "an object as action": (rotation(action={}), f"{ACTION}, and is {{}}"),
    "a shouted action": (rotation(action="ROTATE"), f"{ACTION}, and is 'ROTATE'"),
    "an unknown action": (rotation(action="delete"), f"{ACTION}, and is 'delete'"),
    "an action with a blank": (rotation(action="rotate "), f"{ACTION}, and is 'rotate '"),
    "an action with a line end": (rotation(action="rotate\n"), f"{ACTION}, and is 'rotate\\n'"),
    "an action with a NUL": (rotation(action="rotate\0"), f"{ACTION}, and is 'rotate\\x00'"),
    "a Cyrillic letter in the action": (rotation(action=f"r{CYRILLIC_O}tate"), f"{ACTION}, and is 'r{CYRILLIC_O}tate'"),
    "half a character as action": (rotation(action="\ud800"), f"{ACTION}, and is '\\ud800'"),
    "SQL as action": (rotation(action='rotate"; DROP TABLE users'), f"{ACTION}, and is 'rotate\"; DROP"),
    "a look-up as action": (rotation(action="${jndi:ldap://x/y}"), f"{ACTION}, and is '${{jndi:"),
    "a path as action": (rotation(action="../rotate"), f"{ACTION}, and is '../rotate'"),
    "six megabytes as action": (rotation(action="x" * MEGABYTES), f"{ACTION}, and is 'xxx"),
    "a list of lists as action": (rotation(action=NESTED), f"{ACTION}, and is [[["),
    "user instead of users": (rotation(user=["alice"]), f"request must not contain {{'user'}} properties {FIELDS}"),
    "dry-run instead of dry_run": (
        rotation(**{"dry-run": True}),
        f"request must not contain {{'dry-run'}} properties {FIELDS}",
    ),
    "a field of another language": (rotation(__proto__={}), "request must not contain {'__proto__'} prop"),
    "half a character as field": (rotation(**{"\ud800": 1}), "request must not contain {'\\ud800'} properties"),
    "an empty name of a field": (rotation(**{"": 1}), f"request must not contain {{''}} properties {FIELDS}"),
    "a field of six megabytes": (rotation(**{"x" * MEGABYTES: 1}), "request must not contain {'xxx"),
    "a hundred thousand fields": (rotation(**{f"f{each}": 1 for each in range(100_000)}), FIELDS),
    "one name as users": (rotation(users="alice"), "request.users must be array, and is 'alice'"),
    "null as users": (rotation(users=None), "request.users must be array, and is None"),
    "an object as users": (rotation(users={"alice": True}), "request.users must be array, and is {'alice': True}"),
    "no users": (rotation(users=[]), "request.users must contain at least 1 items, and is []"),
    "too many users": (rotation(users=["alice"] * 5001), "request.users must contain less than or equal to 5000"),
    "a number as user": (rotation(users=[7]), "request.users[0] must be string, and is 7"),
    "no number as user": (rotation(users=[math.nan]), "request.users[0] must be string, and is nan"),
    "null as user": (rotation(users=["alice", None]), "request.users[1] must be string, and is None"),
    "a list as user": (rotation(users=[["alice"]]), "request.users[0] must be string, and is ['alice']"),
    "an empty user": (rotation(users=[""]), f"{USER}, and is ''"),
    "a user's name of 129": (rotation(users=["a" * 129]), f"{USER}, and is 'aaa"),
    "a user's name of six megabytes": (rotation(users=["a" * MEGABYTES]), f"{USER}, and is 'aaa"),
    "a user with a line end": (rotation(users=["alice\n"]), f"{USER}, and is 'alice\\n'"),
    "a user with a NUL": (rotation(users=["alice\0"]), f"{USER}, and is 'alice\\x00'"),
    "a user with an escape": (rotation(users=["\x1b[2Jalice"]), f"{USER}, and is '\\x1b[2Jalice'"),
    "every user": (rotation(users=["*"]), f"{USER}, and is '*'"),
    "a user's path": (rotation(users=["../alice"]), f"{USER}, and is '../alice'"),
    "a user's ARN": (rotation(users=["arn:aws:iam::1:user/alice"]), f"{USER}, and is 'arn:aws"),
    "root": (rotation(users=["<root_account>"]), f"{USER}, and is '<root_account>'"),
    "a user with an umlaut": (rotation(users=["\N{LATIN SMALL LETTER A WITH DIAERESIS}lice"]), f"{USER}, and is '"),
    "half a character as user": (rotation(users=["\udfff"]), f"{USER}, and is '\\udfff'"),
    "SQL as user": (rotation(users=["alice'; DROP TABLE users; --"]), f"{USER}, and is \"alice'; DROP"),
    "a look-up as user": (rotation(users=["${jndi:ldap://x/y}"]), f"{USER}, and is '${{jndi:"),
    "a command as user": (rotation(users=["$(id)"]), f"{USER}, and is '$(id)'"),
    "force in words": (rotation(force="true"), "request.force must be boolean, and is 'true'"),
    "force as a number": (rotation(force=1), "request.force must be boolean, and is 1"),
    "null as force": (rotation(force=None), "request.force must be boolean, and is None"),
    "no number as force": (rotation(force=math.nan), "request.force must be boolean, and is nan"),
    "dry_run in words": (rotation(dry_run="false"), "request.dry_run must be boolean, and is 'false'"),
    "dry_run as a number": (rotation(dry_run=0), "request.dry_run must be boolean, and is 0"),
    "less than infinite dry_run": (rotation(dry_run=-math.inf), "request.dry_run must be boolean, and is -inf"),
    "a list as dry_run": (rotation(dry_run=[]), "request.dry_run must be boolean, and is []"),
    "a shouted on_failure": (rotation(on_failure="RAISE"), f"{ON_FAILURE}, and is 'RAISE'"),
    "null as on_failure": (rotation(on_failure=None), f"{ON_FAILURE}, and is None"),
    "a truth as on_failure": (rotation(on_failure=True), f"{ON_FAILURE}, and is True"),
    "a test letter to everybody": (
        {"action": "notify_test"},
        "users is absent: action 'notify_test' needs the names of the users whose owners get a test letter",
    ),
    "a forced test letter": (
        {"action": "notify_test", "users": ["alice"], "force": True},
        "force is true: action 'notify_test' knows no force",
    ),
    "a rollback of everybody": ({"action": "rollback"}, "users is absent: action 'rollback' needs the names"),
    "a forced rollback": (
        {"action": "rollback", "users": ["alice"], "force": True},
        "force is true: action 'rollback' knows no force",
    ),
    "a forced status": ({"action": "status", "force": True}, "force is true: action 'status' knows no force"),
    "half an envelope": ({"source": "aws.events"}, f"{ABSENT}, and is {{'source': 'aws.events'}}"),
    "an envelope of another kind": ({"source": 1, "detail-type": []}, f"{ABSENT}, and is {{'source': 1"),
    "an envelope around an action": ({**ENVELOPE, "action": "rotate", "dry_run": True}, "request must not contain {'"),
    "an envelope around users": ({**ENVELOPE, "users": ["bob"]}, f"{ABSENT}, and is {{'source'"),
    "an alarm that asks": ({"source": "aws.cloudwatch", "alarmArn": "arn:", "force": True}, ABSENT),
}


@pytest.mark.parametrize(("event", "told"), EVENTS.values(), ids=EVENTS)
def test_a_bad_event_is_refused_before_any_call(event: object, told: str) -> None:
    world = account()
    with pytest.raises(InvalidRequest) as caught:
        LambdaFunction(world).invoke(event)
    message = str(caught.value)
    assert told in message
    assert len(message) < 1000
    assert message.encode(), "Lambda answers in UTF-8"
    assert world.log == []


def test_an_event_nested_as_deep_as_it_can_be_parsed_is_refused() -> None:
    depth, parsed = 900, NESTED
    while True:
        try:
            parsed = json.loads("[" * depth + "]" * depth)
        except RecursionError:
            break
        depth += 1
    with pytest.raises(InvalidRequest) as caught:
        _deeper(40, {"action": "rotate", "users": parsed})
    assert "request is nested too deeply: allowed is" in str(caught.value)


def _deeper(frames: int, event: object) -> None:
    if frames:
        _deeper(frames - 1, event)
    else:
        rotate.read(event)
