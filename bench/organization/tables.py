"""The simulation's figures as tables and sentences in Markdown."""

from dataclasses import replace
from typing import Any, Final

from bench.lives import CYCLE
from bench.organization import money
from bench.organization.limits import UNLIMITED, figures
from bench.organization.machine import MACHINE
from bench.organization.study import (
    DAYS,
    DEFAULT,
    DELETIONS_DAY,
    FIRST_DAY,
    MANY,
    ORGANIZATIONS,
    RECOMMENDED,
    SETTINGS,
    STEADY_DAY,
    Study,
)
from bench.organization.tour import Tour
from bench.organization.work import everyday, rollout, shares
from bench.tables import table

NOTHING: Final = "nothing"
_HOUR: Final = 3_600
# Less is the order in which places of the Map happen to be taken.
_NOTEWORTHY: Final = 0.01
_SECONDS: Final = 90
_MINUTES: Final = 5_400
AT_ONCE: Final = (10, 20, 50, 100, 200, 500, 1_000)
RATES: Final = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, UNLIMITED)
# EventBridge quotas, PutEvents: the smallest regions to the largest.
EVENTS: Final = (400, 600, 1_200, 2_400, 10_000)
ACCEPTED: Final = (0.0, 2.0, 5.0, 10.0, 30.0, 60.0)


def time(seconds: float) -> str:
    """Write a duration as people would."""
    if seconds < _SECONDS:
        return f"{seconds:.0f} s"
    if seconds < _MINUTES:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / _HOUR:.1f} h"


def limits() -> str:
    """Each figure of the model, with where it is from."""
    rows = []
    for name, described in figures().items():
        of = described.metadata
        now, then = getattr(DEFAULT, name), getattr(RECOMMENDED, name)
        value = f"{now:,g}" if now == then else f"{now:,g}; recommended {then:,g}"
        rows.append([of["what"], value, of["grade"].value, of["source"]])
    return table(["figure", "value", "grade", "where from"], rows)


def work() -> str:
    """How much the policy has to do a user and day."""
    pools: dict[str, dict[str, float]] = {
        "first day of a rollout": shares(rollout(), [0]),
        "an average day of its first sixty": shares(rollout(), range(60)),
        "an average day, once in its course": shares(everyday(), range(CYCLE)),
    }
    kinds = list(dict.fromkeys(kind for pool in pools.values() for kind in pool))
    return table(
        ["a user and day", *kinds],
        ([name, *(f"{of.get(kind, 0):.3f}" for kind in kinds)] for name, of in pools.items()),
    )


def tours(study: Study) -> str:
    """What tours take."""
    rows = []
    for organization in ORGANIZATIONS:
        for settings, figures_ in SETTINGS.items():
            for day in DAYS:
                of = study.tour(organization, day, figures_)
                rows.append(
                    [organization.name, settings, day, f"{of.runs:,}", time(of.seconds), f"{of.peak:,}", undone(of)]
                )
    return table(["accounts, users each", "settings", "day", "runs", "duration", "most Lambdas at once", "left"], rows)


def undone(of: Tour) -> str:
    """What a tour leaves for the next one."""
    parts = []
    if of.cut_off:
        parts.append(f"{of.cut_off:,} accounts, at {MACHINE.seconds / _HOUR:.0f} h")
    if of.refused:
        parts.append(f"{of.refused:,} accounts, refused by Lambda")
    if of.exhausted:
        parts.append(f"work of {of.exhausted:,} accounts, after {MACHINE.most_runs} runs")
    if of.left:
        parts.append(f"{of.left:,} users")
    return ", ".join(parts) or NOTHING


def bottlenecks(study: Study) -> str:
    """What shortens a tour the most when it is made twice as kind, first to third."""
    rows = []
    for organization in ORGANIZATIONS:
        for settings, figures_ in SETTINGS.items():
            for day in _held_up(settings):
                saved = list(study.savings(organization, day, figures_).items())[:3]
                shown = [_held_up_by(name, share) for name, share in saved]
                rows.append([organization.name, settings, day, *shown])
    return table(["accounts, users each", "settings", "day", "first bottleneck", "second", "third"], rows)


def _held_up_by(name: str, share: float) -> str:
    return f"{figures()[name].metadata['what']} ({percent(share)})" if share >= _NOTEWORTHY else "none"


def _held_up(settings: str) -> tuple[str, ...]:
    return (FIRST_DAY, STEADY_DAY) if settings == "default" else (FIRST_DAY, DELETIONS_DAY, STEADY_DAY)


def percent(share: float) -> str:
    """Write a share."""
    return f"{100 * share:.0f} %"


def at_once(study: Study) -> str:
    """First tours by how many accounts are worked on at once."""
    rows: list[list[Any]] = []
    for number in AT_ONCE:
        settings = replace(RECOMMENDED, accounts_at_once=float(number))
        both = [study.tour(organization, FIRST_DAY, settings) for organization in ORGANIZATIONS]
        shared = study.tour(MANY, FIRST_DAY, replace(settings, lambda_concurrency=DEFAULT.lambda_concurrency / 2))
        cells = [cell for of in both for cell in (time(of.seconds), f"{of.peak:,}", waited_for(of))]
        rows.append([number, *cells, undone(shared)])
    head = [
        f"{organization.name}: {what}"
        for organization in ORGANIZATIONS
        for what in ("duration", "most Lambdas", "waits in the hub")
    ]
    free = f"{MANY.name}: left when others use half of Lambda's concurrency"
    return table(["accounts at once", *head, free], rows)


def waited_for(of: Tour) -> str:
    """What executions wait for in the hub, if that is a hundredth of their time."""
    name, seconds = max(of.waited.items(), key=lambda item: item[1])
    if seconds < of.billed / 100:
        return "none"
    return f"{figures()[name].metadata['what'].split(',')[0].split(' (')[0]} ({percent(seconds / of.billed)})"


def rates(study: Study) -> str:
    """Tours by IAM's unpublished rate."""
    rows = []
    for rate in RATES:
        settings = replace(RECOMMENDED, iam=rate)
        cells = []
        for organization in ORGANIZATIONS:
            first, steady = (study.tour(organization, day, settings) for day in (FIRST_DAY, STEADY_DAY))
            days = study.days_of_rollout(organization.users, settings)
            cells += [time(first.seconds), str(days or "never"), time(steady.seconds), undone(steady)]
        rows.append([f"{rate:g}" if rate < UNLIMITED else "no bound", *cells])
    head = [
        f"{organization.name}: {what}"
        for organization in ORGANIZATIONS
        for what in ("first tour", "days until all are rotated", "steady day", "left on it")
    ]
    return table(["calls a second of each IAM operation", *head], rows)


def accepted(study: Study) -> str:
    """First tours by how long a new key is refused, which the run waits for."""
    rows = []
    for seconds in ACCEPTED:
        both = (study.tour(each, FIRST_DAY, replace(RECOMMENDED, accepted_after=seconds)) for each in ORGANIZATIONS)
        rows.append([f"{seconds:g}", *(part for of in both for part in (time(of.seconds), undone(of)))])
    head = [f"{organization.name}: {what}" for organization in ORGANIZATIONS for what in ("first tour", "left")]
    return table(["seconds until STS takes a new key", *head], rows)


def regions(study: Study) -> str:
    """Busy days by how many events a second the hub's region takes."""
    rows = []
    for rate in EVENTS:
        settings = replace(RECOMMENDED, put_events=float(rate))
        rows.append([rate, *(time(study.tour(MANY, day, settings).seconds) for day in DAYS)])
    return table(["events a second", *(f"{MANY.name}: {day}" for day in DAYS)], rows)


def in_hub(study: Study) -> str:
    """Tours with the secrets in the hub, whose buckets for secrets all accounts share then."""
    settings = replace(RECOMMENDED, secrets_in_hub=True)
    rows = []
    for organization in ORGANIZATIONS:
        for day in DAYS:
            here, there = (study.tour(organization, day, each) for each in (RECOMMENDED, settings))
            rows.append(
                [organization.name, day, time(here.seconds), time(there.seconds), waited_for(there), undone(there)]
            )
    return table(
        ["accounts, users each", "day", "secrets in members", "secrets in the hub", "waits in the hub", "left"], rows
    )


def bill(study: Study) -> str:
    """What a month costs, and what the first day costs once."""
    columns = {
        f"{organization.name}, {name}": (organization, settings)
        for organization in ORGANIZATIONS
        for name, settings in SETTINGS.items()
    }
    months = [
        money.monthly(study.tour(organization, STEADY_DAY, settings), settings)
        for organization, settings in columns.values()
    ]
    rows = [[name, *(f"{month[name]:,.2f}" for month in months)] for name in months[0]]
    rows.append(["**together**", *(f"**{sum(month.values()):,.2f}**" for month in months)])
    firsts = [
        money.of_a_tour(study.tour(organization, FIRST_DAY, settings), settings)
        for organization, settings in columns.values()
    ]
    rows.append(["the first day's tour, once", *(f"{sum(first.values()):,.2f}" for first in firsts)])
    return table(["US$ a month", *columns], rows)


def all_of_them(study: Study) -> dict[str, str]:
    """Everything that the page shows, by the name of its place."""
    made = {"limits": limits(), "policywork": work()}
    for name, make in {
        "tours": tours,
        "bottlenecks": bottlenecks,
        "atonce": at_once,
        "rates": rates,
        "accepted": accepted,
        "regions": regions,
        "inhub": in_hub,
        "bill": bill,
    }.items():
        made[name] = make(study)
        study.say(f"table of {name}")
    return made
