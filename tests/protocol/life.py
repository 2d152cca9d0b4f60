"""A life: runs of the rotator on an account, day after day, with everything judged at every call."""

import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from keyturn.aws.clients import Clients
from keyturn.deadline import Deadline
from keyturn.domain.outcome import Outcome, Result
from keyturn.domain.refusal import AwsError
from keyturn.doors import Doors, Run
from keyturn.report import RunReport, went_wrong
from keyturn.request import InvalidRequest, Request, Verb
from keyturn.run import perform
from keyturn.settings import Settings
from tests.fakes.account import EPOCH
from tests.fakes.calls import Call, Killed
from tests.fakes.identities import SECRET_MARK, AccessKey, User
from tests.fakes.world import World
from tests.protocol.consumer import Consumer
from tests.protocol.promises import broken

LAMBDA_SECONDS = 900.0
SETTINGS = Settings.from_environment(
    {
        "KEYTURN_MODE": "enforce",
        "KEYTURN_CONCURRENCY": "1",  # the calls of a run come in one order
        "KEYTURN_EVENT_BUS": "default",
        "KEYTURN_TOPIC_ARN": "arn:aws:sns:eu-west-1:111122223333:people",
        "KEYTURN_NOTIFY_FROM": "keyturn@example.com",
    }
)
ROLLBACK = Request(verb=Verb.ROLLBACK, users=("alice",))


def sending(attempts: int) -> Callable[[World], Clients]:
    """Clients that send a request so often; with one attempt, every fault reaches the product."""
    return lambda world: world.clients(attempts=attempts)


@dataclass(frozen=True)
class Ending:
    """How a run ended: with a report, or with the error that it raised, or killed."""

    report: RunReport | None = None
    error: BaseException | None = None

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        return self.report.outcomes if self.report else ()

    @property
    def labels(self) -> list[str]:
        """Each outcome as `action result reason`, such as `CreateKey Done KeyDue`."""
        return [f"{each.action.name} {each.result.value} {each.reason.label}" for each in self.outcomes]

    @property
    def done(self) -> list[str]:
        """The actions that were done."""
        return [each.action.name for each in self.outcomes if each.result is Result.DONE]

    @property
    def told(self) -> bool:
        """Whether people learn that something is wrong: by an error, or by the report."""
        return self.error is not None or any(went_wrong(each) or each.reason.blocks for each in self.outcomes)


@dataclass
class Life:
    """An account with Alice in it, her program, and the rotator's runs.

    Attributes:
        connect: makes a run's clients.
        intents: when runs wrote into secrets.
        recovery: what every user was promised, whatever the settings are by now; None if they never change.
        found: the promises that were broken, each with the call before which it was first seen.
    """

    connect: Callable[[World], Clients] = World.clients
    settings: Settings = SETTINGS
    world: World = field(default_factory=World)
    consumers: list[Consumer] = field(default_factory=list)
    found: list[str] = field(default_factory=list)
    intents: list[datetime] = field(default_factory=list)
    runs: int = 0
    recovery: timedelta | None = None

    def __post_init__(self) -> None:
        """Look at everything before each call, that is, after the one before."""
        self.world.intercept += [self._watch, self._note_intent]

    def alice(self, *, age_days: float = 80, tags: dict[str, str] | None = None) -> User:
        """Alice, whose key is due, whose program works with it, and whose owner reads letters."""
        user = self.world.user("alice", tags={"keyturn:owner": "alice@example.com", **(tags or {})})
        self.consumers.append(Consumer(self.world, user, self.world.key(user, age_days=age_days, last_used_days=1)))
        return user

    def to_day(self, day: float) -> None:
        """Let programs work, and time pass, until so many days after the beginning."""
        self._work()
        self.world.now = max(self.world.now, EPOCH + timedelta(days=day))
        self._work()

    def wait(self, span: timedelta) -> None:
        """Let programs work, and time pass."""
        self._work()
        self.world.advance(span)
        self._work()

    def run(self, request: Request | None = None) -> Ending:
        """A run from its beginning to its end, whatever end that is."""
        ending = self.perform(request)
        self.judge()
        return ending

    def perform(self, request: Request | None = None) -> Ending:
        """A run, perhaps one of several at once."""
        self.runs += 1
        clients = self.connect(self.world)
        started = self.world.now
        run = Run(
            id=f"run-{self.runs}",
            now=started,
            settings=self.settings,
            doors=Doors.open(clients, self.settings),
            deadline=Deadline(
                lambda: LAMBDA_SECONDS - (self.world.now - started).total_seconds(),
                self.world.sleep,
            ),
        )
        said: list[object] = []
        try:
            ending = Ending(perform(request or Request(), run, tell=said.append, measure=said.append))
        except (Killed, AwsError, InvalidRequest) as error:
            ending = Ending(error=error)
            said.append(traceback.format_exception(error))
        if SECRET_MARK in repr((said, ending)):
            self.found.append(f"4: run {self.runs} tells, measures, answers or raises a secret access key")
        return ending

    def look_away(self) -> None:
        """Judge only at rest from here on: while several runs are at work, none of them is the last one."""
        self.world.intercept.remove(self._watch)

    def judge(self) -> None:
        """Look at everything now that no call is under way."""
        self._note("at rest", broken(self.world, self._promised, self.intents))

    @property
    def _promised(self) -> timedelta:
        return self.recovery or self.settings.policy.recovery

    def _watch(self, call: Call) -> None:
        self._note(f"before {call.operation}", broken(self.world, self._promised, self.intents, at_rest=False))

    def _note_intent(self, call: Call) -> None:
        if call.operation == "put_secret_value":
            self.intents.append(self.world.now)

    def _note(self, when: str, violations: list[str]) -> None:
        told = {text.partition(" | ")[0] for text in self.found}
        refusals = [text for consumer in self.consumers for text in consumer.refused]
        self.found.extend(f"{text} | {when}, run {self.runs}" for text in (*violations, *refusals) if text not in told)

    def _work(self) -> None:
        for consumer in self.consumers:
            consumer.work()

    def key(self, key_id: str) -> AccessKey:
        return self.world.keys[key_id]

    def current(self, user: User) -> AccessKey | None:
        """The key that the user's secret gives to consumers."""
        secret = self.world.secret_of(user)
        version = secret.holder("AWSCURRENT") if secret and secret.deletion_at is None else None
        return next((self.world.keys[key_id] for key_id in version.holds), None) if version else None

    def strangers(self) -> Iterator[AccessKey]:
        """The living keys that a run made and whose secret nobody holds, through no fault of a person."""
        for key in self.world.keys.values():
            lost = not key.stored or (key.lost_by is not None and key.lost_by.run > 0)
            if key.created_by.run and key.deleted_at is None and lost:
                yield key
