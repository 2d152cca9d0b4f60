"""What follows from the simulation for the settings, in sentences with its figures."""

from collections.abc import Callable
from typing import Final

from bench.organization.machine import MACHINE
from bench.organization.study import (
    DAYS,
    DEFAULT,
    FIRST_DAY,
    LARGE,
    MANY,
    ORGANIZATIONS,
    RECOMMENDED,
    SETTINGS,
    WAVES,
    Study,
)
from bench.organization.tables import percent, time
from bench.organization.work import LOOK

_HOUR: Final = 3_600
_ACCOUNTS_A_PAGE: Final = 20
# An account as the roster hands it on: its twelve digits, two quotes, a comma and a blank.
_BYTES_AN_ACCOUNT: Final = 16
_BYTES_A_STATE: Final = 262_144
# Each state is entered and exited; the task is scheduled, started and succeeds, too.
_EVENTS_A_RUN: Final = 2 * MACHINE.states_a_run + 3
_MOST_EVENTS: Final = 25_000
# Secrets Manager quotas.
_MOST_SECRETS: Final = 500_000


def findings(study: Study) -> str:
    """Give all sentences, as a list."""
    return "\n".join(f"- {say(study)}" for say in _SENTENCES)


def _many(study: Study) -> str:
    slow, quick = (study.tour(MANY, FIRST_DAY, settings) for settings in (DEFAULT, RECOMMENDED))
    waves = study.tour(MANY, FIRST_DAY, RECOMMENDED, WAVES)
    if not slow.cut_off:
        return f"**{MANY.name} by default** finishes its first tour in {time(slow.seconds)}."
    return (
        f"**{MANY.name} by default does not finish its first tour**: it would take {time(slow.seconds)}, and the "
        f"machine ends it after {MACHINE.seconds / _HOUR:.0f} h, with {slow.cut_off:,} accounts left. A tour that is "
        "ended so tells nobody of its accounts, and rings the alarm `TourTimedOut`; the next one begins with the same "
        "accounts, which take little time by then. "
        f"`account_concurrency` has to be {study.fewest_at_once(MANY, FIRST_DAY, DEFAULT)} or more; with "
        f"{RECOMMENDED.accounts_at_once:g} it takes {time(quick.seconds)}, in one wave or in three (0.1 %, 10 %, the "
        f"rest: {time(waves.seconds)})."
    )


def _large(study: Study) -> str:
    slow, quick = (study.tour(LARGE, FIRST_DAY, settings) for settings in (DEFAULT, RECOMMENDED))
    account, turns = quick.visits[0], slow.visits[0].turns
    return (
        f"**{LARGE.name} by default takes {study.days_of_rollout(LARGE.users, DEFAULT)} days to rotate everybody**: "
        f"{MACHINE.most_runs} runs of {DEFAULT.rotations_a_run:g} rotations are {slow.visits[0].rotated:,} a tour and "
        "account. Each run looks once more at whom the ones before it have rotated "
        f"({percent(turns[LOOK] / turns.total())} of all turns), since the credential report is up to four hours old. "
        f"With `max_rotations_per_run` {RECOMMENDED.rotations_a_run:,g} an account is done in {len(account.runs)} runs "
        f"and {time(account.seconds)}, on one day."
    )


def _memory(study: Study) -> str:
    quick, roomy = (study.tour(LARGE, FIRST_DAY, each) for each in (RECOMMENDED, RECOMMENDED.eased("memory")))
    return (
        f"**Memory** of {DEFAULT.memory:g} MB is enough: twice as much shortens the first tour of {LARGE.name} by "
        f"{100 * (1 - roomy.seconds / quick.seconds):.1f} %, and doubles what Lambda costs."
    )


def _fifteen_minutes(study: Study) -> str:
    every = [
        study.tour(each, day, settings) for each in ORGANIZATIONS for settings in SETTINGS.values() for day in DAYS
    ]
    cut = sum(visit.overran for of in every for visit in of.visits)
    return (
        f"**Lambda's 15 minutes** end {cut or 'no'} runs in the midst of a turn in these tours: what is not begun in "
        "time is the next run's."
    )


def _listing(_study: Study) -> str:
    pages = -(-MANY.accounts // _ACCOUNTS_A_PAGE)
    rate = pages / (MACHINE.roster_seconds - DEFAULT.cold / DEFAULT.processor)
    return (
        f"**Listing {MANY.accounts:,} accounts** takes {pages:,} calls. Below {rate:.2f} a second the roster's "
        f"{MACHINE.roster_seconds / 60:.0f} minutes are not enough, and no tour begins. Organizations publishes "
        "no rate."
    )


def _sizes(_study: Study) -> str:
    return (
        f"**What Step Functions keeps**: {MANY.accounts:,} accounts take {MANY.accounts * _BYTES_AN_ACCOUNT:,} of the "
        f"{_BYTES_A_STATE:,} bytes of a state, and {MACHINE.most_runs} runs of an account "
        f"{MACHINE.most_runs * _EVENTS_A_RUN:,} of the {_MOST_EVENTS:,} events of an execution."
    )


def _secrets(_study: Study) -> str:
    users = MANY.accounts * MANY.users
    return (
        f"**A region of one account** holds {_MOST_SECRETS:,} secrets: with `secrets_in` hub, {users:,} users do not "
        f"fit, and {LARGE.accounts * LARGE.users:,} leave no room for anything else."
    )


_SENTENCES: Final[tuple[Callable[[Study], str], ...]] = (
    _many,
    _large,
    _memory,
    _fifteen_minutes,
    _listing,
    _sizes,
    _secrets,
)
