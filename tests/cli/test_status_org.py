"""`keyturn status --org`: a line for each account of the tour; what is wrong with one is told and stops no other."""

import csv
import io
import threading
from typing import Any

import pytest

from keyturn_cli.stack import Refusal
from keyturn_cli.trouble import Trouble
from tests.cli import fake_stack
from tests.cli.fake_organization import HUB, brief, deployed, unreachable
from tests.cli.running import Ended, keyturn

Patch = pytest.MonkeyPatch
Capture = pytest.CaptureFixture[str]
A, B, C, D, E, F = (str(number) * 12 for number in range(2, 8))
FINE = brief(UsersScanned=100, KeysDue=2, StageRotating=1, StageGrace=5, StageRecovery=4, OldestActiveKeyAgeDays=80)


def each_kind() -> dict[str, Any]:
    failed = fake_stack.line("alice", "CreateKey", "KeyDue", outcome="Failed", message="no room in the vault")
    return {
        HUB: FINE,
        A: unreachable(A),
        B: Refusal("rotator", "Refused", "GetAccountAuthorizationDetails: AccessDenied"),
        C: brief(UsersScanned=10, UsersBlocked=3, OldestActiveKeyAgeDays=88),
        D: brief(UsersScanned=20, UsersBlocked=1, KeysOverdue=2, OldestActiveKeyAgeDays=120, mode="observe"),
        E: brief(failed, UsersScanned=1, status="FAILED"),
        F: brief(UsersScanned=500, status="INCOMPLETE", remaining=7),
    }


def rows(ended: Ended) -> dict[str, dict[str, Any]]:
    return {row["account"]: row for row in ended.json["accounts"]}


def test_each_account_has_its_own_line_and_the_worst_of_its_troubles(monkeypatch: Patch, capsys: Capture) -> None:
    stack = deployed(monkeypatch, each_kind())
    found = rows(keyturn(capsys, "status", "--org", "-o", "json"))

    assert {account: row["state"] for account, row in found.items()} == {
        HUB: "OK",
        A: "Unreachable",
        B: "Unreadable",
        C: "Blocked",
        D: "Overdue",
        E: "Failed",
        F: "Incomplete",
    }
    figures = ("users", "due", "begun", "blocked", "overdue", "oldest_active_key_age_days")
    assert [found[HUB][name] for name in figures] == [100, 2, 10, 0, 0, 80]
    assert [found[A][name] for name in figures] == [None] * 6
    assert found[D]["mode"] == "observe"
    assert sorted(stack.asked, key=lambda each: each["account"]) == [
        {"action": "status", "account": account, "brief": True} for account in sorted(found)
    ]


def test_an_account_that_is_not_well_is_named_with_the_reason_and_what_to_do(
    monkeypatch: Patch, capsys: Capture
) -> None:
    deployed(monkeypatch, each_kind())
    ended = keyturn(capsys, "status", "--org")

    assert f"{A} is unreachable: account {A} does not lend its role" in ended.out
    assert f"{B} is unreadable: GetAccountAuthorizationDetails: AccessDenied" in ended.out
    assert f"{E} is failed: alice: no room in the vault" in ended.out
    assert f"{D} is overdue: 2 Active keys are older than they may get, the oldest 120 days" in ended.out
    assert f"keyturn status --account {C} --blocked" in ended.out
    assert f"{HUB} is" not in ended.out
    assert "7 accounts: 1 OK, 1 Incomplete, 1 Blocked, 1 Overdue, 1 Failed, 1 Unreadable, 1 Unreachable." in ended.out
    assert "Without the 2 of which nothing is known: 631 users, 2 keys due" in ended.out
    assert ended.code == 1


def test_sums_are_of_the_accounts_that_answered_and_the_oldest_key_of_them_all(
    monkeypatch: Patch, capsys: Capture
) -> None:
    deployed(monkeypatch, each_kind())
    totals = keyturn(capsys, "status", "--org", "-o", "json").json["totals"]
    assert totals.pop("states")["Unreachable"] == 1
    assert totals == {
        "accounts": 7,
        "users": 631,
        "due": 2,
        "begun": 10,
        "blocked": 4,
        "overdue": 2,
        "oldest_active_key_age_days": 120,
    }


@pytest.mark.parametrize(
    ("answer", "plain", "asked"),
    [
        (FINE, 0, 0),
        (brief(UsersBlocked=1), 0, 3),
        (brief(KeysOverdue=1), 0, 3),
        (brief(remaining=1, status="INCOMPLETE"), 0, 3),
        (brief(status="FAILED"), 1, 1),
        (unreachable(A), 1, 1),
        (Trouble("InvokeFunction is throttled"), 1, 1),
    ],
)
def test_exit_codes_are_as_for_one_account(
    monkeypatch: Patch,
    capsys: Capture,
    answer: Any,  # noqa: ANN401 - JSON or an error
    plain: int,
    asked: int,
) -> None:
    deployed(monkeypatch, {HUB: FINE, A: answer})
    assert keyturn(capsys, "status", "--org").code == plain
    assert keyturn(capsys, "status", "--org", "--exit-code").code == asked


def test_csv_has_a_line_an_account(monkeypatch: Patch, capsys: Capture) -> None:
    deployed(monkeypatch, each_kind())
    found = list(csv.DictReader(io.StringIO(keyturn(capsys, "status", "--org", "-o", "csv").out)))
    assert [row["account"] for row in found] == [HUB, A, B, C, D, E, F]
    assert found[1]["users"] == ""


def test_accounts_come_in_the_order_of_the_tour_and_the_rosters_remarks_are_passed_on(
    monkeypatch: Patch, capsys: Capture
) -> None:
    answers = dict.fromkeys((A, B, HUB), FINE)
    deployed(monkeypatch, answers, waves=[[B], [A, HUB]], notes=["C is named in the settings and is no open account"])
    ended = keyturn(capsys, "status", "--org", "-o", "json")
    assert [row["account"] for row in ended.json["accounts"]] == [B, A, HUB]
    assert ended.json["notes"] == ["C is named in the settings and is no open account"]
    assert "no open account" in ended.err


def test_some_accounts_are_asked_for_and_no_other(monkeypatch: Patch, capsys: Capture) -> None:
    stack = deployed(monkeypatch, each_kind())
    ended = keyturn(capsys, "status", "--org", "--account", C, "--account", HUB, "-o", "json")
    assert set(rows(ended)) == {HUB, C}
    assert {each["account"] for each in stack.asked} == {HUB, C}


def test_an_account_that_the_tour_does_not_go_to_is_refused_and_nobody_asked(
    monkeypatch: Patch, capsys: Capture
) -> None:
    stack = deployed(monkeypatch, {HUB: FINE})
    ended = keyturn(capsys, "status", "--org", "--account", A)
    assert (ended.code, ended.out) == (1, "")
    assert f"the tour does not go to {A}" in ended.err
    assert not stack.asked


@pytest.mark.parametrize(("at_once", "most"), [(1, 1), (3, 3)])
def test_no_more_accounts_are_asked_at_once_than_was_said(
    monkeypatch: Patch, capsys: Capture, at_once: int, most: int
) -> None:
    accounts = {f"{number:012}": FINE for number in range(12)}
    barrier = threading.Barrier(most)
    stack = deployed(monkeypatch, accounts, meet=lambda: barrier.wait(10))
    assert keyturn(capsys, "status", "--org", "--at-once", at_once).code == 0
    assert stack.most == most


def test_a_stack_without_an_organization_says_what_to_do(monkeypatch: Patch, capsys: Capture) -> None:
    stack = deployed(monkeypatch, {}, outputs={"RotatorFunctionName": "rotator"})
    for arguments in (("status", "--org"), ("report", "--org", "--role", "auditor", "--format", "json")):
        ended = keyturn(capsys, *arguments)
        assert (ended.code, ended.out, ended.err.count("\n")) == (1, "", 1)
        assert '"organization": true in cdk.json and deploy' in ended.err
    assert not stack.asked


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("status", "--org", "alice"), "USER and --blocked go with --account"),
        (("status", "--org", "--blocked"), "USER and --blocked go with --account"),
        (("status", "--account", "12"), "'12' is not an account: allowed is its number of 12 digits"),
        (("status", "--account", A, "--account", B), "several accounts: name one, or add --org"),
        (("rollback", "alice", "--account", "٣" * 12), "is not an account"),
        (("status", "--org", "--at-once", "0"), "--at-once"),
        (("rotate", "--plan", "plan.json", "--account", A, "--yes"), "belong to 'keyturn plan'"),
    ],
)
def test_what_is_asked_for_in_a_wrong_way_is_one_line(
    monkeypatch: Patch, capsys: Capture, arguments: tuple[str, ...], said: str
) -> None:
    stack = deployed(monkeypatch, {HUB: FINE})
    ended = keyturn(capsys, *arguments)
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert said in ended.err
    assert not stack.asked


def test_a_tour_to_no_account_is_not_taken_for_one_on_which_all_is_well(monkeypatch: Patch, capsys: Capture) -> None:
    stack = deployed(monkeypatch, {}, waves=[[]])
    for arguments in (("status", "--org"), ("report", "--org", "--role", "auditor", "--format", "json")):
        ended = keyturn(capsys, *arguments)
        assert (ended.code, ended.out) == (1, "")
        assert "a tour would go to no account now" in ended.err
    assert not stack.asked
