"""Everything that a run says, to whomever: its logs at DEBUG, what it prints, raises, answers, sends and writes."""

import io
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.fakes.calls import Killed
from tests.fakes.identities import SECRET_MARK
from tests.fakes.mail import content
from tests.fakes.world import World
from tests.lambda_function import ENFORCE, LambdaFunction

TELLING = ENFORCE | {
    "KEYTURN_EVENT_BUS": "default",
    "KEYTURN_TOPIC_ARN": "arn:aws:sns:eu-west-1:111122223333:people",
    "KEYTURN_NOTIFY_FROM": "keyturn@example.com",
    "KEYTURN_CONCURRENCY": "1",
}


@dataclass
class Overhearing:
    """What was overheard of the runs in a world."""

    world: World
    heard: io.StringIO = field(default_factory=io.StringIO)

    def invoke(self, event: object) -> None:
        """Let the deployed function run, and hear what it answers or raises, and what it prints and logs."""
        with every_logger_at_debug(self.heard):
            try:
                report = LambdaFunction(self.world, TELLING, printed=self.heard).invoke(event)
                self.heard.write(repr(report))
            except (Exception, Killed) as error:  # noqa: BLE001 - whatever it is, it is told to somebody
                self.heard.write("".join(traceback.format_exception(error)) + repr((error, vars(error))))

    def everything(self) -> str:
        """All that was said, and all that stands where others can read it: everywhere but in secrets' values."""
        world = self.world
        users = [(user.name, user.tags) for user in world.users.values()]
        secrets = [(one.name, one.description, one.tags, one.stages) for one in world.secrets.values()]
        return self.heard.getvalue() + repr(
            [world.events, world.messages, world.letters, *map(content, world.letters), users, secrets]
        )

    def leaked(self) -> list[str]:
        """The keys, of all that ever were, whose secret can be heard."""
        return secrets_in(self.everything(), self.world)


def secrets_in(text: str, world: World) -> list[str]:
    """The keys that a text gives away."""
    return [key.id for key in world.keys.values() if any(word in text for word in key.telltales)]


@dataclass
class Search:
    """A stream that keeps nothing but the texts in which a secret stands."""

    length: int = 0
    leaked: list[str] = field(default_factory=list)

    def write(self, text: str) -> int:
        """Search a text."""
        self.length += len(text)
        if SECRET_MARK in text:
            self.leaked.append(text)
        return len(text)

    def flush(self) -> None:
        """Nothing is kept back."""


@contextmanager
def every_logger_at_debug(stream: io.StringIO | Search) -> Iterator[None]:
    """Let the root and every logger there is say all that they can, as a debugging operator would."""
    handler = logging.StreamHandler(stream)
    loggers = [logging.getLogger(), *map(logging.getLogger, logging.root.manager.loggerDict)]
    levels = [logger.level for logger in loggers]
    logging.getLogger().addHandler(handler)
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
