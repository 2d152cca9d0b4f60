"""A plan is shown and saved; a rotation does what was shown, after it was asked for, and nothing else."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.fake_stack import NEW, OLD, deployed, due, in_use, line, not_due
from tests.cli.running import keyturn

Patch = pytest.MonkeyPatch
Capture = pytest.CaptureFixture[str]


def saved(capsys: Capture, place: Path, *options: str) -> Path:
    path = place / "plan.json"
    assert keyturn(capsys, "plan", "--out", path, *options).code == 0
    return path


def edited(path: Path, **changes: Any) -> Path:  # noqa: ANN401 - whatever a plan may hold
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **changes}), encoding="utf-8")
    return path


def test_a_plan_shows_what_would_be_done_and_who_is_blocked(monkeypatch: Patch, capsys: Capture) -> None:
    stack = deployed(monkeypatch, due("alice"), in_use("bob"), not_due("carol"))
    ended = keyturn(capsys, "plan")
    assert ended.code == 0
    assert "alice" in ended.out
    assert "bob" in ended.out
    assert "carol" not in ended.out
    assert "1 to do, 1 blocked, 1 others looked at" in ended.out
    assert stack.asked == [{"action": "rotate", "dry_run": True, "force": False}]
    assert "carol" in keyturn(capsys, "plan", "--all").out


def test_a_plan_of_named_users_shows_all_of_them(monkeypatch: Patch, capsys: Capture) -> None:
    stack = deployed(monkeypatch, due("alice"), not_due("carol"))
    assert "carol" in keyturn(capsys, "plan", "carol", "--force").out
    assert stack.asked == [{"action": "rotate", "dry_run": True, "force": True, "users": ["carol"]}]


@pytest.mark.parametrize(("lines", "code"), [([due("alice")], 3), ([not_due("alice"), in_use("bob")], 0)])
def test_something_to_do_is_an_exit_code_on_request_only(
    monkeypatch: Patch, capsys: Capture, lines: list[Any], code: int
) -> None:
    deployed(monkeypatch, *lines)
    assert keyturn(capsys, "plan").code == 0
    assert keyturn(capsys, "plan", "--exit-code").code == code


def test_a_plan_in_which_a_user_could_not_be_read_fails(monkeypatch: Patch, capsys: Capture) -> None:
    deployed(monkeypatch, due("alice"), line("bob", "Hold", "Unreadable"), status="FAILED")
    assert keyturn(capsys, "plan", "--exit-code").code == 1


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_key_ids_are_masked_in_every_form_until_asked_for(monkeypatch: Patch, capsys: Capture, form: str) -> None:
    deployed(monkeypatch, due("alice"))
    out = keyturn(capsys, "plan", "-o", form).out
    assert OLD not in out
    assert out.count("AKIA…OLD1") == 2 or out.count("AKIA\\u2026OLD1") == 2, "in the column and in the sentence"
    assert keyturn(capsys, "plan", "-o", form, "--full").out.count(OLD) == 2


def test_a_saved_plan_says_when_and_of_what_it_was_made(monkeypatch: Patch, capsys: Capture, tmp_path: Path) -> None:
    deployed(monkeypatch, due("alice"), not_due("carol"))
    plan = json.loads(saved(capsys, tmp_path).read_text(encoding="utf-8"))
    assert plan["schema"] == 1
    assert (plan["stack"], plan["account"], plan["region"]) == ("Keyturn", "111122223333", "eu-west-1")
    assert plan["made_at"] == "2030-06-01T06:00:00Z"
    assert [each["user"] for each in plan["users"]] == ["alice", "carol"]
    assert OLD not in json.dumps(plan)


def test_a_saved_plan_is_done_for_its_users_only(monkeypatch: Patch, capsys: Capture, tmp_path: Path) -> None:
    stack = deployed(monkeypatch, due("alice"), in_use("bob"), not_due("carol"))
    ended = keyturn(capsys, "rotate", "--plan", saved(capsys, tmp_path), "--yes")
    assert ended.code == 0
    assert stack.acted == [{"action": "rotate", "users": ["alice"], "force": False}]
    assert "Done" in ended.out


def test_a_plan_saved_with_its_key_ids_holds_as_well(monkeypatch: Patch, capsys: Capture, tmp_path: Path) -> None:
    stack = deployed(monkeypatch, due("alice"))
    path = saved(capsys, tmp_path, "--full")
    assert OLD in path.read_text(encoding="utf-8")
    assert keyturn(capsys, "rotate", "--plan", path, "--yes").code == 0
    assert stack.acted


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ([not_due("alice")], "alice: was CreateKey (KeyDue), is Hold (NotDue) now"),
        ([due("alice", NEW)], "alice: CreateKey (KeyDue) is about another key now"),
        ([line("alice", "CreateKey", "Forced", outcome="Planned")], "is CreateKey (Forced) now"),
        ([], "alice: was CreateKey (KeyDue), is not in it now"),
        ([due("alice"), due("bob")], "bob: was not in it, is CreateKey (KeyDue) now"),
    ],
)
def test_a_stale_plan_is_refused_and_says_what_has_changed(
    monkeypatch: Patch, capsys: Capture, tmp_path: Path, now: list[Any], said: str
) -> None:
    deployed(monkeypatch, due("alice"))
    path = saved(capsys, tmp_path)
    stack = deployed(monkeypatch, *now)
    ended = keyturn(capsys, "rotate", "--plan", path, "--yes")
    assert (ended.code, ended.out, ended.err.count("\n")) == (1, "", 1)
    assert said in ended.err
    assert stack.acted == []


@pytest.mark.parametrize(
    "change",
    [{"account": "444455556666"}, {"stack": "Other"}, {"region": "us-east-1"}],
    ids=lambda each: next(iter(each)),
)
def test_a_plan_of_another_place_is_refused(
    monkeypatch: Patch, capsys: Capture, tmp_path: Path, change: dict[str, str]
) -> None:
    stack = deployed(monkeypatch, due("alice"))
    ended = keyturn(capsys, "rotate", "--plan", edited(saved(capsys, tmp_path), **change), "--yes")
    assert ended.code == 1
    assert "nothing was done" in ended.err
    assert stack.acted == []


@pytest.mark.parametrize(
    "change", [{"kind": "x"}, {"users": [{}]}, {"users": 1}, {"asked": {"users": [1], "force": False}}, {"schema": 2}]
)
def test_a_file_that_is_no_plan_is_refused(
    monkeypatch: Patch, capsys: Capture, tmp_path: Path, change: dict[str, Any]
) -> None:
    stack = deployed(monkeypatch, due("alice"))
    ended = keyturn(capsys, "rotate", "--plan", edited(saved(capsys, tmp_path), **change), "--yes")
    assert (ended.code, ended.err.count("\n")) == (1, 2 if "saved" in ended.err else 1)
    assert stack.acted == []


@pytest.mark.parametrize("content", ["", "[]", "null", "not json", '{"kind": "keyturn plan"}'])
def test_whatever_else_is_in_the_file_is_refused_in_one_line(
    monkeypatch: Patch, capsys: Capture, tmp_path: Path, content: str
) -> None:
    stack = deployed(monkeypatch, due("alice"))
    path = tmp_path / "plan.json"
    path.write_text(content, encoding="utf-8")
    ended = keyturn(capsys, "rotate", "--plan", path, "--yes")
    assert (ended.code, ended.err.count("\n")) == (1, 1)
    assert "is not a plan" in ended.err
    assert stack.asked == []


def test_without_a_terminal_nothing_is_asked_and_nothing_done(monkeypatch: Patch, capsys: Capture) -> None:
    stack = deployed(monkeypatch, due("alice"))
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    ended = keyturn(capsys, "rotate", "alice")
    assert (ended.code, ended.out) == (2, "")
    assert "add --yes" in ended.err
    assert stack.asked == []


class Terminal(io.StringIO):
    """Somebody at a terminal, who types."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("typed", "code", "acts"), [("y\n", 0, 1), ("n\n", 1, 0), ("\n", 1, 0), ("", 130, 0)])
def test_at_a_terminal_it_asks_and_no_answer_is_no(
    monkeypatch: Patch, capsys: Capture, typed: str, code: int, acts: int
) -> None:
    stack = deployed(monkeypatch, due("alice"))
    monkeypatch.setattr("sys.stdin", Terminal(typed))
    ended = keyturn(capsys, "rotate", "alice")
    assert (ended.code, len(stack.acted)) == (code, acts)
    assert "CreateKey" in ended.out, "what it asks about is shown before"


@pytest.mark.parametrize("options", [("alice",), ("--force",)])
def test_a_saved_plan_says_who_and_how(monkeypatch: Patch, capsys: Capture, options: tuple[str, ...]) -> None:
    stack = deployed(monkeypatch, due("alice"))
    assert keyturn(capsys, "rotate", "--plan", "x", "--yes", *options).code == 2
    assert stack.asked == []


def test_everybody_means_those_that_are_shown(monkeypatch: Patch, capsys: Capture) -> None:
    gone = line("gone", "RetireSecret", "UserGone", outcome="Planned", key=None)
    stack = deployed(monkeypatch, due("alice"), due("bob"), in_use("carol"), gone)
    ended = keyturn(capsys, "rotate", "--yes")
    assert ended.code == 0
    assert stack.acted == [{"action": "rotate", "users": ["alice", "bob"], "force": False}]
    assert "left to the scheduled run" in ended.err


def test_in_mode_observe_nothing_is_done_and_it_says_how_to_act(monkeypatch: Patch, capsys: Capture) -> None:
    stack = deployed(monkeypatch, due("alice"), mode="observe")
    ended = keyturn(capsys, "rotate", "alice", "--yes")
    assert ended.code == 1
    assert '"mode": "enforce"' in ended.err
    assert stack.acted == []


def test_a_named_user_that_is_blocked_is_a_failure(monkeypatch: Patch, capsys: Capture) -> None:
    stack = deployed(monkeypatch, in_use("bob"))
    ended = keyturn(capsys, "rotate", "bob", "--yes")
    assert ended.code == 1
    assert "keyturn status bob" in ended.err
    assert stack.acted == []


def test_nothing_to_do_is_well(monkeypatch: Patch, capsys: Capture) -> None:
    stack = deployed(monkeypatch, not_due("alice"))
    ended = keyturn(capsys, "rotate", "--yes")
    assert ended.code == 0
    assert "nothing to do" in ended.err
    assert stack.acted == []


def test_a_program_that_reads_the_answer_gets_the_run_s_report_alone(monkeypatch: Patch, capsys: Capture) -> None:
    deployed(monkeypatch, due("alice"))
    ended = keyturn(capsys, "rotate", "alice", "--yes", "-o", "json")
    assert (ended.json["kind"], ended.json["schema"]) == ("keyturn run", 1)
    assert ended.json["users"][0]["outcome"] == "Done"
    assert "1 to do" in ended.err


def test_a_run_that_fails_ends_with_1(monkeypatch: Patch, capsys: Capture) -> None:
    deployed(monkeypatch, due("alice"), status="FAILED")
    assert keyturn(capsys, "rotate", "alice", "--yes").code == 1
