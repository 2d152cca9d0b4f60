"""What is promised about each deed: every function yields the promises that doing it to the key would break.

The words are the design's. A use that was not read may be a use of this minute, an alarm that was not read may ring.
"""

from collections.abc import Iterator
from typing import Final

from keyturn.domain.access_key import KeyStatus
from keyturn.domain.state import AlarmState
from tests.builders import Draft
from tests.unit.sweep.situation import EVER, MINUTE, Situation, active, age

HOUR: Final = 60 * MINUTE
DUE, AT_DEADLINE, GRACE, RECOVERY, IDLE, UNUSED = 75 - HOUR, 89 - HOUR, 14 - HOUR, 30, 2, 90
QUARANTINE, GUARD = 20 * HOUR, 1


def create(situation: Situation, key_id: str, *, force: bool) -> Iterator[str]:
    labels = situation.labels
    if [key.id for key in situation.keys.values() if active(key)] != [key_id] or len(situation.keys) != 1:
        yield "a successor is made for the one key there is, and only if it is Active"
    if not force and age(situation.keys[key_id]) < DUE:
        yield "only a person's word skips the age"
    if situation.leased:
        yield "an intent within its lease is another run's"
    if labels.current is not None and labels.current not in situation.keys:
        yield "the key that consumers are given was taken away by a person"
    if labels.pending in situation.keys:
        yield "what a run left behind is healed first"


def deactivate(situation: Situation, key_id: str, *, cuts_at_deadline: bool) -> Iterator[str]:
    key = situation.keys[key_id]
    others = situation.left_beside(key)
    promoted = [other for other in others if other.id == situation.labels.current]
    if not active(key) or key.id == situation.labels.current:
        yield "what is deactivated is Active, and not what consumers are given"
    if not promoted and not any(situation.used_since(other, IDLE, but=("sts",)) for other in others):
        yield "an Active key remains that is stored and promoted, or in use"
    if not situation.quiet:
        yield "nothing is deactivated while the guard alarm rings, or cannot be told to be quiet"
    if situation.leased:
        yield "an intent within its lease is another run's"
    if promoted and key.id in situation.labels.named:
        yield from _retire(situation, key, promoted[0], cuts_at_deadline=cuts_at_deadline)
    elif situation.may_be_used_since(key, UNUSED) or age(key) < UNUSED:
        yield "without a successor, a key goes only if it is unused for long"
    elif (situation.notes.grace_from or GRACE) < GRACE:
        yield "a key that was given back stays Active for a grace period"


def _retire(situation: Situation, key: Draft, successor: Draft, *, cuts_at_deadline: bool) -> Iterator[str]:
    if situation.labels.promoted < GRACE or (situation.notes.grace_from or GRACE) < GRACE:
        yield "both keys are Active for a grace period, counted from the promotion or the last rollback"
    if cuts_at_deadline and age(key) >= AT_DEADLINE:
        return
    adopted = situation.used_since(successor, EVER, but=("sts",))
    fetching = ("sts", "secretsmanager") if adopted else ()
    if situation.may_be_used_since(key, IDLE, but=fetching):
        yield "a key in use is never cut"
    if situation.may_be_used_since(key, UNUSED) and not (adopted or situation.labels.fetched):
        yield "a key with a consumer is not cut before its successor is adopted"


def delete(situation: Situation, key_id: str) -> Iterator[str]:
    key, clock = situation.keys[key_id], situation.notes.clock
    if key.status is not KeyStatus.INACTIVE:
        yield "only an Inactive key is deleted"
    if not any(map(active, situation.keys.values())):
        yield "a key that works remains"
    if clock is None or clock[0] != key.id or clock[1] < RECOVERY:
        yield "a key is deleted when its recovery period is over"
    elif situation.may_be_used_since(key, clock[1]):
        yield "a key that was used since it was deactivated is missed by somebody"
    if not situation.quiet:
        yield "nothing is deleted while the guard alarm rings, or cannot be told to be quiet"
    if situation.leased:
        yield "an intent within its lease is another run's"


def discard(situation: Situation, key_id: str) -> Iterator[str]:
    key, labels, notes = situation.keys[key_id], situation.labels, situation.notes
    if key.id == labels.current or labels.begun is None or situation.leased:
        yield "only what a dead run left is discarded"
    if key.id == labels.pending:
        if labels.given:
            yield "a key that was promoted before, or fetched, was given to somebody"
        if situation.may_be_used_since(key, EVER, but=("sts",)):
            yield "a key in use was given to somebody"
        if active(key) and not situation.left_beside(key):
            yield "what is the only Active key may have been promoted before, and is not for a run to take away"
        return
    if key.status is not KeyStatus.INACTIVE:
        yield "a suspect is deactivated first, since a mistake must be reversible"
    if notes.quarantined is None or notes.quarantined[0] != key.id or notes.quarantined[1] < QUARANTINE:
        yield "a suspect is deleted after its quarantine"
    yield from suspect(situation, key)


def quarantine(situation: Situation, key_id: str) -> Iterator[str]:
    key = situation.keys[key_id]
    if situation.labels.begun is None or situation.leased:
        yield "only what a dead run left is quarantined"
    if active(key) and not situation.left_beside(key):
        yield "a suspect that is the only Active key may be a person's"
    yield from suspect(situation, key)


def suspect(situation: Situation, key: Draft) -> Iterator[str]:
    if key.id in situation.labels.named:
        yield "a key that a label names is no orphan"
    after = (situation.labels.begun or 0) - age(key)
    if not -MINUTE <= round(after, 9) <= 15 * MINUTE:
        yield "an orphan was made in the minutes of the intent"
    if situation.may_be_used_since(key, EVER):
        yield "a key that was used is a person's"


def record(situation: Situation, key_id: str) -> Iterator[str]:
    key, clock = situation.keys[key_id], situation.notes.clock
    if key.status is not KeyStatus.INACTIVE:
        yield "the clock is an Inactive key's"
    running = clock is not None and clock[0] == key.id
    if running and clock is not None and not (key.id in situation.uses and situation.used_since(key, clock[1])):
        yield "a clock that runs is not set back"


def reactivate(situation: Situation, key_id: str) -> Iterator[str]:
    key, clock = situation.keys[key_id], situation.notes.switched_off
    if key.status is not KeyStatus.INACTIVE:
        yield "what is reactivated is Inactive"
    if not situation.guarded or situation.alarm is not AlarmState.ALARM:
        yield "without a person's word only the ringing alarm reactivates"
    if clock is None or clock[0] != key.id or clock[1] >= GUARD or clock[2] != "keyturn":
        yield "an alarm undoes what Keyturn did within the guard hours, and nothing else"
