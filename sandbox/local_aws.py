"""An AWS account on this machine, as a context: emulator and clock, clients of anyone, the stack on request."""

import json
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

from botocore.config import Config

from sandbox import cdk
from sandbox.clock import Clock
from sandbox.local_emulator import ADMINISTRATOR, REGION, LocalEmulator, free_port
from sandbox.mailbox import Mailbox
from sandbox.signing import session_by

Client: TypeAlias = Any  # a boto3 client of any service: the stubs name them one by one


@dataclass(frozen=True)
class Credential:
    """An access key with its secret, which no representation shows."""

    key_id: str
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Rate:
    """How many calls IAM takes: so many a second, and so many at once after a pause."""

    per_second: float
    burst: float


class LocalAws:
    """A running account."""

    def __init__(self, place: Path, clock: Clock, emulator: LocalEmulator, mailbox: Mailbox) -> None:
        self.place, self.clock, self.emulator, self.mailbox = place, clock, emulator, mailbox
        self._session = session_by(clock, REGION)
        self._administrator = Credential(*ADMINISTRATOR)
        self._clients: dict[tuple[str, str, str], Client] = {}

    def client(self, service: str, credential: Credential | None = None) -> Client:
        """Give a client of one service: the administrator's, or that of whoever holds a credential."""
        return self._kept(service, credential or self._administrator, "")

    def observer(self, service: str, credential: Credential | None = None) -> Client:
        """Give the same, for a look from outside that leaves no trace in the account."""
        return self._kept(service, credential or self._administrator, "sandbox-observer")

    def new_client(self, service: str, credential: Credential, mark: str = "") -> Client:
        """Give a client that is not kept, for a credential used once."""
        return self._session.client(
            service,  # type: ignore[call-overload] # the stubs know literal names only
            endpoint_url=self.emulator.endpoint,
            aws_access_key_id=credential.key_id,
            aws_secret_access_key=credential.secret,
            config=Config(
                retries={"mode": "standard", "total_max_attempts": 1}, read_timeout=900, user_agent_extra=mark
            ),
        )

    def _kept(self, service: str, holder: Credential, mark: str) -> Client:
        key = (service, holder.key_id, mark)
        if key not in self._clients:
            self._clients[key] = self.new_client(service, holder, mark)
        return self._clients[key]

    def deploy(self, synthesis: cdk.Synthesis) -> "Deployment":
        """Prepare the account and deploy the stack into it, with the real CDK CLI."""
        variables = self.clock.variables()
        cdk.bootstrap(self.emulator, self.place, variables)
        return Deployment(self, cdk.deploy(self.emulator, self.place, synthesis.wait(), variables))

    def throttle(self, accounts: Mapping[str, Mapping[str, Rate]]) -> None:
        """Have IAM throttle the `reads` and the `mutations` of these accounts, and of no others."""
        named = {account: {kind: asdict(rate) for kind, rate in kinds.items()} for account, kinds in accounts.items()}
        new = self.emulator.throttles.with_suffix(".new")
        new.write_text(json.dumps(named), encoding="utf-8")
        new.replace(self.emulator.throttles)  # in one step: it is read at every call

    def calls(self) -> Iterator[dict[str, Any]]:
        """Give the calls made so far, the oldest first: who, with which key, did what to what, allowed or not."""
        with self.emulator.calls.open(encoding="utf-8") as log:
            yield from map(json.loads, log)


@dataclass(frozen=True)
class Deployment:
    """The stack in an account."""

    aws: LocalAws
    outputs: Mapping[str, str]

    def invoke(self, request: Mapping[str, object]) -> dict[str, Any]:
        """Invoke the rotator and give its run report."""
        answer = self.aws.client("lambda").invoke(
            FunctionName=self.outputs["RotatorFunctionName"],
            Payload=json.dumps(request).encode(),
        )
        body: dict[str, Any] = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            raise RuntimeError(f"The rotator failed: {body.get('errorType')}: {body.get('errorMessage')}")
        return body


@contextmanager
def local_aws(*, start: datetime | None = None) -> Iterator[LocalAws]:
    """Run an account; whatever ends the block, no process and no file of it stays."""
    with ExitStack() as stack:
        stack.enter_context(_ended_by_sigterm())
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="keyturn-sandbox-")))
        clock = Clock(place / "clock", start)
        mailbox = Mailbox(place / "mail", free_port())
        stack.callback(mailbox.close)
        emulator = LocalEmulator(place, clock, mailbox.address)
        stack.callback(emulator.close)
        yield LocalAws(place, clock, emulator, mailbox)


@contextmanager
def synthesis(settings: Mapping[str, object]) -> Iterator[cdk.Synthesis]:
    """Synthesize the app with some settings of cdk.json changed, beside whatever else is done."""
    with _ended_by_sigterm(), tempfile.TemporaryDirectory(prefix="keyturn-synthesis-") as place:
        under_way = cdk.Synthesis(Path(place), settings)
        try:
            yield under_way
        finally:
            under_way.close()


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    # SIGTERM ends Python at once, without a chance to end the emulator: turn it into an exit.
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    former = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, former)
