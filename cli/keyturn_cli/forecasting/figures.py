"""The figures of a forecast: red days before and after, the load of each day, who is blocked, what it costs.

A red day of a user is a day on which one of its keys is Active and older than `max_age_days`: what an auditor counts,
exempt or not.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final

from keyturn.domain import tags as tag
from keyturn.domain.reason import Reason
from keyturn_cli.forecasting import prices
from keyturn_cli.forecasting.course import Course, Wait
from keyturn_cli.forecasting.days import Day, Terms
from keyturn_cli.forecasting.life import spoken
from keyturn_cli.reasons import advice_of

_A_DAY: Final = timedelta(days=1)
_A_MONTH: Final = 30
SCHEMA: Final = 1
# The settings that decide what happens when; the others are about the deployment.
DECISIVE: Final = (
    "max_age_days",
    "grace_days",
    "recovery_days",
    "idle_days",
    "unused_days",
    "in_use_at_deadline",
    "max_rotations_per_run",
    "user_path",
    "opt_in",
)
Active = tuple[datetime, datetime | None]


def red_days(periods: Iterable[Active], terms: Terms) -> set[int]:
    """The days, counted from the start, after whose run a key is Active and too old."""
    red: set[int] = set()
    for created, until in periods:
        first = _first_day_after(created + terms.policy.max_age, terms.start)
        last = terms.days if until is None else min(terms.days, (until - terms.start) // _A_DAY)
        red.update(range(max(0, first), last))
    return red


def _first_day_after(moment: datetime, start: datetime) -> int:
    return (moment - start) // _A_DAY + 1


@dataclass(frozen=True)
class UserFigures:
    """One user's future."""

    course: Course
    terms: Terms

    @cached_property
    def red_after(self) -> set[int]:
        """Its red days with Keyturn."""
        return red_days(self.course.active.values(), self.terms)

    @cached_property
    def red_before(self) -> set[int]:
        """Its red days if nobody does anything."""
        return red_days(((created, None) for created in self.course.at_first), self.terms)

    @property
    def blocked_days(self) -> set[int]:
        """The days on which somebody has to act."""
        return {day for wait in self.course.blocked() for day in self._days(wait)}

    @property
    def blocked_at_the_end(self) -> Wait | None:
        """What it waits for when the forecast ends, if somebody has to act."""
        return next((wait for wait in self.course.blocked() if wait.until is None), None)

    def _days(self, wait: Wait) -> range:
        end = self.terms.days if wait.until is None else (wait.until - self.terms.start) // _A_DAY
        return range((wait.since - self.terms.start) // _A_DAY, end)

    def as_dict(self) -> dict[str, Any]:
        """The user's part of the document."""
        last = self.course.waits[-1] if self.course.waits else None
        end = self.blocked_at_the_end
        user = self.course.life.user
        return {
            "user": user.name,
            "path": user.path,
            "rotations": [f"{deed.at:%Y-%m-%d}" for deed in self.course.deeds if deed.action == "CreateKey"],
            "postponed_days": self.course.postponed,
            "red_days_before": len(self.red_before),
            "red_days_after": len(self.red_after),
            "blocked_days": len(self.blocked_days),
            "blocked": end.reason.label if end else None,
            "do": advice_of(end.reason).change if end else None,
            "at_the_end": last.reason.label if last else None,
            "message": spoken(last.message) if last else None,
            "actions": [
                {
                    "at": tag.written(deed.at),
                    "action": deed.action,
                    "reason": deed.reason.label,
                    "key": spoken(deed.key),
                    "message": spoken(deed.message),
                }
                for deed in self.course.deeds
            ],
            "waits": [
                {
                    "reason": wait.reason.label,
                    "stage": wait.reason.stage.value,
                    "blocks": wait.reason.blocks,
                    "since": tag.written(wait.since),
                    "until": tag.written(wait.until) if wait.until else None,
                    "message": spoken(wait.message),
                }
                for wait in self.course.waits
            ],
        }


@dataclass(frozen=True)
class Forecast:
    """All that was found."""

    terms: Terms
    users: tuple[UserFigures, ...]
    days: tuple[Day, ...]
    out_of_scope: int
    assumptions: tuple[str, ...]

    @property
    def blocked(self) -> list[UserFigures]:
        """Users for whom somebody has to act when the forecast ends."""
        return [user for user in self.users if user.blocked_at_the_end]

    @property
    def summary(self) -> dict[str, Any]:
        """The figures in short."""
        secrets = sum(user.course.life.secret is not None for user in self.users)
        load = [day.actions["CreateKey"] for day in self.days]
        return {
            "users": len(self.users),
            "users_with_keys": sum(bool(user.course.active) for user in self.users),
            "users_out_of_scope": self.out_of_scope,
            "rotations": sum(load),
            "users_rotated": sum(any(deed.action == "CreateKey" for deed in user.course.deeds) for user in self.users),
            "most_rotations_a_day": max(load, default=0),
            "days_with_postponed_rotations": sum(bool(day.postponed) for day in self.days),
            "cut_at_the_deadline": sum(
                deed.reason is Reason.DEADLINE_REACHED for user in self.users for deed in user.course.deeds
            ),
            "blocked_at_the_end": len(self.blocked),
            "red_users_before": sum(bool(user.red_before) for user in self.users),
            "red_users_after": sum(bool(user.red_after) for user in self.users),
            "red_days_before": sum(len(user.red_before) for user in self.users),
            "red_days_after": sum(len(user.red_after) for user in self.users),
            "red_at_the_end_before": sum(self.terms.days - 1 in user.red_before for user in self.users),
            "red_at_the_end_after": sum(self.terms.days - 1 in user.red_after for user in self.users),
            "monthly_cost_usd": prices.monthly(secrets, sum(load) / max(1, self.terms.days) * _A_MONTH),
        }

    def as_dict(self) -> dict[str, Any]:
        """The whole as JSON."""
        settings = self.terms.settings
        return {
            "kind": "keyturn forecast",
            "schema": SCHEMA,
            "start": tag.written(self.terms.start),
            "days": self.terms.days,
            "settings": {name: getattr(settings, name) for name in DECISIVE},
            "assumptions": list(self.assumptions),
            "prices": prices.SOURCE,
            "summary": self.summary,
            "load": self.load(),
            "users": [user.as_dict() for user in self.users],
        }

    def load(self) -> list[dict[str, Any]]:
        """What each day brings."""
        before = Counter(day for user in self.users for day in user.red_before)
        after = Counter(day for user in self.users for day in user.red_after)
        blocked = Counter(day for user in self.users for day in user.blocked_days)
        return [
            {
                "date": f"{day.at:%Y-%m-%d}",
                "rotations": day.actions["CreateKey"],
                "deactivations": day.actions["DeactivateKey"],
                "deletions": day.actions["DeleteKey"],
                "postponed": day.postponed,
                "blocked": blocked[number],
                "red_before": before[number],
                "red_after": after[number],
            }
            for number, day in enumerate(self.days)
        ]
