"""What is asked of the model: two organizations, on two kinds of days, by default and as recommended; and what if."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from bench.lives import CYCLE
from bench.organization.account import Visit, visit
from bench.organization.limits import Limits, figures
from bench.organization.tour import Tour, tour
from bench.organization.work import DEACTIVATION, DELETION, LOOK, SEED, Work, busiest, draw, everyday, rollout


@dataclass(frozen=True)
class Organization:
    """So many accounts with so many users each; `kinds` of accounts are simulated, the others are like one of them."""

    accounts: int
    users: int
    kinds: int

    @property
    def name(self) -> str:
        """How it is called."""
        return f"{self.accounts:,} × {self.users:,}"  # noqa: RUF001 - times


MANY: Final = Organization(10_000, 100, kinds=50)
LARGE: Final = Organization(100, 5_000, kinds=10)
ORGANIZATIONS: Final = (MANY, LARGE)

DEFAULT: Final = Limits()
# More accounts at once; and one run takes as many rotations as it has time for, so that few runs look again.
RECOMMENDED: Final = replace(DEFAULT, accounts_at_once=100.0, rotations_a_run=1_000.0)
SETTINGS: Final = {"default": DEFAULT, "recommended": RECOMMENDED}
WAVES: Final = (0.001, 0.1, 1.0)


def _first(organization: Organization, _dice: random.Random) -> Work:
    return Work.all_due(organization.users)


def _day_of_rollout(kind: str) -> Callable[[Organization, random.Random], Work]:
    return lambda organization, dice: draw(organization.users, rollout(), busiest(kind), dice)


def _everyday(organization: Organization, dice: random.Random) -> Work:
    return draw(organization.users, everyday(), dice.randrange(CYCLE), dice)


FIRST_DAY: Final = "first day, all due"
DELETIONS_DAY: Final = "day of all deletions"
STEADY_DAY: Final = "steady day"
DAYS: Final[dict[str, Callable[[Organization, random.Random], Work]]] = {
    FIRST_DAY: _first,
    "day of all deactivations": _day_of_rollout(DEACTIVATION),
    DELETIONS_DAY: _day_of_rollout(DELETION),
    STEADY_DAY: _everyday,
}


@dataclass
class Study:
    """Tours, each simulated once; an account's visit is simulated once for the same work and the same figures."""

    say: Callable[[str], None] = lambda _: None
    _visits: dict[tuple[Work, tuple[float, ...]], Visit] = field(default_factory=dict)
    _tours: dict[tuple[str, str, Limits, tuple[float, ...]], Tour] = field(default_factory=dict)

    def tour(self, organization: Organization, day: str, limits: Limits, waves: tuple[float, ...] = (1.0,)) -> Tour:
        """Simulate a tour."""
        key = organization.name, day, limits, waves
        if key not in self._tours:
            self._tours[key] = tour(self._visited(organization, day, limits), limits, waves)
        return self._tours[key]

    def _visited(self, organization: Organization, day: str, limits: Limits) -> list[Visit]:
        dice = random.Random(SEED)  # noqa: S311 - a sample, not a secret
        works = [DAYS[day](organization, dice) for _ in range(organization.kinds)]
        return [self.visit(work, limits) for work in dice.choices(works, k=organization.accounts)]

    def visit(self, work: Work, limits: Limits) -> Visit:
        """Simulate one account's part of a tour."""
        key = work, limits.of_an_account
        if key not in self._visits:
            self._visits[key] = visit(work, limits)
        return self._visits[key]

    def days_of_rollout(self, users: int, limits: Limits) -> int:
        """On how many days an account's tours rotate, until no key is due; 0 when that never comes."""
        work, days = Work.all_due(users), 0
        while work.first:
            rotated = self.visit(work, limits).rotated
            if not rotated:
                return 0
            work, days = work.after(rotated), days + 1
        return days

    def savings(self, organization: Organization, day: str, limits: Limits) -> dict[str, float]:
        """Make each figure twice as kind, one at a time: by which share the tour becomes shorter, the most first.

        It is the time for what is done that counts: where a tour leaves work undone, a figure that lets it do more in
        more time is no worse for that.
        """
        base = _seconds_a_deed(self.tour(organization, day, limits))
        saved = {
            name: 1 - _seconds_a_deed(self.tour(organization, day, limits.eased(name))) / base for name in figures()
        }
        self.say(f"{organization.name}, {day}: what holds it up")
        return dict(sorted(saved.items(), key=lambda item: -item[1]))

    def fewest_at_once(self, organization: Organization, day: str, limits: Limits) -> int:
        """How many accounts at once the machine's own bound of a tour takes at least."""
        few, many = 1, int(limits.map_children)
        while few < many:
            middle = (few + many) // 2
            if self.tour(organization, day, replace(limits, accounts_at_once=float(middle))).cut_off:
                few = middle + 1
            else:
                many = middle
        return few

    def sweep(
        self, organization: Organization, day: str, limits: Limits, name: str, values: Sequence[float]
    ) -> list[Tour]:
        """Simulate a tour for each value of a figure."""
        return [self.tour(organization, day, limits.at(name, value)) for value in values]


def _seconds_a_deed(of: Tour) -> float:
    deeds = sum(visit.turns.total() - visit.turns[LOOK] for visit in of.visits)
    return of.seconds / max(deeds, 1)
