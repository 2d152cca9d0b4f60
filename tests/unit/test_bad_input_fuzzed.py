"""Events, environments and tags that nobody has thought of: never an unexpected exception, never a change for them."""

import re
from collections.abc import Mapping
from dataclasses import fields
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from keyturn.request import SCHEMA, InvalidRequest
from keyturn.rotate import RunFailed
from keyturn.settings import InvalidSettings, Settings
from tests.fakes.invariants import violations
from tests.lambda_function import ENFORCE, LambdaFunction
from tests.proving import PROVE
from tests.unit.bad_input import account, rotation

tried = settings(
    max_examples=5_000 if PROVE else 150,
    derandomize=not PROVE,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TEXT = st.text(st.characters(codec=None), max_size=40)  # half characters, too: "\ud800" is JSON
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


def fitting(schema: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """What fits a schema, as far as a request's schema goes."""
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    match schema["type"]:
        case "boolean":
            return st.booleans()
        case "string":
            return st.sampled_from(["alice", "bob"]) | st.from_regex(schema["pattern"], fullmatch=True)
        case "array":
            return st.lists(fitting(schema["items"]), min_size=schema["minItems"], max_size=4)
        case "object":
            members = {name: fitting(member) for name, member in schema["properties"].items()}
            required = {name: members.pop(name) for name in schema["required"]}
            return st.fixed_dictionaries(required, optional=members)
    raise NotImplementedError(schema)


def almost_fitting(schema: Mapping[str, Any]) -> st.SearchStrategy[dict[Any, Any]]:
    """An object that fits but for some members that are of another kind, or nobody's, or gone."""
    names = st.sampled_from([*schema["properties"], "source", "detail-type", "alarmArn", "Users", "dry-run"])
    spoilt = st.dictionaries(names | TEXT, ANYTHING | st.sampled_from([[], {}, "", 0, 1, "true"]), max_size=2)
    gone = st.sets(st.sampled_from(list(schema["properties"])), max_size=1)
    return st.builds(
        lambda good, bad, less: {name: value for name, value in (good | bad).items() if name not in less},
        fitting(schema),
        spoilt,
        gone,
    )


HOME = "111122223333"  # where LambdaFunction says that the function is


def _is_account(value: object) -> bool:
    return isinstance(value, str) and len(value) == 12 and set(value) <= set("0123456789")


def asks(event: Any) -> bool:  # noqa: ANN401 - it may be anything
    """Whether an event is a request, said once more and without the schema."""
    ours = {"action", "account", "users", "force", "dry_run", "brief", "on_failure"}
    if not isinstance(event, dict):
        return False
    if not (ours - {"account"}) & event.keys():
        shapes = ({"source", "detail-type"}, {"source", "alarmArn"})
        return not event or any(all(isinstance(event.get(name), str) for name in shape) for shape in shapes)
    action, users, force = event.get("action"), event.get("users"), event.get("force", False)
    return (
        event.keys() <= ours
        and action in ("rotate", "status", "rollback", "notify_test")
        and ("users" not in event or _names(users))
        and isinstance(force, bool)
        and isinstance(event.get("brief", False), bool)
        and ("account" not in event or _is_account(event["account"]))
        and isinstance(event.get("dry_run", False), bool)
        and event.get("on_failure", "report") in ("report", "raise")
        and (action not in ("rollback", "notify_test") or "users" in event)
        and (action == "rotate" or not force)
    )


def _names(users: Any) -> bool:  # noqa: ANN401 - it may be anything
    return (
        isinstance(users, list)
        and 0 < len(users) <= 5000
        and all(isinstance(name, str) and re.fullmatch(r"[A-Za-z0-9_+=,.@-]{1,128}", name) for name in users)
    )


@tried
@given(ANYTHING | fitting(SCHEMA) | almost_fitting(SCHEMA))
@example({"action": "rotate"})
@example({"source": "", "detail-type": ""})
@example({"action": "notify_test", "on_failure": "raise", "users": ["alice"]})
def test_an_event_is_a_request_or_refused_and_changes_nothing(event: Any) -> None:  # noqa: ANN401 - it may be anything
    world = account()
    try:
        report = LambdaFunction(world).invoke(event)
    except InvalidRequest as refusal:
        told = str(refusal)
        strangers = asks(event) and not {"alice", "bob"} >= set(map(str.lower, event.get("users", [])))
        elsewhere = asks(event) and event.get("account", HOME) != HOME
        assert strangers or ((elsewhere or not asks(event)) and world.log == [])
        assert world.mutations == []
        assert len(told) < 2000
        assert told.encode()
    except RunFailed:  # no letter can be sent here
        assert asks(event)
        assert (event["action"], event["on_failure"]) == ("notify_test", "raise")
        assert world.mutations == []
    else:
        assert asks(event)
        assert (event.get("action"), event.get("on_failure")) != ("notify_test", "raise")
        looks_only = event.get("dry_run", False) or event.get("action", "rotate") == "status"
        assert not (looks_only and world.mutations)
        nobody_mails = event.get("action") == "notify_test"
        assert report["status"] == ("FAILED" if nobody_mails else "OK")
        assert not (nobody_mails and world.mutations)
    assert violations(world) == []


DIGITS = st.integers(-1, 4000).map(str)
VALUE = TEXT | DIGITS | st.sampled_from(["enforce", "observe", "true", "hold", "deactivate", "alert", "/", "keyturn/"])
NAME = st.sampled_from([each.name.upper() for each in fields(Settings)])


@tried
@given(st.dictionaries((NAME | TEXT).map(lambda name: f"KEYTURN_{name}"), VALUE, max_size=4))
@example({})
@example({"KEYTURN_MODE": "observe", "KEYTURN_USER_PATH": "/"})
def test_an_environment_is_obeyed_or_refused_before_any_call(environment: dict[str, str]) -> None:
    world = account()
    try:
        LambdaFunction(world, ENFORCE | environment).invoke({})
    except InvalidSettings as refusal:
        told = str(refusal)
        assert world.log == []
        assert told.encode()
    else:
        kept = Settings.from_environment(ENFORCE | environment)
        assert kept.max_age_days > 2 * kept.grace_days + kept.recovery_days
        assert not (kept.mode == "observe" and world.mutations)
        assert {call.params["UserName"] for call in world.calls() if call.operation == "create_access_key"} <= {
            user.name for user in world.users.values() if user.path.startswith(kept.user_path)
        }
    assert violations(world) == []


IAM_TEXT = st.from_regex(r"[\w .:/=+\-@]{0,256}", fullmatch=True)
DATES = st.dates(date(2029, 12, 1), date(2030, 3, 1)).map(str)
TAGS = st.dictionaries(
    st.sampled_from(["exempt-until", "max-age-days", "grace-days", "owner", "guard-alarm", "managed"]).map(
        lambda name: f"keyturn:{name}"
    ),
    IAM_TEXT | DIGITS | DATES | st.sampled_from(["alarm", "true"]),
)


def readable(tags: Mapping[str, str]) -> bool:
    """Whether all tags that decide on a rotation can be read, said once more."""
    until, age, grace = (tags.get(f"keyturn:{name}") for name in ("exempt-until", "max-age-days", "grace-days"))
    return (
        (until is None or _is_a_date(until))
        and (age is None or (_is_a_number(age) and 1 <= int(age) <= 90))
        and (grace is None or (_is_a_number(grace) and 1 <= int(grace) <= 365))
    )


def _is_a_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 5


def _is_a_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


@tried
@given(TAGS)
@example({})
@example({"keyturn:exempt-until": "2030-02-30"})
def test_tags_are_obeyed_or_hold_their_user(tags: dict[str, str]) -> None:
    world = account()
    world.alarm("alarm")
    world.users["alice"].tags = dict(tags)
    function = LambdaFunction(world, ENFORCE | {"KEYTURN_USER_PATH": "/"})
    for _ in range(3):
        report = function.invoke(rotation(users=["alice"]))
        assert "unexpected" not in report["users"][0]["message"]
        world.advance(timedelta(days=20))
    assert readable(tags) or world.mutations == []
    assert violations(world) == []
