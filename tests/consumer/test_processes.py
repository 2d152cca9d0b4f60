"""As a process of its own: beside others, killed, without botocore, against a service that hangs."""

import ast
import json
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from tests.consumer.endpoint import Endpoint, endpoint, secret_of
from tests.consumer.server_room import FILE, FIRST, SECOND, Server

TOGETHER = 20
# No site-packages, and nothing of the environment: the standard library alone.
BARE = ("-I", "-S")


@pytest.fixture
def secrets() -> Iterator[Endpoint]:
    with endpoint() as server:
        yield server


@pytest.fixture
def unseeded(tmp_path: Path, secrets: Endpoint) -> Server:
    return Server(tmp_path, secrets)


@pytest.fixture
def server(unseeded: Server) -> Server:
    unseeded.seed(FIRST)
    return unseeded


def test_twenty_at_once_read_once_and_none_of_them_fails(server: Server) -> None:
    server.endpoint.current, server.endpoint.seconds = SECOND, 1.5
    processes = [server.start() for _ in range(TOGETHER)]
    told = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0] * TOGETHER
    assert {err for _, err in told} == {""}
    answers = [json.loads(out) for out, _ in told]
    given = {each["AccessKeyId"] for each in answers}
    assert given == {FIRST, SECOND}, "who does not read does not wait, either, and gives what is held"
    assert all(each["SecretAccessKey"] == secret_of(each["AccessKeyId"]) for each in answers)
    assert server.endpoint.readers == [FIRST]
    assert json.loads(server.run().stdout)["AccessKeyId"] == SECOND
    assert server.endpoint.readers == [FIRST]
    assert not list((server.home / "cache").glob("*.new"))


def test_twenty_at_once_with_nothing_held_wait_for_the_one_that_reads(tmp_path: Path, secrets: Endpoint) -> None:
    first = {"KEYTURN_ACCESS_KEY_ID": FIRST, "KEYTURN_SECRET_ACCESS_KEY": secret_of(FIRST)}
    server = Server(tmp_path, secrets, first)
    secrets.current, secrets.seconds = SECOND, 0.5
    processes = [server.start() for _ in range(TOGETHER)]
    told = [process.communicate(timeout=60) for process in processes]
    assert {json.loads(out)["AccessKeyId"] for out, _ in told} == {SECOND}
    assert secrets.readers == [FIRST]


def test_a_reader_that_is_killed_stands_in_nobody_s_way(server: Server) -> None:
    server.endpoint.current, server.endpoint.seconds = SECOND, 30
    with server.start() as process:
        until = time.monotonic() + 30
        while not server.endpoint.readers and time.monotonic() < until:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
    assert server.endpoint.readers == [FIRST]
    server.endpoint.seconds = 0
    assert json.loads(server.run().stdout)["AccessKeyId"] == SECOND


def test_a_service_that_hangs_holds_nobody_up_for_long(server: Server) -> None:
    server.endpoint.seconds = 60
    began = time.monotonic()
    ended = server.run()
    assert time.monotonic() - began < 3 + 5, "three seconds for the read, and what it takes to start on a busy machine"
    assert json.loads(ended.stdout)["AccessKeyId"] == FIRST
    assert "Read timeout" in ended.stderr


def test_an_answer_from_the_cache_needs_no_botocore_and_no_network(server: Server) -> None:
    server.endpoint.current = SECOND
    server.run()
    server.endpoint.server_close()
    ended = server.run(python=BARE)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert json.loads(ended.stdout)["AccessKeyId"] == SECOND


def test_without_botocore_what_is_held_is_answered_and_what_is_missing_is_named(server: Server) -> None:
    server.endpoint.current = SECOND
    ended = server.run(python=BARE)
    assert json.loads(ended.stdout)["AccessKeyId"] == FIRST
    assert "-m pip install botocore" in ended.stderr
    assert not server.endpoint.readers


def test_the_copy_of_botocore_that_the_aws_cli_carries_will_do(server: Server) -> None:
    server.endpoint.current = SECOND
    only_the_cli = server.home / "packages"
    only_the_cli.mkdir()
    for package in ("awscli", "jmespath", "dateutil", "six.py", "urllib3"):
        (only_the_cli / package).symlink_to(Path(boto3.__file__).parents[1] / package)
    ended = Server(server.home, server.endpoint, {"PYTHONPATH": str(only_the_cli)}).run(python=("-S",))
    assert (ended.returncode, ended.stderr) == (0, "")
    assert json.loads(ended.stdout)["AccessKeyId"] == SECOND


def test_its_grammar_is_that_of_python_3_9() -> None:
    ast.parse(FILE.read_text(encoding="utf-8"), feature_version=(3, 9))


def test_what_it_writes_is_utf_8_whatever_the_machine_speaks(unseeded: Server) -> None:
    latin = Server(unseeded.home, unseeded.endpoint, {"PYTHONIOENCODING": "latin-1"})
    latin.seed(FIRST)
    # botocore decodes stderr as UTF-8, strictly, and would show a decoding error instead of the sentence.
    assert "AKIA…0001" in latin.run("status").stdout
