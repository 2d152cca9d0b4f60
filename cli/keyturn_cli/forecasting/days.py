"""The runs to come, one a day: the rotator's own shortlist and plan, on lives that are kept in memory."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Final

from keyturn.domain.access_key import User
from keyturn.domain.action import Action, CreateKey, DeleteKey, DiscardKey, Hold
from keyturn.domain.policy import WANDER, Policy
from keyturn.domain.reason import Reason
from keyturn.domain.shortlist import Candidate, Hints, KeyHint, Rank, shortlist
from keyturn.domain.standing import exempt_until
from keyturn.plan import Ask, plan
from keyturn.settings import Settings
from keyturn_cli.forecasting.course import Course
from keyturn_cli.forecasting.life import Habits, Life, applied

_A_DAY: Final = timedelta(days=1)
_NEVER: Final = datetime.max.replace(tzinfo=UTC)
# As in a run (`keyturn.turn`): after a deletion the user is planned anew, and three actions are the most.
_MOST_ACTIONS: Final = 3


@dataclass(frozen=True)
class Terms:
    """What a forecast is made for.

    Attributes:
        skips: whether users are passed over on days on which nothing can be new for them; it only saves time.
    """

    settings: Settings
    start: datetime
    days: int
    habits: Habits = field(default_factory=Habits)
    skips: bool = True

    @cached_property
    def policy(self) -> Policy:
        """The settings' ages."""
        return self.settings.policy

    def runs(self) -> Iterator[datetime]:
        """The moments of the runs."""
        return (self.start + day * _A_DAY for day in range(self.days))


@dataclass(frozen=True)
class Day:
    """What one run does to everybody."""

    at: datetime
    actions: Counter[str]
    postponed: int


def live(lives: Iterable[Life], terms: Terms, tick: Callable[[], object]) -> tuple[list[Course], list[Day]]:
    """Live all days; `tick` is called after each."""
    courses = {life.user.id: Course(life, terms.start) for life in lives}
    days = []
    for now in terms.runs():
        days.append(_run(courses, terms, now))
        tick()
    return list(courses.values()), days


def _run(courses: dict[str, Course], terms: Terms, now: datetime) -> Day:
    awake = {id_: course for id_, course in courses.items() if not terms.skips or course.wakes <= now}
    run = _Run(terms, now, terms.settings.max_rotations_per_run)
    candidates = _candidates(awake.values(), terms, now)
    for candidate in candidates:
        run.take(awake[candidate.user.id], candidate.rank)
    # A run leaves the rest alone; what the plan says of them, a reason to wait, is noted all the same.
    for user_id in awake.keys() - {candidate.user.id for candidate in candidates}:
        run.glance(awake[user_id])
    return Day(now, run.actions, run.postponed)


def _candidates(awake: Collection[Course], terms: Terms, now: datetime) -> list[Candidate]:
    """The users that a run looks at, in its order: those that are only watched come last."""
    lives = [course.life for course in awake]
    hints = Hints(
        users=tuple(life.user for life in lives),
        keys={life.user.arn: tuple(KeyHint(key.active, key.created) for key in life.keys) for life in lives},
        complete_at=_NEVER,
        secrets=tuple(life.secret for life in lives if life.secret),
    )
    return sorted(shortlist(hints, terms.policy, now), key=lambda candidate: candidate.rank is Rank.WATCH)


@dataclass
class _Run:
    """One run under way."""

    terms: Terms
    now: datetime
    slots: int
    actions: Counter[str] = field(default_factory=Counter)
    postponed: int = 0

    def take(self, course: Course, rank: Rank) -> None:
        """Take one user's turn; as in a run, no rotation is begun or even looked at when no slot is left."""
        if rank is Rank.START and not self.slots:
            self._postpone(course)
            return
        course.looks.append(self.now)
        done: list[Action] = []
        while len(done) < _MOST_ACTIONS:
            action = _decide(course.life, self.terms, self.now)
            if isinstance(action, CreateKey) and not self.slots:
                self._postpone(course)
                return
            self._perform(action, course)
            done.append(action)
            if not isinstance(action, DeleteKey | DiscardKey):
                break
        course.wakes = _wakes(done[-1], course.life, self.now)

    def glance(self, course: Course) -> None:
        """Note why nothing is done about a user that the run leaves alone."""
        action = _decide(course.life, self.terms, self.now)
        if isinstance(action, Hold):
            course.note(action, self.now)
        course.wakes = _wakes(action, course.life, self.now)

    def _postpone(self, course: Course) -> None:
        if course.wakes <= self.now:  # else it would be held, had it been looked at
            self.postponed, course.postponed = self.postponed + 1, course.postponed + 1
            course.wakes = self.now + _A_DAY

    def _perform(self, action: Action, course: Course) -> None:
        course.note(action, self.now)
        if isinstance(action, Hold):
            return
        self.slots -= isinstance(action, CreateKey)
        self.actions[action.name] += 1
        settings = self.terms.settings
        life = applied(action, course.life, self.now, self.terms.habits, settings.secret_prefix)
        course.lives_on(life, self.now)


def _decide(life: Life, terms: Terms, now: datetime) -> Action:
    decided = plan(life.state(now), terms.policy, now)
    if isinstance(decided, Ask):
        raise TypeError(f"a forecast has every fact, yet {decided.fact} was asked for")
    return decided


def _wakes(action: Action, life: Life, now: datetime) -> datetime:  # noqa: PLR0911 - one return a reason
    """When a run may decide otherwise than this one did; the next day, unless the reason itself says when."""
    match action.reason:
        case Reason.NO_KEY | Reason.NO_ACTIVE_KEY:
            return _NEVER  # in a forecast nobody makes a key by hand
        case Reason.TWO_KEYS_IN_USE if life.each_key_has_a_consumer:
            return _NEVER  # nor gives one up
        case Reason.EXEMPT:
            return _end_of_exemption(life.user, now)
        case Reason.NOT_DUE if len(life.keys) > 1:
            return now + _A_DAY  # one of them may be found unused before the other is due
        case Reason.NOT_DUE | Reason.RECOVERY_RUNNING:
            return action.next_review or now + _A_DAY
        case Reason.GRACE_RUNNING:
            return (action.next_review or now + _A_DAY) - WANDER
        case _:
            return now + _A_DAY


def _end_of_exemption(user: User, now: datetime) -> datetime:
    until = exempt_until(user.tags, now)
    return now + _A_DAY if until is None else datetime(until.year, until.month, until.day, tzinfo=UTC) + _A_DAY
