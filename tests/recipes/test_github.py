"""The GitHub recipe's file hands both parts of a key on, and lets nobody see the secret one."""

import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped] # cfn-lint brings it along, without its stubs

from tests.consumer.endpoint import Endpoint, endpoint, secret_of
from tests.consumer.server_room import FIRST
from tests.recipes.github import FILE, Runner
from tests.recipes.pages import blocks

ASKED = ("--secret", "keyturn/alice/access-key", "--region", "eu-west-1", "--repo", "example/shop")
SECRET = secret_of(FIRST)


@pytest.fixture
def secrets() -> Iterator[Endpoint]:
    with endpoint() as server:
        server.current = FIRST
        yield server


def runner(place: Path, secrets: Endpoint, *, has_gh: bool = True) -> Runner:
    reaching = {
        "AWS_ACCESS_KEY_ID": "ASIAFAKEOFTHEROLE",
        "AWS_SECRET_ACCESS_KEY": "not-a-secret",
        "AWS_ENDPOINT_URL_SECRETS_MANAGER": secrets.url,
    }
    return Runner(place, reaching, has_gh=has_gh)


def test_both_parts_are_given_by_standard_input_alone(tmp_path: Path, secrets: Endpoint) -> None:
    machine = runner(tmp_path, secrets)
    done = machine.run(*ASKED)
    assert done.returncode == 0, done.stderr
    assert [(call["arguments"], call["given"]) for call in machine.noted] == [
        (["secret", "set", "AWS_ACCESS_KEY_ID", "--repo", "example/shop"], FIRST),
        (["secret", "set", "AWS_SECRET_ACCESS_KEY", "--repo", "example/shop"], SECRET),
    ]
    seen = [done.stdout, done.stderr, *(str((call["arguments"], call["variables"])) for call in machine.noted)]
    assert not [text for text in seen if SECRET in text]
    assert FIRST in done.stdout


def test_an_environment_s_secrets_are_set_when_it_is_named(tmp_path: Path, secrets: Endpoint) -> None:
    machine = runner(tmp_path, secrets)
    assert machine.run(*ASKED, "--env", "production").returncode == 0
    assert {tuple(call["arguments"][-2:]) for call in machine.noted} == {("--env", "production")}


def test_before_the_first_rotation_nothing_is_changed(tmp_path: Path, secrets: Endpoint) -> None:
    secrets.intent = True
    machine = runner(tmp_path, secrets)
    done = machine.run(*ASKED)
    assert done.returncode == 1
    assert "there is no access key in keyturn/alice/access-key yet" in done.stderr
    assert machine.noted == []


def test_a_refusal_of_secrets_manager_is_told(tmp_path: Path, secrets: Endpoint) -> None:
    secrets.refuses = True
    machine = runner(tmp_path, secrets)
    done = machine.run(*ASKED)
    assert done.returncode == 1
    assert "UnrecognizedClientException" in done.stderr
    assert machine.noted == []


def test_a_refusal_of_github_is_told_without_what_was_sent(tmp_path: Path, secrets: Endpoint) -> None:
    machine = runner(tmp_path, secrets)
    done = machine.run(*ASKED, GH_REFUSES="1")
    assert done.returncode == 1
    assert "gh secret set AWS_ACCESS_KEY_ID failed: HTTP 403, and what was sent is ***" in done.stderr
    assert len(machine.noted) == 1
    assert SECRET not in done.stdout + done.stderr


def test_a_missing_program_is_named(tmp_path: Path, secrets: Endpoint) -> None:
    done = runner(tmp_path, secrets, has_gh=False).run(*ASKED)
    assert done.returncode == 1
    assert done.stderr == "github_secret.py: gh is not installed\n"


def test_the_workflow_runs_the_file_as_it_wants_to_be_run(tmp_path: Path, secrets: Endpoint) -> None:
    (lines,) = blocks("github-actions", "yaml")
    workflow = yaml.safe_load(lines)
    assert workflow["permissions"] == {"id-token": "write", "contents": "read"}
    (job,) = workflow["jobs"].values()
    step = job["steps"][-1]
    assert step["env"] == {"GH_TOKEN": "${{ secrets.SECRETS_WRITER_TOKEN }}"}
    interpreter, file, *arguments = shlex.split(step["run"])
    assert (interpreter, file) == ("python3", FILE.name)
    assert runner(tmp_path, secrets).run(*arguments).returncode == 0
