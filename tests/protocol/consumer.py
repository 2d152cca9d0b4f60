"""A user's program: it fetches its credential with the one it has, and signs a call with it."""

import contextlib
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from botocore.exceptions import ClientError

from tests.fakes.calls import Caller, ServiceError
from tests.fakes.identities import User
from tests.fakes.signing import authenticate
from tests.fakes.world import World


@dataclass
class Consumer:
    """What a program holds, and the calls that were refused to it through no fault of a person.

    Attributes:
        every: how often it is run.
    """

    world: World
    user: User
    key: str
    every: timedelta = timedelta(0)
    refused: list[str] = field(default_factory=list)
    last: datetime | None = None

    def __post_init__(self) -> None:
        """Be given the secret of the first key by hand."""
        self._secret = self.world.keys[self.key].secret

    def work(self) -> None:
        """Take over what the secret gives, if it gives anything, then sign a call."""
        if self.last is not None and self.world.now - self.last < self.every:
            return
        self.last = self.world.now
        with contextlib.suppress(ClientError):  # there may be no secret yet; what matters is the call that follows
            self._fetch()
        try:
            authenticate(self.world, Caller("a consumer", 0, self.key, self._secret), "s3")
        except ServiceError as error:
            if self._switched_off_by_a_run():
                self.refused.append(f"{self.user.name}'s program was refused with {self.key}: {error.code}")

    def _fetch(self) -> None:
        secret = self.world.secret_of(self.user)
        if secret is None:
            return
        signed = self.world.signed(self.key, self._secret)
        value = json.loads(signed.secretsmanager.get_secret_value(SecretId=secret.arn)["SecretString"])
        if "AccessKeyId" in value:
            self.key, self._secret = value["AccessKeyId"], value["SecretAccessKey"]

    def _switched_off_by_a_run(self) -> bool:
        """Whether it was a run that made the key Inactive, and not a person."""
        key = self.world.keys[self.key]
        off = next((at for at, status in reversed(key.history) if status == "Inactive"), key.deleted_at)
        return any(
            change.key is key and change.at == off and change.what in {"deactivate", "delete"}
            for change in self.world.changes
        )
