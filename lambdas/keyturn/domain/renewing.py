"""The last check: a single Active key gets a successor when it is due."""

from keyturn.domain.action import Action, CreateKey, Hold
from keyturn.domain.lifecycle import Case, day, days
from keyturn.domain.reason import Reason


def due_key(case: Case) -> Action:
    """Create a successor for a key that is due, or whose rotation a person asks for."""
    oldest = case.keys[0]
    due_at = oldest.created + case.policy.due_age
    if len(case.keys) == 1 and (case.force or case.due(oldest)):
        return CreateKey(
            reason=Reason.KEY_DUE if case.due(oldest) else Reason.FORCED,
            key=oldest.id,
            message=f"key {oldest.id} is {days(case.age(oldest))} old and "
            + (f"due since {day(due_at)}" if case.due(oldest) else "its rotation was asked for"),
            next_review=case.now + case.policy.grace,
        )
    return Hold(
        reason=Reason.NOT_DUE,
        key=oldest.id,
        message=f"key {oldest.id} is {days(case.age(oldest))} old; it is due at {day(due_at)}",
        next_review=due_at,
    )
