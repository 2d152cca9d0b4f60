"""Every situation: the product of all that tells users apart, and of every answer to what a plan asks.

FIRST is the older key, mostly. Last uses and the alarm are branched over where they are asked for, so that what a plan
did not read can be taken for the worst.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from itertools import product
from typing import Final

from keyturn.domain import tags as tag
from keyturn.domain.access_key import LastUse
from keyturn.domain.action import Action
from keyturn.domain.state import AlarmState, GuardAlarm, LastUseOf, TheTruth, UserState
from keyturn.plan import Ask
from tests import builders
from tests.builders import (
    ALARM,
    FIRST,
    SECOND,
    THIRD,
    a_secret,
    a_user,
    ago,
    by_hand,
    deactivated,
    grace_from,
    intent,
    quarantined,
    rotation,
    stored,
)
from tests.unit.sweep.situation import MINUTE, Labels, Notes, Situation

Decide = Callable[[UserState], Action | Ask]

STATUSES: Final = ("", "A", "I", "E", "AA", "AI", "IA", "II", "AE", "AAA")
# Fresh, due, at the maximum age, beyond it; and for the second key: just made, made with the dead run's intent, made a
# day after it, beyond a grace period, beyond a recovery period and unused for long.
AGES: Final = ((10.0, 76.0, 89.5, 200.0), (3 * MINUTE, 2.0, 1.0, 16.0, 120.0))
USES: Final = (
    LastUse(),
    *(LastUse(ago(0), service, "eu-west-1") for service in ("s3", "sts", "secretsmanager")),
    LastUse(ago(3), "s3", "eu-west-1"),
    LastUse(ago(95), "s3", "eu-west-1"),
)
MAKERS: Final = {"A": builders.active, "I": builders.inactive, "E": builders.expired}


@cache
def labels(second: float) -> tuple[Labels, ...]:
    """The states of a secret; where SECOND was promoted, then at its own age."""
    both = frozenset({FIRST, SECOND})
    first_current = stored(FIRST, 100, "AWSCURRENT")
    return (
        Labels(None),
        Labels(a_secret()),
        Labels(a_secret(intent(2, "AWSCURRENT")), named=frozenset({FIRST})),
        Labels(a_secret(intent(5 * MINUTE, "AWSPENDING")), begun=5 * MINUTE, named=frozenset({FIRST})),
        Labels(a_secret(intent(2, "AWSPENDING", "AWSCURRENT")), begun=2, named=frozenset({FIRST})),
        Labels(a_secret(first_current, intent(2, "AWSPENDING")), FIRST, 100, 2, named=frozenset({FIRST})),
        Labels(a_secret(first_current, intent(2), stored(SECOND, 2, "AWSPENDING")), FIRST, 100, 2, SECOND, named=both),
        Labels(
            a_secret(first_current, stored(SECOND, 30, "AWSPENDING", "AWSPREVIOUS")),
            FIRST,
            100,
            30,
            SECOND,
            given=True,
            named=both,
        ),
        Labels(
            a_secret(first_current, intent(2), stored(SECOND, 2, "AWSPENDING", fetched=1)),
            FIRST,
            100,
            2,
            SECOND,
            given=True,
            named=both,
        ),
        Labels(
            a_secret(by_hand(1, "AWSCURRENT"), stored(SECOND, 2, "AWSPENDING"), by_hand(1.5, "AWSPREVIOUS")),
            begun=2,
            pending=SECOND,
            given=True,
            named=frozenset({SECOND}),
        ),
        Labels(a_secret(*rotation(second)), SECOND, second, named=both),
        Labels(a_secret(*rotation(second, fetched=0, first=False)), SECOND, second, named=both, fetched=True),
        Labels(a_secret(stored(SECOND, second, "AWSCURRENT")), SECOND, second, named=frozenset({SECOND})),
        Labels(a_secret(first_current), FIRST, 100, named=frozenset({FIRST})),
        Labels(a_secret(*rotation(30, to=THIRD)), THIRD, 30, named=frozenset({FIRST, THIRD})),
        Labels(a_secret(*rotation(second), deleted=1), SECOND, second, named=both, barred=True),
        Labels(a_secret(*rotation(second), owner="AIDAFAKE0000000000099"), SECOND, second, named=both, barred=True),
    )


GARBLED: Final = dict.fromkeys((tag.DEACTIVATED_AT, tag.QUARANTINED_AT, tag.GRACE_FROM), "2030-04-31")
NOTES: Final = (
    Notes(),
    Notes(deactivated(FIRST, 0.5), (FIRST, 0.5, "keyturn")),
    Notes(deactivated(FIRST, 40), (FIRST, 40, "keyturn")),
    Notes({**deactivated(FIRST, 40), **grace_from(3)}, (FIRST, 40, "keyturn"), grace_from=3),
    Notes({**deactivated(FIRST, 0.5), **grace_from(0.4)}, (FIRST, 0.5, "keyturn"), grace_from=0.4),
    Notes({**deactivated(FIRST, 2), **grace_from(20)}, (FIRST, 2, "keyturn"), grace_from=20),
    Notes(
        {**deactivated(FIRST, 0.5, by="someone else"), **quarantined(SECOND, hours=2)},
        (FIRST, 0.5, "someone else"),
        (SECOND, 2 / 24),
    ),
    Notes(deactivated(SECOND, 31), (SECOND, 31, "keyturn")),
    Notes(quarantined(SECOND, hours=30), quarantined=(SECOND, 30 / 24)),
    Notes({**deactivated(FIRST, 40), **quarantined(SECOND, hours=30), **GARBLED}),
)
# Only an Inactive key has a clock: beside Active ones a stale tag will do.
NOTES_BESIDE_ACTIVE_KEYS: Final = (NOTES[0], NOTES[3], NOTES[8])


def situations(statuses: str, *, guarded: bool) -> Iterator[tuple[Situation, UserState]]:
    """All situations of a user whose keys have these statuses; facts that cost a call are still to be read."""
    ages = (AGES[0], AGES[1], (5.0,))[: len(statuses)]
    tags = {tag.GUARD_ALARM: ALARM} if guarded else {}
    for each in product(*ages):
        drafts = {
            key_id: MAKERS[status](age, id=key_id)
            for key_id, status, age in zip((FIRST, SECOND, THIRD), statuses, each, strict=False)
        }
        told = NOTES if "I" in statuses else NOTES_BESIDE_ACTIVE_KEYS
        for found, notes in product(labels(each[1] if len(each) > 1 else 2.0), told):
            if found.secret is None and notes.tags:
                continue
            secret = found.secret and replace(found.secret, tags={**found.secret.tags, **notes.tags})
            full = a_user(list(drafts.values()), secret, tags=tags)
            yield Situation(drafts, found, notes, guarded), UserState(full.user, full.truth)


def outcomes(situation: Situation, state: UserState, decide: Decide) -> Iterator[tuple[Situation, UserState, Action]]:
    """What is decided, for every answer to every fact that is asked for on the way, an error among them."""
    answer = decide(state)
    if not isinstance(answer, Ask):
        yield situation, state, answer
        return
    if situation.unreadable:
        raise AssertionError(f"{answer.fact} is asked for though another fact could not be read")
    yield from outcomes(
        replace(situation, unreadable=True), replace(state, unreadable=f"{answer.fact}: Throttling"), decide
    )
    match answer.fact:
        case LastUseOf(key_id):
            for use in USES:
                known = replace(situation, uses={**situation.uses, key_id: use})
                yield from outcomes(known, state.with_last_use(key_id, use), decide)
        case GuardAlarm():
            for alarm in AlarmState:
                yield from outcomes(replace(situation, alarm=alarm), replace(state, alarm=alarm), decide)
        case TheTruth():
            raise AssertionError("the keys and the secret are known")
