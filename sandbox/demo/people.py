"""The users of the demo: one for each situation that a rotator of access keys meets."""

from collections.abc import Iterator
from dataclasses import dataclass, field

PATH = "/service/"


@dataclass(frozen=True, kw_only=True)
class SeedKey:
    """A key that is there on day 0; ages and uses are days before it."""

    age: int
    used: int | None = None
    inactive: bool = False


@dataclass(frozen=True, kw_only=True)
class Program:
    """Something that works with a key: how often, and whether it fetches its credential from the secret."""

    key: int = 0
    every: int = 1
    fetches: bool = True


@dataclass(frozen=True, kw_only=True, eq=False)
class Person:
    """An IAM user and its story.

    Attributes:
        exempt_for: days for which the user is exempt, from day 0.
        alarm_rings: the days on which the user's guard alarm rings.
        may_be_overdue: why a key of this user may get older than the maximum age, empty if none may.
    """

    name: str
    situation: str
    keys: tuple[SeedKey, ...] = ()
    programs: tuple[Program, ...] = ()
    path: str = PATH
    tags: dict[str, str] = field(default_factory=dict)
    exempt_for: int | None = None
    alarm_rings: range = range(0)
    may_be_overdue: str = ""

    @property
    def in_scope(self) -> bool:
        """Tell whether the user is under the path that the stack is deployed for."""
        return self.path == PATH


GUARD_ALARM = "billing-errors"
# Owners get their mail from here.
SENDER = "keyturn@example.com"

EVERY_SITUATION = (
    Person(
        name="payments",
        situation="a key about to be too old, a program that uses it daily",
        keys=(SeedKey(age=84, used=1),),
        programs=(Program(),),
        tags={"keyturn:owner": "payments@example.com"},
    ),
    Person(
        name="reports",
        situation="a fresh key, a program that uses it daily",
        keys=(SeedKey(age=10, used=1),),
        programs=(Program(),),
    ),
    Person(
        name="backup",
        situation="two keys, the older one inactive",
        keys=(SeedKey(age=190, used=120, inactive=True), SeedKey(age=80, used=1)),
        programs=(Program(key=1),),
        may_be_overdue="the inactive key waits its recovery period before it makes room",
    ),
    Person(
        name="mailer",
        situation="two active keys, one unused for months",
        keys=(SeedKey(age=180, used=150), SeedKey(age=60, used=1)),
        programs=(Program(key=1),),
        may_be_overdue="the unused key waits its recovery period before it makes room",
    ),
    Person(
        name="partner-api",
        situation="two active keys, both in use",
        keys=(SeedKey(age=82, used=1), SeedKey(age=40, used=1)),
        programs=(Program(fetches=False), Program(key=1, fetches=False)),
        may_be_overdue="both keys are in use, and neither is cut",
    ),
    Person(
        name="legacy-erp",
        situation="exempt for the whole time",
        keys=(SeedKey(age=84, used=1),),
        programs=(Program(fetches=False),),
        exempt_for=3650,
        may_be_overdue="exempt",
    ),
    Person(
        name="kiosk",
        situation="an exemption that is over on day 20",
        keys=(SeedKey(age=84, used=1),),
        programs=(Program(),),
        exempt_for=20,
        may_be_overdue="exempt until day 20",
    ),
    Person(
        name="billing",
        situation="an owner, and a guard alarm that rings when the old key should go",
        keys=(SeedKey(age=80, used=1),),
        programs=(Program(),),
        tags={"keyturn:owner": "billing@example.com", "keyturn:guard-alarm": GUARD_ALARM},
        alarm_rings=range(13, 19),
        may_be_overdue="its guard alarm rang at the deadline",
    ),
    Person(
        name="iot-gateway",
        situation="a shorter maximum age of its own, 45 days",
        keys=(SeedKey(age=28, used=1),),
        programs=(Program(),),
        tags={"keyturn:max-age-days": "45"},
    ),
    Person(
        name="deploy,eu",
        situation="a comma in its name",
        keys=(SeedKey(age=70, used=1),),
        programs=(Program(),),
    ),
    Person(
        name="weekly-audit",
        situation="a program that runs once a week",
        keys=(SeedKey(age=76, used=4),),
        programs=(Program(every=7),),
    ),
    Person(name="forgotten", situation="an old key that nobody uses", keys=(SeedKey(age=84),)),
    Person(
        name="stubborn",
        situation="a program that keeps its old key and never fetches",
        keys=(SeedKey(age=78, used=1),),
        programs=(Program(fetches=False),),
        tags={"keyturn:owner": "stubborn@example.com"},
        may_be_overdue="its key is in use, and is not cut",
    ),
    Person(name="console-only", situation="no keys at all"),
    Person(
        name="founder",
        situation="another path, out of scope",
        keys=(SeedKey(age=150, used=1),),
        programs=(Program(fetches=False),),
        path="/people/",
    ),
)


def ordinary(count: int) -> Iterator[Person]:
    """Give users like most: one key of some age, used by a program now and then."""
    for number in range(1, count + 1):
        age = (number * 37) % 85
        fetches = Program(every=3 + number % 5)
        yield Person(
            name=f"worker-{number:04}",
            situation="an ordinary user",
            keys=(SeedKey(age=age, used=min(age, 1)),),
            programs=(fetches,),
        )
