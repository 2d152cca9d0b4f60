"""What the policy has to do in an account on a day: lived by the forecast, which is the rotator's own plan on fakes.

Some users are lived, all days one after the other, none passed over. An account's users are drawn from them, with
replacement, at the same day: users share nothing, so a thousand draws are as good as a thousand lives.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final

from bench.lives import CYCLE
from keyturn.domain.reported_key import ReportedKey
from keyturn.settings import Settings
from keyturn_cli.forecasting.course import Course
from keyturn_cli.forecasting.credential_csv import ReportRow
from keyturn_cli.forecasting.days import Terms, live
from keyturn_cli.forecasting.opening import lives

SEED: Final = 20_261_124
FIRST, LATER = "a first rotation", "a later rotation"
DEACTIVATION, DELETION, LOOK = "a deactivation", "a deletion", "a look at a user who waits"
# A rollout: every key is due at first. Everyday: one in its course is due each day, so ages are even over a cycle.
ROLLOUT_USERS: Final = 60
ROLLOUT_AGES: Final = (90, 730)
ROLLOUT_DAYS: Final = 60
EVERYDAY_USERS: Final = 2 * CYCLE
EVERYDAY_DAYS: Final = 3 * CYCLE
# Nine of ten keys are used every day, the tenth once a week: its consumer fetches the successor later.
_WEEKLY_IN: Final = 10
_START: Final = datetime(2026, 1, 1, tzinfo=UTC)
_STEPS: Final = {"DeactivateKey": DEACTIVATION, "DeleteKey": DELETION}


@dataclass(frozen=True)
class Work:
    """What there is to do in an account on a day, by kind of turn.

    Attributes:
        secrets: how many secrets there are at the beginning.
    """

    users: int
    secrets: int
    first: int = 0
    later: int = 0
    deactivations: int = 0
    deletions: int = 0
    looks: int = 0

    @property
    def rotations(self) -> int:
        """Keys that are due."""
        return self.first + self.later

    @classmethod
    def all_due(cls, users: int) -> "Work":
        """The first day of a rollout in which every key is due."""
        return cls(users, 0, first=users)

    def after(self, rotated: int) -> "Work":
        """The next day of a rollout: fewer are due, and those that were rotated are looked at."""
        return replace(self, secrets=self.secrets + rotated, first=self.first - rotated, looks=self.looks + rotated)


Kinds = tuple[tuple[str, ...], ...]


@cache
def rollout() -> tuple[Kinds, ...]:
    """What is done to each user on each day, from the first day on which Keyturn acts; every key is due on it."""
    dice = random.Random(SEED)  # noqa: S311 - a sample, not a secret
    return _lived([dice.randint(*ROLLOUT_AGES) for _ in range(ROLLOUT_USERS)], ROLLOUT_DAYS)


@cache
def everyday() -> tuple[Kinds, ...]:
    """What is done to each user on each day of one cycle, once all are in their course."""
    ages = [number % CYCLE + 1 for number in range(EVERYDAY_USERS)]
    return tuple(days[-CYCLE:] for days in _lived(ages, EVERYDAY_DAYS))


def draw(users: int, pool: Sequence[Kinds], day: int, dice: random.Random) -> Work:
    """Draw an account's work of a day, each of its users from those that were lived."""
    kinds = Counter(kind for lived in dice.choices(pool, k=users) for kind in lived[day])
    return Work(
        users,
        users,
        first=kinds[FIRST],
        later=kinds[LATER],
        deactivations=kinds[DEACTIVATION],
        deletions=kinds[DELETION],
        looks=kinds[LOOK],
    )


def busiest(kind: str) -> int:
    """The day of the rollout on which most of a kind is done."""
    return max(range(ROLLOUT_DAYS), key=lambda day: sum(lived[day].count(kind) for lived in rollout()))


def shares(pool: Sequence[Kinds], days: Sequence[int]) -> dict[str, float]:
    """How much of each kind is done a user and day, over some days."""
    kinds = Counter(kind for lived in pool for day in days for kind in lived[day])
    return {kind: number / len(pool) / len(days) for kind, number in sorted(kinds.items())}


def _lived(ages: Sequence[int], days: int) -> tuple[Kinds, ...]:
    # As many rotations a day as fall due: what bounds them is the model's to say, and not the lives'.
    settings = Settings(max_rotations_per_run=10_000)
    rows = [_row(number, age) for number, age in enumerate(ages)]
    terms = Terms(settings, _START, days, skips=False)
    courses, _ = live(lives(rows, {}, settings, _START), terms, lambda: None)
    runs = list(terms.runs())
    return tuple(tuple(_kinds(course, run) for run in runs) for course in courses)


def _kinds(course: Course, run: datetime) -> tuple[str, ...]:
    done = [deed for deed in course.deeds if deed.at == run]
    first = next((deed for deed in course.deeds if deed.action == "CreateKey"), None)
    if done:
        return tuple(_STEPS.get(deed.action) or (FIRST if deed is first else LATER) for deed in done)
    return (LOOK,) if run in course.looks else ()


def _row(number: int, age: int) -> ReportRow:
    used = timedelta(days=7) if number % _WEEKLY_IN == 0 else timedelta(hours=6)
    cells = {
        "access_key_1_active": "true",
        "access_key_1_last_rotated": (_START - timedelta(days=age)).isoformat(),
        "access_key_1_last_used_date": (_START - used).isoformat(),
        "access_key_1_last_used_service": "s3",
        "access_key_1_last_used_region": "eu-west-1",
    }
    name = f"user-{number}"
    return ReportRow(
        name,
        f"arn:aws:iam::111122223333:user/{name}",
        "/",
        _START - timedelta(days=age),
        (ReportedKey("access_key_1", cells),),
        more=False,
    )
