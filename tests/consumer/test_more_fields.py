"""A `credential_process` answer with fields that SDKs do not know, such as what is stored, is taken all the same."""

import json
import os
import subprocess
import sys
from pathlib import Path

import botocore.session
import pytest

from tests.consumer.endpoint import endpoint, secret_of
from tests.consumer.server_room import FIRST, Server

ANSWER = {
    "Version": 1,
    "AccessKeyId": FIRST,
    "SecretAccessKey": secret_of(FIRST),
    "UserName": "alice",
    "CreateDate": "2030-01-01T06:00:00Z",
    "SesSmtpPassword": "fake-smtp-password",
}


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    """A profile whose process answers with what is stored, as it is."""
    (tmp_path / "answer").write_text(json.dumps(ANSWER), encoding="utf-8")
    configuration = tmp_path / "config"
    configuration.write_text(
        f"[profile alice]\nregion = eu-west-1\ncredential_process = cat {tmp_path / 'answer'}\n", encoding="utf-8"
    )
    return configuration


def test_botocore_takes_the_fields_that_it_knows(configuration: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", str(configuration))
    credentials = botocore.session.Session(profile="alice").get_credentials()
    assert credentials is not None
    assert (credentials.access_key, credentials.secret_key) == (FIRST, secret_of(FIRST))
    assert credentials.token is None


def test_so_does_the_aws_cli(configuration: Path) -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("aws")), "configure", "list", "--profile", "alice"],
        env={"PATH": os.environ["PATH"], "AWS_CONFIG_FILE": str(configuration), "HOME": str(configuration.parent)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    kept = [line.split() for line in done.stdout.splitlines() if "custom-process" in line]
    assert [(line[0], line[1][-4:]) for line in kept] == [("access_key", FIRST[-4:]), ("secret_key", FIRST[-4:])]


def test_the_credential_file_hands_on_the_key_and_no_smtp_password(tmp_path: Path) -> None:
    with endpoint() as secrets:
        secrets.current = FIRST
        secrets.more = {"SesSmtpPassword": "fake-smtp-password"}
        server = Server(tmp_path, secrets)
        server.seed(FIRST)
        done = server.run()
        assert json.loads(done.stdout)["SecretAccessKey"] == secret_of(FIRST)
        kept = "".join(file.read_text() for file in (tmp_path / "cache").rglob("*") if file.is_file())
        assert "fake-smtp-password" not in done.stdout + done.stderr + kept
