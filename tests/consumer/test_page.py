"""What docs/consumers.md shows as tried is tried: its code, run in a program that lives for hours."""

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from consumer import keyturn_credentials
from sandbox.clock import Clock
from tests.consumer.endpoint import Endpoint, endpoint
from tests.consumer.server_room import FIRST, SECOND

PAGE = (Path(__file__).parents[2] / "docs" / "consumers.md").read_text(encoding="utf-8")
LIVING = """
import sys
session = session_of("keyturn/alice/access-key", "eu-west-1")
for line in sys.stdin:
    print(session.get_credentials().get_frozen_credentials().access_key, flush=True)
"""


@pytest.fixture
def secrets() -> Iterator[Endpoint]:
    with endpoint() as server:
        server.current = FIRST
        yield server


def test_code_with_a_role_reads_the_secret_every_hour(tmp_path: Path, secrets: Endpoint) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    clock = Clock(tmp_path / "clock", datetime(2030, 1, 1, tzinfo=UTC))
    variables = {
        "HOME": str(tmp_path),
        "AWS_ACCESS_KEY_ID": "ASIAFAKEOFTHEROLE",
        "AWS_SECRET_ACCESS_KEY": "fake-secret-of-the-role",
        "AWS_ENDPOINT_URL_SECRETS_MANAGER": secrets.url,
        **clock.variables(),
    }
    with subprocess.Popen(
        [sys.executable, "-c", code + LIVING], env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout

        def key(*, after_minutes: int = 0) -> str:
            assert process.stdin
            assert process.stdout
            clock.move_by(timedelta(minutes=after_minutes))
            process.stdin.write("\n")
            process.stdin.flush()
            return process.stdout.readline().strip()

        assert key() == FIRST
        secrets.current = SECOND
        assert key(after_minutes=58) == FIRST
        assert secrets.readers == ["ASIAFAKEOFTHEROLE"]
        assert key(after_minutes=3) == SECOND
        secrets.refuses = True
        assert key(after_minutes=62) == SECOND, "a failed read within the last quarter of an hour is borne with"
        process.stdin.close()


def test_the_page_names_every_argument(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        keyturn_credentials.main(["--help"])
    shown = set(re.findall(r"--[a-z-]+", capsys.readouterr().out))
    of_the_aws_cli = {"--user-name", "--query", "--output"}
    assert not {argument for argument in shown - of_the_aws_cli - {"--help"} if argument not in PAGE}
