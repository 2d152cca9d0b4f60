"""A laptop with the file on it, in a world of its own: it is asked as an SDK asks, in this process."""

import contextlib
import io
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from consumer import keyturn_credentials
from consumer.keyturn_credentials import Credential
from tests.fakes.identities import SECRET_MARK
from tests.fakes.world import World

SECRET, REGION = "keyturn/alice/access-key", "eu-west-1"


@dataclass(frozen=True)
class Said:
    """What came back: exit status, standard output, standard error."""

    status: int
    out: str
    err: str

    @property
    def credential(self) -> dict[str, Any]:
        """The answer to an SDK: one line of JSON, all that is on the standard output."""
        assert self.status == 0, self.err
        assert self.out.count("\n") == 1
        return cast("dict[str, Any]", json.loads(self.out))

    @property
    def key_id(self) -> str:
        return str(self.credential["AccessKeyId"])


@dataclass
class Laptop:
    """Asks with the keys that it holds; `failure` is what its calls meet instead of an answer."""

    world: World
    cache_dir: Path
    monkeypatch: pytest.MonkeyPatch
    failure: Exception | None = None
    reads: list[str] = field(default_factory=list)

    def say(self, *arguments: str, given: str = "") -> Said:
        """Run the file with these arguments, and check that no secret is anywhere but in the answer."""
        self.monkeypatch.setattr("sys.stdin", io.StringIO(given))
        out, err = io.StringIO(), io.StringIO()
        place = ["--secret", SECRET, "--region", REGION, "--cache-dir", str(self.cache_dir)]
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = keyturn_credentials.main([*arguments, *place], connect=self._connect, clock=lambda: self.world.now)
        assert SECRET_MARK not in err.getvalue()
        if SECRET_MARK in out.getvalue():
            assert arguments[:1] not in {("seed",), ("status",)}
        return Said(status, out.getvalue(), err.getvalue())

    def ask(self, *arguments: str) -> Said:
        """Ask for a credential."""
        return self.say(*arguments)

    def seed(self, key_id: str, *arguments: str) -> Said:
        """Give it a key by hand."""
        return self.say("seed", *arguments, given=f"{key_id}\n{self.world.keys[key_id].secret}\n")

    def lasts(self, said: Said) -> timedelta:
        """How long an answer is good."""
        until = datetime.strptime(said.credential["Expiration"], "%Y-%m-%dT%H:%M:%S%z")
        return until - self.world.now

    @property
    def file(self) -> Path:
        """The one file of the cache."""
        (found,) = self.cache_dir.glob("*.json")
        return found

    def _connect(self, region: str, credential: Credential) -> SimpleNamespace:
        assert region == REGION

        def get_secret_value(**asked: str) -> Any:  # noqa: ANN401 - as botocore answers
            self.reads.append(credential.key_id)
            if self.failure is not None:
                raise self.failure
            client: Any = self.world.signed(credential.key_id, credential.secret).secretsmanager
            return client.get_secret_value(**asked)

        return SimpleNamespace(get_secret_value=get_secret_value)
