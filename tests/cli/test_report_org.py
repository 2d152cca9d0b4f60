"""`keyturn report --org`: one report of all accounts, in which nothing is vouched for that could not be read."""

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import fastjsonschema
import pytest

from keyturn_cli.reporting import page as pages
from keyturn_cli.reporting.deployed import gather_all
from keyturn_cli.reporting.document import document
from keyturn_cli.reporting.findings import findings
from keyturn_cli.reporting.visits import Visits
from tests.cli.lived import a_user
from tests.cli.lived_organization import LivedOrganization
from tests.cli.running import Ended, keyturn
from tests.cli.test_report import SCHEMA, user

Patch = pytest.MonkeyPatch
Capture = pytest.CaptureFixture[str]
Report = Callable[..., Ended]
HUB, OLD, CLOSED, DARK = "111122223333", "222222222222", "333333333333", "444444444444"


def an_organization(**trouble: set[str]) -> LivedOrganization:
    """The same name in each account; in one its key is too old, since nothing is rotated there."""
    stack = LivedOrganization(**trouble)  # type: ignore[arg-type] # `closed` and `dark`
    for member in (stack, stack.join(OLD, mode="observe"), stack.join(CLOSED), stack.join(DARK)):
        a_user(member, "alice", age=70)
        member.live(40)
    return stack


def told(stack: LivedOrganization, *accounts: str) -> dict[str, Any]:
    visits = Visits(accounts or (HUB, *stack.members), "auditor")
    return document(gather_all(stack, visits, 90, stack.world.now)[0])  # type: ignore[arg-type] # a stack in all that is asked of it


def lines(whole: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["account"]: each for each in whole["accounts"]}


@pytest.fixture(scope="module")
def stack() -> LivedOrganization:
    return an_organization(closed={CLOSED}, dark={DARK})


@pytest.fixture(scope="module")
def whole(stack: LivedOrganization) -> dict[str, Any]:
    return told(stack)


def test_each_account_has_a_line_with_its_own_verdict(whole: dict[str, Any]) -> None:
    found = lines(whole)
    assert {account: each["state"] for account, each in found.items()} == {
        HUB: "pass",
        OLD: "fail",
        CLOSED: "unread",
        DARK: "attention",
    }
    assert (found[OLD]["keys_over_limit"], found[OLD]["oldest_active_key_age_days"]) == (1, 110)
    assert found[OLD]["mode"] == "observe"
    assert found[CLOSED]["unreadable"] == "role auditor, AssumeRole: AccessDenied"
    assert "does not lend its role" in found[DARK]["silent"]


def test_a_key_over_the_limit_anywhere_fails_the_whole_and_is_named_by_account(whole: dict[str, Any]) -> None:
    assert whole["verdict"]["state"] == "fail"
    assert whole["verdict"]["headline"] == "1 Active key of 1 user is over the limit"
    assert [(each["account"], each["user"]) for each in whole["users"] if each["over_limit"]] == [(OLD, "alice")]
    assert f"Nothing is rotated in 1 account ({OLD}), in mode observe." in whole["verdict"]["sentences"]


def test_of_an_account_that_could_not_be_read_nothing_is_proven() -> None:
    whole = told(an_organization(closed={CLOSED}), HUB, CLOSED)
    assert whole["verdict"]["state"] == "attention"
    assert whole["verdict"]["headline"] == "No Active key that could be read is over the limit"
    (sentence,) = [each for each in whole["verdict"]["sentences"] if "not proven" in each]
    assert f"1 account ({CLOSED})" in sentence
    assert CLOSED not in str(whole["controls"])


def test_where_no_account_could_be_read_the_headline_vouches_for_none() -> None:
    whole = told(an_organization(closed={CLOSED}), CLOSED)
    assert whole["verdict"]["state"] == "attention"
    assert whole["verdict"]["headline"] == "No account's keys could be read: nothing is proven"


def test_an_account_that_the_rotator_could_not_look_at_is_read_all_the_same(whole: dict[str, Any]) -> None:
    (alice,) = [each for each in whole["users"] if each["account"] == DARK]
    assert (alice["stage"], alice["in_scope"], len(alice["keys"])) == ("Unknown", False, 2)
    told = " ".join(whole["verdict"]["sentences"])
    assert f"Keyturn could not look at 1 account ({DARK})" in told
    assert "out of Keyturn's scope" not in told


def test_an_account_is_judged_by_its_own_rules() -> None:
    stack = LivedOrganization(options={"mode": "observe", "accounts": json.dumps({OLD: {"max_age_days": "60"}})})
    for member in (stack, stack.join(OLD, mode="observe")):
        a_user(member, "alice", age=70)
        member.live(1)
    whole = told(stack)
    assert {account: each["state"] for account, each in lines(whole).items()} == {HUB: "pass", OLD: "fail"}
    assert {each["account"]: each["limit_days"] for each in whole["users"]} == {HUB: 90, OLD: 60}
    assert "Accounts have limits of their own: 60, 90 days." in whole["verdict"]["sentences"][0]


def test_an_organization_in_which_all_is_well_passes() -> None:
    whole = told(an_organization(), HUB, CLOSED, DARK)
    assert whole["verdict"]["state"] == "pass"
    assert whole["figures"]["users"] == 3
    assert whole["figures"]["rotations"] == 3


def test_what_was_done_to_a_name_in_one_account_was_not_done_to_it_in_another(whole: dict[str, Any]) -> None:
    done = [(each["account"], each["action"]) for each in whole["done"]]
    for account in (HUB, DARK):
        assert [action for of, action in done if of == account] == ["CreateKey", "DeactivateKey"]
    assert not [action for of, action in done if of == OLD]
    keys = {each["account"]: len(each["keys"]) for each in whole["users"]}
    assert keys == {HUB: 2, OLD: 1, DARK: 2}


def test_the_stacks_own_report_has_nothing_of_other_accounts(stack: LivedOrganization) -> None:
    from keyturn_cli.reporting.deployed import gather  # noqa: PLC0415 - for this alone

    own = document(gather(stack, 90, stack.world.now)[0])  # type: ignore[arg-type] # as above
    assert {each["account"] for each in (*own["done"], *own["users"], *own["accounts"])} == {HUB}
    assert len(own["done"]) == 2


def test_users_of_one_name_are_judged_each_by_its_own_keys(whole: dict[str, Any]) -> None:
    (age,) = [rule for rule in whole["controls"]["rules"] if "90 days" in rule["title"]]
    assert sorted(age["passed"]) == [f"{HUB}/alice", f"{DARK}/alice"]
    assert [(each["account"], each["user"]) for each in age["failed"]] == [(OLD, "alice")]


def test_the_document_is_as_its_schema_says(whole: dict[str, Any]) -> None:
    fastjsonschema.compile(json.loads(SCHEMA.read_text(encoding="utf-8")))(json.loads(json.dumps(whole)))


def test_findings_are_their_own_accounts() -> None:
    held = an_organization()
    a_user(held.members[OLD], "mistagged", age=20, tags={"keyturn:max-age-days": "some"})
    (finding,) = findings(told(held))
    assert finding["AwsAccountId"] == OLD
    assert finding["Id"].startswith(f"keyturn/{OLD}/eu-west-1/Keyturn/")
    assert finding["ProductArn"] == f"arn:aws:securityhub:eu-west-1:{OLD}:product/{OLD}/default"


@pytest.fixture
def run(stack: LivedOrganization, monkeypatch: Patch, capsys: Capture) -> Report:
    now = stack.world.now

    class Clock(datetime):
        @classmethod
        def now(cls, _zone: Any = None) -> datetime:  # type: ignore[override] # noqa: ANN401 - datetime's own
            return now

    monkeypatch.setattr("keyturn_cli.stack.find", lambda _target: stack)
    monkeypatch.setattr("keyturn_cli.report.datetime", Clock)

    def command(*arguments: object) -> Ended:
        return keyturn(capsys, "report", *arguments)

    return command


def test_the_page_has_a_table_of_accounts_and_names_users_with_theirs(run: Report, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    ended = run("--org", "--role", "auditor", "--out", path)
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", path.read_text(encoding="utf-8")))
    assert ended.code == 1, "something could not be read"
    assert "Access keys of 4 accounts" in text
    for account in (HUB, OLD, DARK):
        assert f"{account}/alice" in text
    assert f"{CLOSED} unread" in text
    assert "role auditor, AssumeRole: AccessDenied" in text
    assert f"account {CLOSED} could not be read: role auditor, AssumeRole: AccessDenied" in ended.err
    assert f"account {DARK} could not be looked at by Keyturn" in ended.err


def test_csv_names_the_account_that_could_not_be_read(run: Report) -> None:
    rows = list(csv.DictReader(io.StringIO(run("--org", "--role", "auditor", "--format", "csv").out)))
    assert sorted((row["account"], row["user"]) for row in rows) == [
        (HUB, "alice"),
        (OLD, "alice"),
        (CLOSED, ""),
        (DARK, "alice"),
    ]
    (unread,) = [row for row in rows if row["account"] == CLOSED]
    assert unread["unreadable"] == "role auditor, AssumeRole: AccessDenied"


def test_the_role_is_taken_in_each_account_but_the_stacks_own(run: Report, stack: LivedOrganization) -> None:
    stack.taken.clear()
    run("--org", "--role", "/audit/reader", "--external-id", "a-word", "--format", "json")
    assert sorted(stack.taken) == [(account, "audit/reader", "a-word") for account in (OLD, CLOSED, DARK)]


def test_some_accounts_only(run: Report, stack: LivedOrganization) -> None:
    stack.taken.clear()
    ended = run("--org", "--role", "auditor", "--account", OLD, "--format", "json")
    assert [each["account"] for each in ended.json["accounts"]] == [OLD]
    assert [account for account, *_ in stack.taken] == [OLD]
    assert user(ended.json, "alice")["account"] == OLD


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--org",), "name it with --role NAME"),
        (("--org", "--role", "arn:aws:iam::222222222222:role/auditor"), "is no role's name"),
        (("--org", "--role", "a b"), "is no role's name"),
        (("--role", "auditor"), "add --org"),
        (("--account", OLD), "add --org"),
        (("--org", "--role", "auditor", "--format", "asff", "--send"), "leave --send out"),
    ],
)
def test_what_is_asked_for_in_a_wrong_way_is_one_line(run: Report, arguments: tuple[str, ...], said: str) -> None:
    ended = run("--format", "json", *arguments)
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert said in ended.err


def test_of_very_many_users_the_page_shows_those_that_want_a_look_first(whole: dict[str, Any]) -> None:
    many = [
        {**each, "user": f"user-{number}", "over_limit": number == pages.MOST_ROWS + 5}
        for number in range(pages.MOST_ROWS + 6)
        for each in whole["users"][:1]
    ]
    page = pages.report_page({**whole, "users": many})
    assert f"{HUB}/user-{pages.MOST_ROWS + 5}<" in page
    assert f"{HUB}/user-{pages.MOST_ROWS + 4}<" not in page
    assert f"{pages.MOST_ROWS} of {pages.MOST_ROWS + 6} users" in page
