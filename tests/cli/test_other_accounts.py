"""A command about one other account says so in each request, and to people."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from keyturn.settings import Keeper, Settings
from tests.cli.fake_stack import deployed, due, in_use, line
from tests.cli.running import keyturn

Patch = pytest.MonkeyPatch
Capture = pytest.CaptureFixture[str]
OTHER = "444455556666"


def test_the_status_of_another_accounts_users(monkeypatch: Patch, capsys: Capture) -> None:
    stack = deployed(monkeypatch, in_use("bob"))
    ended = keyturn(capsys, "status", "bob", "--account", OTHER)
    assert stack.asked == [{"action": "status", "account": OTHER, "users": ["bob"]}]
    assert f"somebody who is signed in to account {OTHER}" in ended.out
    assert "signed in" not in keyturn(capsys, "status").out
    assert "account" not in stack.asked[-1]


@pytest.mark.parametrize(
    ("secrets_in", "secret"),
    [(Keeper.MEMBER, "keyturn/bob/access-key"), (Keeper.HUB, f"keyturn-members/{OTHER}/bob/access-key")],
)
def test_a_command_about_a_secret_names_it_where_it_is(
    monkeypatch: Patch, capsys: Capture, secrets_in: Keeper, secret: str
) -> None:
    stack = deployed(monkeypatch, line("bob", "Hold", "SecretScheduledForDeletion", message="it is scheduled"))
    monkeypatch.setattr(stack, "settings", lambda: replace(Settings(), secrets_in=secrets_in))
    ended = keyturn(capsys, "status", "--account", OTHER)
    assert f"--secret-id {secret}" in ended.out
    assert ("but for those about secrets" in ended.out) is (secrets_in is Keeper.HUB)
    assert "--secret-id keyturn/bob/access-key" in keyturn(capsys, "status", "--account", stack.account).out


def test_a_rotation_in_another_account_is_planned_and_done_there(monkeypatch: Patch, capsys: Capture) -> None:
    stack = deployed(monkeypatch, due("alice"))
    ended = keyturn(capsys, "rotate", "--account", OTHER, "--yes")
    assert ended.code == 0
    assert f"account {OTHER}" in ended.out
    assert {each["account"] for each in stack.asked} == {OTHER}
    assert [each["users"] for each in stack.acted] == [["alice"]]


def test_a_saved_plan_is_done_in_the_account_that_it_was_made_for(
    monkeypatch: Patch, capsys: Capture, tmp_path: Path
) -> None:
    path = tmp_path / "plan.json"
    stack = deployed(monkeypatch, due("alice"))
    assert keyturn(capsys, "plan", "--account", OTHER, "--out", path).code == 0
    assert json.loads(path.read_text(encoding="utf-8"))["asked"]["account"] == OTHER
    assert keyturn(capsys, "rotate", "--plan", path, "--yes").code == 0
    assert {each.get("account") for each in stack.asked} == {OTHER}
    assert len(stack.acted) == 1


def test_a_saved_plan_of_an_earlier_release_is_about_the_stacks_own_account(
    monkeypatch: Patch, capsys: Capture, tmp_path: Path
) -> None:
    path = tmp_path / "plan.json"
    stack = deployed(monkeypatch, due("alice"))
    keyturn(capsys, "plan", "--out", path)
    plan = json.loads(path.read_text(encoding="utf-8"))
    del plan["asked"]["account"]
    path.write_text(json.dumps(plan), encoding="utf-8")
    assert keyturn(capsys, "rotate", "--plan", path, "--yes").code == 0
    assert not [each for each in stack.asked if "account" in each]


def test_a_rollback_in_another_account(monkeypatch: Patch, capsys: Capture) -> None:
    stack = deployed(monkeypatch, line("alice", "ReactivateKey", "RollbackRequested", outcome="Done"))
    assert keyturn(capsys, "rollback", "alice", "--account", OTHER).code == 0
    assert stack.asked == [{"action": "rollback", "account": OTHER, "users": ["alice"]}]
