"""What consumers and operators have on their machines: values, caches and plans of other releases."""

import json
from pathlib import Path
from typing import Any

import pytest

from consumer.keyturn_credentials import Credential, Unreadable, reader
from tests.cli.fake_stack import deployed, due, line, not_due
from tests.cli.running import keyturn
from tests.consumer.endpoint import endpoint
from tests.consumer.server_room import FIRST, SECOND, Server
from tests.fakes.identities import SECRET_MARK
from tests.upgrade.restoring import STATES

ANY = Credential(FIRST, f"{SECRET_MARK}{FIRST}-fake")
PLANS = sorted(Path(__file__).with_name("plans").glob("*.json"))


class Holding:
    """Secrets Manager, to a consumer: one value."""

    def __init__(self, value: dict[str, Any]) -> None:
        self.value = value

    def get_secret_value(self, **_: str) -> dict[str, str]:
        return {"SecretString": json.dumps(self.value)}


def read(value: dict[str, Any]) -> Credential | None:
    return reader("keyturn/alice/access-key", "eu-west-1", lambda _region, _credential: Holding(value))(ANY)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.stem)
def test_the_consumers_file_reads_every_value_that_a_release_has_written(state: Path) -> None:
    versions = [
        version
        for secret in json.loads(state.read_text(encoding="utf-8"))["secrets"]
        for version in secret["versions"]
        if version["value"]
    ]
    keys = [version["value"] for version in versions if "AccessKeyId" in version["value"]]
    assert len(keys) >= 5
    assert [read(value) for value in keys] == [
        Credential(each["AccessKeyId"], each["SecretAccessKey"]) for each in keys
    ]
    intents = [version["value"] for version in versions if version["value"] not in keys]
    assert len(intents) >= 5
    assert [read(value) for value in intents] == [None] * len(intents)


def a_value(**more: object) -> dict[str, Any]:
    return {"Version": 1, "AccessKeyId": ANY.key_id, "SecretAccessKey": ANY.secret, **more}


def test_fields_that_a_later_release_adds_are_left_alone() -> None:
    assert read(a_value(SesSmtpPassword="fake", Region="eu-west-1", Nested={"a": [1]})) == ANY


@pytest.mark.parametrize("version", [2, "2.0", 0, None, [1]])
def test_a_value_of_another_version_is_not_guessed_at(version: object) -> None:
    with pytest.raises(Unreadable, match="replace it by a newer keyturn_credentials") as said:
        read(a_value(Version=version))
    assert SECRET_MARK not in str(said.value)


def test_a_value_that_a_person_wrote_is_read_without_a_version_or_with_one_as_text() -> None:
    value = a_value(Version="1")
    assert read(value) == ANY
    del value["Version"]
    assert read(value) == ANY


def test_a_program_goes_on_with_the_key_that_it_has_when_the_secret_has_a_newer_form(tmp_path: Path) -> None:
    with endpoint() as secrets:
        server = Server(tmp_path, secrets)
        server.seed(FIRST)
        secrets.current, secrets.more = SECOND, {"Version": "2"}
        done = server.run()
    assert json.loads(done.stdout)["AccessKeyId"] == FIRST
    assert "version 2 of Keyturn's form" in done.stderr
    assert SECRET_MARK not in done.stderr


def test_a_cache_of_a_newer_file_with_more_in_it_is_read(tmp_path: Path) -> None:
    with endpoint() as secrets:
        secrets.current = FIRST
        server = Server(tmp_path, secrets)
        server.seed(FIRST)
        (cache,) = (tmp_path / "cache").glob("*.json")
        cache.write_text(json.dumps({**json.loads(cache.read_text()), "OfANewerRelease": {"a": 1}}), encoding="utf-8")
        assert json.loads(server.run().stdout)["AccessKeyId"] == FIRST


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.stem)
def test_a_plan_that_an_earlier_release_saved_is_done(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], plan: Path
) -> None:
    stack = deployed(monkeypatch, due("alice"), not_due("carol"))
    assert keyturn(capsys, "rotate", "--plan", plan, "--yes").code == 0
    assert stack.acted == [{"action": "rotate", "users": ["alice"], "force": False}]


def test_there_are_plans_of_earlier_releases() -> None:
    assert [plan.stem for plan in PLANS] == ["0.1.0"]


@pytest.mark.parametrize("changes", [{"schema": 2}, {"schema": 2, "asked": None}, {"schema": 0}])
def test_a_plan_of_another_version_is_refused_and_nothing_is_done(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, changes: dict[str, Any]
) -> None:
    stack = deployed(monkeypatch, due("alice"), not_due("carol"))
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(json.loads(PLANS[0].read_text(encoding="utf-8")) | changes), encoding="utf-8")
    ended = keyturn(capsys, "rotate", "--plan", path, "--yes")
    assert ended.code == 1
    assert f"is a plan of version {changes['schema']}, this program reads 1: plan anew" in ended.err
    assert stack.acted == []


def test_the_program_shows_what_a_newer_function_answers_with_words_that_it_does_not_know(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed(monkeypatch, line("alice", "Hold", "OfANewerRelease", later={"more": 1}))
    ended = keyturn(capsys, "status", "alice")
    assert ended.code == 0
    assert "OfANewerRelease" in ended.out
