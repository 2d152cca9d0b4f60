"""The world of a test: an inhabited account, the one way into it, and what happens to calls."""

import contextlib
import threading
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from keyturn.domain.member_role import MemberRole
from keyturn.domain.refusal import Refused
from tests.fakes import iam_report, iam_users, mail, secrets_labels, secrets_life, secrets_read, signals
from tests.fakes.account import EPOCH
from tests.fakes.audit import Audit, audited
from tests.fakes.calls import OPERATIONS, Call, Caller, Entry, Killed, Params, Response, ServiceError
from tests.fakes.chronicle import Run
from tests.fakes.clients import Clients, connect
from tests.fakes.inhabitants import PERSON, InhabitedAccount
from tests.fakes.models import operations
from tests.fakes.secrets_find import forget_deleted
from tests.fakes.secrets_list import remember_index
from tests.fakes.signing import authenticate

# Importing a service's module enters its operations in the table.
SERVICES = (iam_report, iam_users, mail, secrets_labels, secrets_life, secrets_read, signals)

Interceptor = Callable[[Call], BaseException | None]


class World(InhabitedAccount):
    """An account that tests, people, consumers and runs of the rotator share; runs may call from several threads."""

    def __init__(self, now: datetime = EPOCH) -> None:
        super().__init__(now=now)
        self.intercept: list[Interceptor] = []
        self.log: list[Entry] = []
        self.members: dict[str, World] = {}
        self.lent: list[MemberRole] = []
        self.admin = connect(self, PERSON)
        self._lock = threading.RLock()
        self._calls = self._tokens = 0

    def clients(self, *, attempts: int = 1, heals: bool = True) -> Clients:
        """The clients of a new run.

        With one attempt each fault reaches the caller, with three (botocore's default) the passing ones do not.
        A run that only looks (`heals=False`) is no further run that must have healed what an earlier one left.
        """
        run = Run(len(self.runs) + 1, self.now, heals)
        self.runs.append(run)
        return connect(self, Caller(f"rotator-{run.number}", run.number), attempts)

    def signed(self, access_key_id: str, secret_access_key: str) -> Clients:
        """The clients of a program that signs with a user's key."""
        return connect(self, Caller("a consumer", 0, access_key_id, secret_access_key))

    def lend(self, role: MemberRole) -> Clients:
        """The clients of a run in another account, which lends its role if it is a member."""
        self.lent.append(role)
        member = self.members.get(role.arn.split(":")[4])
        if member is None:
            raise Refused("AssumeRole", "AccessDenied", f"not authorized to perform: sts:AssumeRole on {role.arn}")
        return member.clients(attempts=5)

    def call(self, service: str, operation: str, params: Params, caller: Caller) -> Response:
        """Answer a request, or raise the ServiceError or the fault that it meets."""
        run = self.runs[caller.run - 1] if caller.run else None
        if run is not None and run.dead:
            raise Killed("this run's process is gone")
        with self._lock:
            self._calls += 1
            call = Call(self._calls, service, operation, params, caller)
        entry = Entry(call, "OK", committed=False, mutating=OPERATIONS[service, operation].mutating)
        try:
            late = self._meet(call, run) if run is not None else None
            return self._deliver(entry, late)
        except BaseException as error:
            entry.outcome = error.code if isinstance(error, ServiceError) else type(error).__name__
            raise
        finally:
            self.log.append(entry)

    def _meet(self, call: Call, run: Run) -> BaseException | None:
        """Let the interceptors have the call; outside the lock, since one may let a whole other run happen here."""
        late = None
        try:
            for interceptor in tuple(self.intercept):
                late = interceptor(call) or late
        except BaseException as error:
            self._disturb(run, error)
            raise
        if late is not None:
            self._disturb(run, late)
        return late

    def _disturb(self, run: Run, error: BaseException) -> None:
        run.disturbed = True
        run.dead = run.dead or isinstance(error, Killed)

    def _deliver(self, entry: Entry, late: BaseException | None) -> Response:
        """Answer; a fault after the commit takes the place of any answer, of a refusal, too."""
        if late is None:
            return self._answer(entry)
        with contextlib.suppress(ServiceError):
            self._answer(entry)
        raise late

    def _answer(self, entry: Entry) -> Response:
        call = entry.call
        with self._lock:
            if call.caller.access_key_id:
                authenticate(self, call.caller, call.service)
            operations(call.service)[call.operation].check(call.params)
            if call.service == "secretsmanager":
                forget_deleted(self)
                if entry.mutating:
                    remember_index(self)
            answer = OPERATIONS[call.service, call.operation].handler(self, call.caller, call.params)
            entry.committed = True
            return answer

    def sleep(self, seconds: float) -> None:
        """Wait, in no time; a run's threads may all wait at once."""
        with self._lock:
            self.advance(timedelta(seconds=seconds))

    def fresh_token(self) -> str:
        """What boto3 fills in where the caller gives no token."""
        with self._lock:
            self._tokens += 1
            return str(uuid.UUID(int=self._tokens))

    @property
    def mutations(self) -> list[Call]:
        """The calls that changed the account, whatever their callers were told."""
        return [entry.call for entry in self.log if entry.mutating and entry.committed]

    def calls(self, run: int | None = None) -> list[Call]:
        """The calls of a run, or of all runs; those of people and consumers are not among them."""
        return [one.call for one in self.log if one.call.caller.run and run in (None, one.call.caller.run)]

    def audit(self) -> Audit:
        """What an outsider sees."""
        return audited(self)
