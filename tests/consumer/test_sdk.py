"""How boto3 gets along with it: a program that lives for days asks again when an answer runs out, and not before."""

import json
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sandbox.clock import Clock
from tests.consumer.endpoint import Endpoint, endpoint, secret_of
from tests.consumer.server_room import FIRST, SECOND, Server

PROGRAM = Path(__file__).with_name("sdk_program.py")


class Program:
    """A process with a boto3 session, on a clock of its own."""

    def __init__(self, process: "subprocess.Popen[str]", clock: Clock, asked: Path) -> None:
        self._process, self._clock, self._asked = process, clock, asked

    def signs_with(self, *, after_minutes: int = 0) -> str:
        """Let time pass, and say what it signs with."""
        self._clock.move_by(timedelta(minutes=after_minutes))
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    @property
    def asked(self) -> int:
        """How often boto3 has started the credential_process."""
        return self._asked.read_text(encoding="utf-8").count("\n")


@pytest.fixture
def secrets() -> Iterator[Endpoint]:
    with endpoint() as server:
        server.current = FIRST
        yield server


@contextmanager
def started(home: Path, secrets: Endpoint, command: list[str] | None = None) -> Iterator[Program]:
    """Start a program whose profile has the file, or another command, as credential_process."""
    clock = Clock(home / "clock", datetime(2030, 1, 1, tzinfo=UTC))
    server = Server(home, secrets, {"AWS_CONFIG_FILE": str(home / "config"), **clock.variables()})
    server.seed(FIRST)
    asked = home / "asked"
    asked.touch()
    counting = home / "counting"
    counting.write_text(
        f"#!/bin/sh\necho asked >> {shlex.quote(str(asked))}\nexec {shlex.join(command or server.command)}\n"
    )
    counting.chmod(0o700)
    (home / "config").write_text(f"[profile alice]\nregion = eu-west-1\ncredential_process = {counting}\n")
    with subprocess.Popen(
        [sys.executable, str(PROGRAM)],
        env=server.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield Program(process, clock, asked)
        finally:
            process.kill()


def test_a_program_asks_again_in_time_and_goes_over_to_the_successor(tmp_path: Path, secrets: Endpoint) -> None:
    with started(tmp_path, secrets) as program:
        assert program.signs_with() == FIRST
        secrets.current = SECOND
        assert program.signs_with(after_minutes=44) == FIRST
        assert program.asked == 1, "an answer of an hour is good for 45 minutes"
        assert program.signs_with(after_minutes=2) == FIRST
        assert (program.asked, len(secrets.readers)) == (2, 1), "asked again, it answers from its cache"
        assert program.signs_with(after_minutes=46) == SECOND
        assert (program.asked, len(secrets.readers)) == (3, 2)


def test_while_the_service_is_away_a_program_asks_every_five_minutes_and_not_at_every_call(
    tmp_path: Path, secrets: Endpoint
) -> None:
    secrets.server_close()
    with started(tmp_path, secrets) as program:
        for _ in range(50):
            assert program.signs_with() == FIRST
        assert program.asked == 1
        for minutes in range(6, 60, 6):
            assert program.signs_with(after_minutes=6) == FIRST
            assert program.asked == 1 + minutes // 6
        assert program.signs_with(after_minutes=60 * 24 * 7) == FIRST, "after a week, too"


def test_a_program_is_shown_why_a_refused_key_is_not_given_and_goes_on_after_a_rollback(
    tmp_path: Path, secrets: Endpoint
) -> None:
    with started(tmp_path, secrets) as program:
        assert program.signs_with() == FIRST
        secrets.refuses = True
        assert program.signs_with(after_minutes=46) == FIRST, "asked again, it answers from its cache"
        # In the quarter of an hour before an answer runs out boto3 bears with a failure, and keeps what it has.
        assert program.signs_with(after_minutes=46) == FIRST
        said = program.signs_with(after_minutes=14)
        assert said.startswith(
            "CredentialRetrievalError: Error when retrieving credentials from custom-process: keyturn_"
        )
        assert "AWS refuses access key AKIA…0001 (UnrecognizedClientException)" in said
        assert "rollback of the user of secret keyturn/alice/access-key" in said
        secrets.refuses, secrets.current = False, SECOND
        assert program.signs_with(after_minutes=1) == SECOND


def test_an_answer_without_an_expiration_is_kept_for_ever(tmp_path: Path, secrets: Endpoint) -> None:
    # What the secret itself holds: the reason why this file exists.
    value = tmp_path / "value.json"
    value.write_text(json.dumps({"Version": 1, "AccessKeyId": FIRST, "SecretAccessKey": secret_of(FIRST)}))
    with started(tmp_path, secrets, ["cat", str(value)]) as program:
        assert program.signs_with() == FIRST
        value.write_text(json.dumps({"Version": 1, "AccessKeyId": SECOND, "SecretAccessKey": secret_of(SECOND)}))
        assert program.signs_with(after_minutes=60 * 24 * 120) == FIRST
        assert program.asked == 1
