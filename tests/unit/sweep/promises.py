"""What is promised about every plan and every rollback, judged from what it has read, and from no more."""

from collections.abc import Iterator

from keyturn.domain.action import (
    Action,
    CreateKey,
    DeactivateKey,
    DeleteKey,
    DiscardKey,
    Hold,
    QuarantineKey,
    ReactivateKey,
    RecordInactive,
)
from keyturn.domain.reason import Reason, Stage
from tests.builders import NOW
from tests.unit.sweep import deeds
from tests.unit.sweep.situation import Situation, active


def broken(situation: Situation, action: Action, *, force: bool, cuts_at_deadline: bool) -> Iterator[str]:
    """Each promise that the action breaks."""
    if not action.message:
        yield "every action says why"
    if (situation.unreadable or situation.none_of_ours) and not _only_waits(action):
        yield "what could not be read, or is none of Keyturn's states, is left to people"
    if isinstance(action, Hold):
        yield from _hold(situation, action, force=force, cuts_at_deadline=cuts_at_deadline)
    elif action.key is None or action.key not in situation.keys:
        yield "nothing is done about a key that is not there"
    else:
        yield from _deed(situation, action, action.key, force=force, cuts_at_deadline=cuts_at_deadline)


def _deed(situation: Situation, action: Action, key: str, *, force: bool, cuts_at_deadline: bool) -> Iterator[str]:
    match action:
        case CreateKey():
            yield from deeds.create(situation, key, force=force)
        case DeactivateKey():
            yield from deeds.deactivate(situation, key, cuts_at_deadline=cuts_at_deadline)
        case DeleteKey():
            yield from deeds.delete(situation, key)
        case DiscardKey():
            yield from deeds.discard(situation, key)
        case QuarantineKey():
            yield from deeds.quarantine(situation, key)
        case RecordInactive():
            yield from deeds.record(situation, key)
        case ReactivateKey():
            yield from deeds.reactivate(situation, key)
        case _:
            yield "the secret of a user that exists is kept"


def _only_waits(action: Action) -> bool:
    return isinstance(action, Hold) and not action.closes_intent


def _hold(situation: Situation, action: Hold, *, force: bool, cuts_at_deadline: bool) -> Iterator[str]:
    if action.closes_intent:
        yield from _close(situation)
    else:
        yield from _wait(situation, action, force=force, cuts_at_deadline=cuts_at_deadline)


def _close(situation: Situation) -> Iterator[str]:
    labels = situation.labels
    if labels.begun is None or situation.leased:
        yield "an intent within its lease is another run's"
    if labels.pending in situation.keys:
        yield "the intent of a stored key is kept"
    unknown = [key for key in situation.keys.values() if key.id not in labels.named]
    if not any(list(deeds.suspect(situation, key)) for key in unknown):
        yield "an intent is closed over a key that is surely a person's"


def _wait(situation: Situation, action: Hold, *, force: bool, cuts_at_deadline: bool) -> Iterator[str]:
    """Nothing is held for ever in silence, or though all that is promised would be kept by going on."""
    if not (action.reason.blocks or action.next_review or action.reason.stage is Stage.NO_KEY):
        yield "whoever is held is told until when, or what to do"
    if action.next_review is not None and action.next_review <= NOW:
        yield "what is waited for lies ahead"
    labels = situation.labels
    at_odds = labels.current is not None and not _active_one(situation, labels.current)
    if situation.unreadable or situation.none_of_ours or labels.begun is not None or at_odds:
        return
    for key in situation.keys:
        if not list(deeds.create(situation, key, force=force)):
            yield "a key is due, and nothing stands against a successor"
        if not list(deeds.deactivate(situation, key, cuts_at_deadline=cuts_at_deadline)):
            yield "a key is not needed, and nothing stands against its deactivation"
        if not list(deeds.delete(situation, key)):
            yield "a key was not missed, and nothing stands against its deletion"


def _active_one(situation: Situation, key_id: str) -> bool:
    return key_id in situation.keys and active(situation.keys[key_id])


def rolls_back_badly(situation: Situation, action: Action) -> Iterator[str]:
    """Each promise that a rollback's action breaks."""
    if isinstance(action, Hold):
        if action.closes_intent:
            yield "a rollback closes no intent"
        return
    if not isinstance(action, ReactivateKey) or action.reason is not Reason.ROLLBACK_REQUESTED:
        yield "a rollback reactivates, or holds"
    if situation.none_of_ours or situation.unreadable:
        yield "a state that Keyturn does not make is left to people"
    labels, notes = situation.labels, situation.notes
    if action.key not in situation.keys or action.key in (labels.current, labels.pending):
        yield "what is rolled back to is the predecessor"
    if action.key not in labels.named and not (notes.clock and notes.clock[0] == action.key):
        yield "a key of which Keyturn knows nothing is left alone"
    if notes.quarantined and notes.quarantined[0] == action.key and action.key not in labels.named:
        yield "an orphan whose secret nobody holds is no predecessor"
