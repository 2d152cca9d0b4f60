"""The report's evidence: what IAM shows, what the rotator says and what was logged, as one document."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import fastjsonschema
import pytest
from botocore.exceptions import ClientError

from keyturn_cli.reporting.deployed import gather
from keyturn_cli.reporting.document import document
from keyturn_cli.reporting.page import report_page
from keyturn_cli.trouble import Trouble
from tests.cli.lived import LivedStack, a_user, an_account
from tests.cli.running import Ended, keyturn

SCHEMA = Path(__file__).parents[2] / "schemas" / "report.schema.json"
Patch = pytest.MonkeyPatch
Capture = pytest.CaptureFixture[str]
Report = Callable[..., Ended]


def told(stack: LivedStack, days: int = 90) -> dict[str, Any]:
    return document(gather(stack, days, stack.world.now)[0])  # type: ignore[arg-type] # a stack in all that is asked of it


def user(whole: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in whole["users"] if each["user"] == name)
    return found


@pytest.fixture(scope="module")
def account() -> LivedStack:
    return an_account()


@pytest.fixture(scope="module")
def whole(account: LivedStack) -> dict[str, Any]:
    return told(account)


def test_every_user_of_the_account_is_in_it_with_the_keys_that_iam_shows(
    account: LivedStack, whole: dict[str, Any]
) -> None:
    shown = {
        each["user"]: {key["id"]: key["status"] for key in each["keys"] if key["status"] != "Deleted"}
        for each in whole["users"]
    }
    there = {each.name: {key.id: key.status for key in each.living} for each in account.world.users.values()}
    assert shown == there


def test_the_document_is_as_its_schema_says(whole: dict[str, Any]) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    fastjsonschema.compile(schema)(json.loads(json.dumps(whole)))


def test_the_schema_describes_every_field_and_no_other(whole: dict[str, Any]) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    seen: dict[str, set[str]] = {}
    _walk(whole, schema, schema, "", seen)
    described: dict[str, set[str]] = {}
    _described(schema, schema, "", described)
    del described[".users.failure"]  # nothing failed in this account
    assert seen == described


def _resolved(part: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    part = next((each for each in part.get("anyOf", []) if each.get("type") != "null"), part)
    found: dict[str, Any] = schema["definitions"][part["$ref"].rsplit("/", 1)[-1]] if "$ref" in part else part
    return found


def _walk(value: Any, part: dict[str, Any], schema: dict[str, Any], at: str, seen: dict[str, set[str]]) -> None:  # noqa: ANN401 - JSON
    part = _resolved(part, schema)
    if isinstance(value, dict):
        seen.setdefault(at, set()).update(value)
        for name, each in value.items():
            _walk(each, part["properties"][name], schema, f"{at}.{name}", seen)
    if isinstance(value, list):
        for each in value:
            _walk(each, part["items"], schema, at, seen)


def _described(part: dict[str, Any], schema: dict[str, Any], at: str, described: dict[str, set[str]]) -> None:
    part = _resolved(part, schema)
    if "properties" in part:
        described[at] = set(part["properties"])
        assert part["required"] == list(part["properties"])
        for name, each in part["properties"].items():
            _described(each, schema, f"{at}.{name}", described)
    if "items" in part:
        _described(part["items"], schema, at, described)


def test_keys_over_the_limit_fail_the_account_and_are_counted(whole: dict[str, Any]) -> None:
    assert whole["verdict"]["state"] == "fail"
    assert whole["verdict"]["headline"] == "4 Active keys of 3 users are over the limit"
    over = {each["user"] for each in whole["users"] if each["over_limit"]}
    assert over == {"erp-connector", "mistagged", "two-keys-by-hand", "vendor-printer"}
    assert whole["figures"]["keys_over_limit"] == 5
    assert whole["figures"]["keys_over_limit_of_exempt_users"] == 1
    assert whole["figures"]["oldest_active_key_age_days"] == 290


def test_a_key_in_use_past_its_last_day_is_told_apart_from_other_blocks(whole: dict[str, Any]) -> None:
    past = [each["user"] for each in whole["users"] if each["past_deadline"]]
    assert past == ["erp-connector"]
    blocked = {each["user"]: each["reason"] for each in whole["users"] if each["blocked"]}
    assert blocked == {"erp-connector": "KeyInUse", "mistagged": "InvalidTag", "two-keys-by-hand": "TwoKeysInUse"}
    assert all(each["do"] for each in whole["users"] if each["blocked"])


def test_what_was_done_is_in_it_with_the_times_at_which_it_was_done(account: LivedStack, whole: dict[str, Any]) -> None:
    done = [(each["action"], each["outcome"]) for each in whole["done"] if each["user"] == "ci-deploy"]
    assert done == [(action, "Done") for action in ("CreateKey", "DeactivateKey", "DeleteKey", "CreateKey")]
    begins = account.world.now - timedelta(days=90)
    assert all(f"{begins:%Y-%m-%d}" <= each["at"] for each in whole["done"])
    assert whole["figures"]["rotations"] == sum(each["action"] == "CreateKey" for each in whole["done"])


def test_each_period_of_a_key_is_as_long_as_the_settings_say(whole: dict[str, Any]) -> None:
    deleted, present = user(whole, "billing-export")["keys"]
    stages = [(each["stage"], _days(each)) for each in deleted["periods"]]
    assert stages[1:] == [("Grace", 14), ("Recovery", 30)]
    assert deleted["status"] == "Deleted"
    (current, planned) = present["periods"]
    assert (current["stage"], planned["stage"], planned["planned"]) == ("Current", "Current", True)
    assert planned["to"] == user(whole, "billing-export")["next_review"]
    recovering = user(whole, "grafana")["keys"][1]
    assert [each["stage"] for each in recovering["periods"]] == ["Current", "Grace", "Recovery", "Recovery"]
    assert _days(recovering["periods"][2]) + _days(recovering["periods"][3]) == 30


def _days(period: dict[str, Any]) -> int:
    return (datetime.fromisoformat(period["to"]) - datetime.fromisoformat(period["from"])).days


def test_a_key_that_somebody_switched_off_is_not_drawn_as_active(whole: dict[str, Any]) -> None:
    gone = user(whole, "switched-off")["keys"][0]
    assert [each["stage"] for each in gone["periods"]] == ["Inactive"]


def test_a_key_deactivated_before_the_period_and_deleted_in_it_is_not_drawn_as_active(whole: dict[str, Any]) -> None:
    first = user(whole, "idle-backup")["keys"][0]
    assert first["status"] == "Deleted"
    assert [each["stage"] for each in first["periods"]] == ["Recovery"]


def test_an_exemption_has_its_end_and_says_whether_it_covers_an_old_key(
    account: LivedStack, whole: dict[str, Any]
) -> None:
    assert whole["exemptions"] == [
        {
            "user": "vendor-printer",
            "account": account.account,
            "until": "2030-06-30",
            "days_left": 50,
            "over_limit": True,
        }
    ]


def test_only_exempt_users_over_the_limit_want_attention_and_do_not_fail() -> None:
    stack = LivedStack()
    a_user(stack, "vendor", age=160, tags={"keyturn:exempt-until": "2030-06-30"})
    stack.live(1)
    verdict = told(stack)["verdict"]
    assert verdict["state"] == "attention"
    assert verdict["headline"] == "No Active key is over the limit, but for exempt users"


def test_an_exemption_that_cannot_be_read_excuses_nobody() -> None:
    stack = LivedStack()
    a_user(stack, "vendor", age=160, tags={"keyturn:exempt-until": "next summer"})
    stack.live(1)
    whole = told(stack)
    assert whole["verdict"]["state"] == "fail"
    assert whole["exemptions"] == []


def test_an_account_in_which_all_is_well_passes() -> None:
    stack = LivedStack()
    a_user(stack, "alice", age=80)
    stack.live(100)
    whole = told(stack)
    assert (whole["verdict"]["state"], whole["verdict"]["headline"]) == ("pass", "No Active key is over the limit")
    assert whole["figures"]["rotations"] == 1


def test_a_key_is_over_its_own_users_limit() -> None:
    stack = LivedStack(options={"mode": "observe"})
    a_user(stack, "strict", age=61, tags={"keyturn:max-age-days": "60"})
    a_user(stack, "usual", age=61)
    whole = told(stack)
    assert [each["user"] for each in whole["users"] if each["over_limit"]] == ["strict"]
    assert "The stack is in mode observe: it reports, and rotates nothing." in whole["verdict"]["sentences"]


def test_users_out_of_scope_are_in_it_and_count_for_the_verdict() -> None:
    stack = LivedStack(options={"user_path": "/services/"})
    a_user(stack, "alice", age=10, path="/services/")
    a_user(stack, "stranger", age=200)
    whole = told(stack)
    stranger = user(whole, "stranger")
    assert (stranger["stage"], stranger["in_scope"], stranger["reason"]) == ("OutOfScope", False, None)
    assert whole["verdict"]["state"] == "fail"
    assert "1 user over the limit is out of Keyturn's scope." in whole["verdict"]["sentences"]


def test_a_user_whose_keys_cannot_be_read_is_not_vouched_for() -> None:
    stack = LivedStack()
    a_user(stack, "alice", age=10)
    a_user(stack, "secretive", age=10)
    stack.clients["iam"] = Refusing(stack.client("iam"), "secretive")
    whole = told(stack)
    assert user(whole, "secretive")["unreadable"] == "ListAccessKeys: AccessDenied"
    assert whole["verdict"]["state"] == "attention"
    assert whole["verdict"]["headline"] == "No Active key that could be read is over the limit"
    assert "secretive" not in str(whole["controls"])
    assert "no access key" not in report_page(whole), "nobody knows"


def test_a_key_made_after_the_operators_clock_is_new_and_no_error() -> None:
    stack = LivedStack()
    a_user(stack, "alice", age=0)
    slow = stack.world.now - timedelta(minutes=3)
    whole = document(gather(stack, 90, slow)[0])  # type: ignore[arg-type] # as above
    assert user(whole, "alice")["keys"][0]["age_days"] == 0
    assert "No Active key is over the limit" in report_page(whole)


class Refusing:
    """IAM, which does not give one user's keys."""

    def __init__(self, iam: Any, name: str) -> None:  # noqa: ANN401 - any client
        self._iam, self._name = iam, name

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any operation
        """Give any other operation."""
        return getattr(self._iam, name)

    def get_paginator(self, operation: str) -> Any:  # noqa: ANN401 - botocore's paginator, or one that refuses
        return (
            RefusingPages(self._iam, self._name)
            if operation == "list_access_keys"
            else self._iam.get_paginator(operation)
        )


class RefusingPages:
    """ListAccessKeys, denied for one user."""

    def __init__(self, iam: Any, name: str) -> None:  # noqa: ANN401 - any client
        self._iam, self._name = iam, name

    def paginate(self, *, UserName: str) -> Iterator[dict[str, Any]]:  # noqa: N803 - boto3's parameter
        if UserName == self._name:
            raise ClientError({"Error": {"Code": "AccessDenied"}}, "ListAccessKeys")
        yield from self._iam.get_paginator("list_access_keys").paginate(UserName=UserName)


def test_logs_that_may_not_be_read_leave_a_note_and_want_attention() -> None:
    stack = LivedStack()
    a_user(stack, "alice", age=80)
    stack.live(3)
    stack.logs.denied = True
    whole = told(stack)
    assert whole["done"] == []
    assert [note for note in whole["notes"] if "logs:FilterLogEvents" in note]
    assert whole["verdict"]["state"] == "attention"


def test_a_failure_that_was_followed_by_a_success_is_history_and_the_last_one_is_not() -> None:
    stack = LivedStack()
    a_user(stack, "alice", age=80)
    stack.world.user("bob")
    stack.live(1)
    events = stack.logs.events["/aws/lambda/Keyturn-Rotator"]
    (done,) = [each for each in events if '"Done"' in each["message"]]
    failed = {**done, "message": done["message"].replace('"Done"', '"Failed"')}
    events.insert(0, failed)
    assert user(told(stack), "alice")["failure"] is None
    events.append({**failed, "timestamp": failed["timestamp"] + 1000})
    whole = told(stack)
    assert user(whole, "alice")["failure"]["action"] == "CreateKey"
    assert whole["verdict"]["state"] == "attention"
    stack.world.advance(timedelta(days=3))
    assert user(told(stack), "alice")["failure"] is None


@pytest.fixture
def run(account: LivedStack, monkeypatch: Patch, capsys: Capture) -> Report:
    now = account.world.now

    class Clock(datetime):
        @classmethod
        def now(cls, _zone: Any = None) -> datetime:  # type: ignore[override] # noqa: ANN401 - datetime's own
            return now

    monkeypatch.setattr("keyturn_cli.stack.find", lambda _target: account)
    monkeypatch.setattr("keyturn_cli.report.datetime", Clock)

    def command(*arguments: object) -> Ended:
        return keyturn(capsys, "report", *arguments)

    return command


def test_key_ids_are_masked_in_every_format_unless_asked_for(run: Report, account: LivedStack) -> None:
    ids = [key for user in account.world.users.values() for key in (each.id for each in user.living)]
    for kind in ("html", "json", "csv", "asff"):
        out = run("--format", kind).out
        assert not [each for each in ids if each in out], kind
    assert all(each in run("--format", "json", "--full").out for each in ids[:3])
    assert "AKIA\\u20260010" in run("--format", "json").out


def test_no_secret_access_key_is_in_any_format(run: Report, account: LivedStack) -> None:
    secrets = [key.secret for key in account.world.keys.values()]
    assert secrets
    for kind in ("html", "json", "csv", "asff"):
        ended = run("--format", kind, "--full")
        assert not [each for each in secrets if each in ended.out + ended.err], kind


def test_the_exit_code_tells_on_request_that_the_verdict_is_not_pass(run: Report, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    ended = run("--out", path)
    assert (ended.code, ended.out) == (0, "")
    assert f"4 Active keys of 3 users are over the limit (fail); written to {path}" in ended.err
    assert run("--out", path, "--exit-code").code == 3
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_csv_has_a_line_a_user_and_no_formula(run: Report, account: LivedStack) -> None:
    account.world.users["keyless"].tags["keyturn:owner"] = '=HYPERLINK("https://example.com")'
    rows = list(csv.DictReader(io.StringIO(run("--format", "csv").out)))
    assert [row["user"] for row in rows] == sorted(row["user"] for row in rows)
    assert len(rows) == len(account.world.users)
    keyless = next(row for row in rows if row["user"] == "keyless")
    assert keyless["owner"].startswith("'=")
    assert keyless["active_keys"] == "0"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--send",), "add --format asff"),
        (("--product-arn", "arn:aws:securityhub:::product/a/b"), "add --format asff"),
        (("--out", "/nowhere/at/all.html"), "cannot be written"),
    ],
)
def test_what_is_asked_for_in_a_wrong_way_is_one_line(run: Report, arguments: tuple[str, ...], said: str) -> None:
    ended = run(*arguments)
    assert ended.code in {1, 2}
    assert said in ended.err
    assert ended.out == ""


def test_a_stack_that_refuses_gives_no_report(monkeypatch: Patch, capsys: Capture, tmp_path: Path) -> None:
    class Refuses(LivedStack):
        def invoke(self, request: Any, doing: str) -> dict[str, Any]:  # noqa: ANN401 - as the stack's
            raise Trouble(f"the rotator refused {request} {doing}")

    monkeypatch.setattr("keyturn_cli.stack.find", lambda _target: Refuses())
    path = tmp_path / "report.html"
    assert keyturn(capsys, "report", "--out", path).code == 1
    assert not path.exists()
