"""A forecast as the parts of a report: the same keys, periods and controls, today and at its end."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from keyturn.domain import tags as tag
from keyturn_cli.forecasting.course import Course
from keyturn_cli.forecasting.figures import Forecast, UserFigures
from keyturn_cli.forecasting.life import SUCCESSOR, Life, spoken
from keyturn_cli.reasons import advice_of
from keyturn_cli.reporting.controls import CONTROL_MAP, Judged, judged
from keyturn_cli.reporting.evidence import policy_of
from keyturn_cli.reporting.periods import KeyLife, periods
from keyturn_cli.reporting.verdict import State

_SUCCESSORS = SUCCESSOR.split("{", maxsplit=1)[0]


def document(forecast: Forecast, first: Sequence[Life]) -> dict[str, Any]:
    """Make the document of a forecast's page; `first` is how things stand at its start."""
    terms = forecast.terms
    end = terms.start + timedelta(days=terms.days)
    now = _rules(first, terms.start)
    then = _rules([user.course.life for user in forecast.users], end)
    return {
        **forecast.as_dict(),
        "end": tag.written(end),
        "verdict": _verdict(forecast),
        "users": [_user(user, life, end) for user, life in zip(forecast.users, first, strict=True)],
        "controls": {
            "version": CONTROL_MAP["version"],
            "note": CONTROL_MAP["note"],
            "rules": [
                {**before, "failed_then": after["failed"], "passed_then": after["passed"]}
                for before, after in zip(now, then, strict=True)
            ],
        },
    }


def _verdict(forecast: Forecast) -> dict[str, Any]:
    it, days = forecast.summary, forecast.terms.days
    late, blocked, before = it["red_at_the_end_after"], it["blocked_at_the_end"], it["red_at_the_end_before"]
    state = State.FAIL if late else State.ATTENTION if blocked else State.PASS
    users, limit = it["users"], forecast.terms.settings.max_age_days
    return {
        "state": state.value,
        "headline": f"{it['red_days_before']} red days if nothing is done, {it['red_days_after']} with Keyturn",
        "sentences": [
            f"On a red day a key of a user is Active and over {limit} days old; this is of {users} users, {days} days.",
            f"Over the limit on the last day: {before} users if nothing is done, {late} with Keyturn.",
            f"{it['rotations']} rotations of {it['users_rotated']} users, at most {it['most_rotations_a_day']} a day.",
            f"{blocked} users are blocked at the end, until somebody acts.",
        ],
    }


def _rules(lives: Iterable[Life], at: datetime) -> list[dict[str, Any]]:
    return judged((life.user.name, _judged(life, at)) for life in lives)


def _judged(life: Life, at: datetime) -> Judged:
    return Judged(tuple(key for key in life.keys if key.active), life.state(at).last_uses, at)


def _user(figures: UserFigures, first: Life, end: datetime) -> dict[str, Any]:
    course, settings = figures.course, figures.terms.settings
    last = course.waits[-1] if course.waits else None
    held = figures.blocked_at_the_end
    name = course.life.user.name
    return {
        "user": name,
        "stage": last.reason.stage.value if last else "Due",
        "exempt_until": None,
        "limit_days": policy_of(course.life.user, settings.policy).max_age.days,
        "blocked": held is not None,
        "reason": held.reason.label if held else None,
        "who": advice_of(held.reason).who.value if held else None,
        "message": spoken(held.message) if held else None,
        "do": advice_of(held.reason).change if held else None,
        "command": None,  # most name a key, and the credential report has no key IDs
        "keys": [
            {
                "id": spoken(life.id),
                "created": tag.written(life.created),
                "periods": [
                    {
                        "stage": each.kind.value,
                        "from": tag.written(each.begins),
                        "to": tag.written(each.ends),
                        "planned": False,
                    }
                    for each in periods(life, end)
                ],
            }
            for life in sorted(_lives(course, first, figures.terms.start), key=lambda life: life.created)
        ],
    }


def _lives(course: Course, first: Life, start: datetime) -> Iterator[KeyLife]:
    deleted = {deed.key: deed.at for deed in course.deeds if deed.action in {"DeleteKey", "DiscardKey"}}
    made = sorted(created for id_, (created, _) in course.active.items() if id_.startswith(_SUCCESSORS))
    for id_, (created, until) in course.active.items():
        newer = next((at for at in made if at > created), None)
        yield KeyLife(id_, created, superseded=newer, deactivated=until, deleted=deleted.get(id_))
    for key in first.keys:
        if not key.active:
            asleep = first.state(start).last_uses[key.id].at or key.created
            yield KeyLife(key.id, key.created, deactivated=asleep, deleted=deleted.get(key.id), recovering=False)
