"""Asks the plan for its decision on a user whose facts are all known."""

from keyturn.domain.action import Action, Hold
from keyturn.domain.reason import Reason
from keyturn.domain.state import UserState
from keyturn.plan import Ask, plan, plan_guard, plan_rollback
from tests.builders import NOW, policy


def decided(state: UserState, *, force: bool = False, **settings: str | int) -> Action:
    """What a rotation does about the user."""
    answer = plan(state, policy(**settings), NOW, force=force)
    assert not isinstance(answer, Ask), f"{answer.fact} is known, yet asked for"
    return answer


def rolled_back(state: UserState, **settings: str | int) -> Action:
    """What a rollback does about the user."""
    answer = plan_rollback(state, policy(**settings), NOW)
    assert not isinstance(answer, Ask), f"{answer.fact} is known, yet asked for"
    return answer


def rung(state: UserState, **settings: str | int) -> Action:
    """What a ringing guard alarm does about the user."""
    answer = plan_guard(state, policy(**settings), NOW)
    assert not isinstance(answer, Ask), f"{answer.fact} is known, yet asked for"
    return answer


def held(action: Action, reason: Reason) -> Hold:
    """The action, as a hold for that reason that does nothing else."""
    assert isinstance(action, Hold), action
    assert (action.reason, action.closes_intent) == (reason, False)
    return action
