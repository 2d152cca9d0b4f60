"""Status says what is next and who acts, and for everybody who is blocked what unblocks; a rollback just does it."""

import pytest

from tests.cli.fake_stack import OLD, deployed, due, in_use, line, not_due
from tests.cli.running import keyturn

Patch = pytest.MonkeyPatch
Capture = pytest.CaptureFixture[str]


def test_each_user_has_a_stage_a_date_what_is_next_and_who_acts(monkeypatch: Patch, capsys: Capture) -> None:
    deployed(monkeypatch, due("alice"), in_use("bob"), not_due("carol"))
    document = keyturn(capsys, "status", "-o", "json").json
    told = {each["user"]: (each["who"], each["next"], each["next_review"]) for each in document["users"]}
    assert told == {
        "alice": ("nobody: the next run", "a successor is created, stored and promoted", "2030-06-15T06:00:00Z"),
        "bob": ("owner", "the old key is deactivated once it is idle", "2030-06-15T06:00:00Z"),
        "carol": ("nobody: time", "a successor is created", "2030-06-15T06:00:00Z"),
    }


def test_a_blocked_user_is_shown_with_the_one_thing_that_unblocks_it(monkeypatch: Patch, capsys: Capture) -> None:
    keys = f"has two Active keys ({OLD}, AKIAFAKEOTHER0000TWO) and neither can be shown to be unneeded"
    deployed(monkeypatch, line("bob", "Hold", "TwoKeysInUse", key=None, message=keys), in_use("carol"))
    out = keyturn(capsys, "status").out
    assert "bob is blocked: has two Active keys (AKIA…OLD1, AKIA…0TWO)" in out
    assert "aws iam update-access-key --user-name bob --access-key-id AKIA…OLD1 --status Inactive" in out
    assert "let the key's consumer read its credential from the secret" in out
    assert "with --full the commands can be copied" in out
    full = keyturn(capsys, "status", "--full").out
    assert f"aws iam update-access-key --user-name bob --access-key-id {OLD} --status Inactive" in full
    assert "can be copied" not in full


def test_only_the_blocked_on_request(monkeypatch: Patch, capsys: Capture) -> None:
    deployed(monkeypatch, due("alice"), in_use("bob"))
    lines = keyturn(capsys, "status", "--blocked", "-o", "csv").out.splitlines()
    assert [each.split(",")[0] for each in lines] == ["user", "bob"]


def test_somebody_blocked_is_an_exit_code_on_request_only(monkeypatch: Patch, capsys: Capture) -> None:
    deployed(monkeypatch, in_use("bob"))
    assert keyturn(capsys, "status").code == 0
    assert keyturn(capsys, "status", "--exit-code").code == 3
    deployed(monkeypatch, due("alice"))
    assert keyturn(capsys, "status", "--exit-code").code == 0


def test_a_reason_of_newer_functions_is_shown_as_it_is(monkeypatch: Patch, capsys: Capture) -> None:
    deployed(monkeypatch, line("alice", "Hold", "PhaseOfTheMoon"))
    out = keyturn(capsys, "status").out
    assert "PhaseOfTheMoon" in out
    assert "update it" in out


def test_a_rollback_is_not_asked_about(monkeypatch: Patch, capsys: Capture) -> None:
    stack = deployed(monkeypatch, line("alice", "ReactivateKey", "RollbackRequested", outcome="Done"))
    assert keyturn(capsys, "rollback", "alice").code == 0
    assert stack.asked == [{"action": "rollback", "users": ["alice"]}]


def test_a_rollback_that_has_nothing_to_give_back_fails(monkeypatch: Patch, capsys: Capture) -> None:
    deployed(monkeypatch, line("alice", "Hold", "PredecessorGone", key=None))
    assert keyturn(capsys, "rollback", "alice").code == 1


def test_a_rollback_in_mode_observe_says_so(monkeypatch: Patch, capsys: Capture) -> None:
    planned = line("alice", "ReactivateKey", "RollbackRequested", outcome="Planned")
    deployed(monkeypatch, planned, mode="observe")
    ended = keyturn(capsys, "rollback", "alice")
    assert ended.code == 1
    assert "mode observe" in ended.err


@pytest.mark.parametrize("command", ["rollback", "history"])
def test_a_user_has_to_be_named(capsys: Capture, command: str) -> None:
    ended = keyturn(capsys, command)
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert "Missing argument 'USER'" in ended.err
