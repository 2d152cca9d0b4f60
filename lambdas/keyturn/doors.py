"""Everything that a run needs of the world: the doors to AWS, the time, and the settings."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from keyturn.aws.alarms import Alarms
from keyturn.aws.clients import Clients
from keyturn.aws.credential_report import CredentialReport
from keyturn.aws.events import Events
from keyturn.aws.iam import Iam
from keyturn.aws.identity import Identity
from keyturn.aws.mail import Mail
from keyturn.aws.secrets import Secrets
from keyturn.aws.tally import Tally
from keyturn.aws.topic import Topic
from keyturn.deadline import Deadline
from keyturn.pace import Pace
from keyturn.settings import Settings


@dataclass(frozen=True)
class Doors:
    """The doors to AWS; each has the clients that it was given, and no other module makes any.

    Attributes:
        tally: counts what passes through all of them.
    """

    iam: Iam
    report: CredentialReport
    secrets: Secrets
    identity: Identity
    alarms: Alarms
    events: Events
    topic: Topic
    mail: Mail
    tally: Tally

    @classmethod
    def open(cls, clients: Clients, settings: Settings) -> "Doors":
        """Open all doors with the clients."""
        return cls(
            iam=Iam(clients),
            report=CredentialReport(clients),
            secrets=Secrets(clients, kms_key_id=settings.kms_key_id),
            identity=Identity(clients),
            alarms=Alarms(clients),
            events=Events(clients, settings.event_bus),
            topic=Topic(clients, settings.topic_arn),
            mail=Mail(clients, settings.notify_from or "", settings.mail_configuration_set),
            tally=clients.tally,
        )


@dataclass(frozen=True)
class Run:
    """One run.

    Attributes:
        id: names the run in logs, intents and the report.
        now: the moment that everything in the run is decided for, in UTC.
        pace: when the run may create its next key.
    """

    id: str
    now: datetime
    settings: Settings
    doors: Doors
    deadline: Deadline
    pace: Pace = field(default_factory=Pace)

    @classmethod
    def begin(cls, settings: Settings, clients: Clients, now: datetime, deadline: Deadline) -> "Run":
        """Begin a run at a moment, with a name of its own."""
        return cls(str(uuid4()), now, settings, Doors.open(clients, settings), deadline)
