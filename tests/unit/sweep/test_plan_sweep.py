"""The plan keeps its promises in every situation that a user can be in."""

from collections.abc import Callable
from dataclasses import replace
from typing import get_args

import pytest

from keyturn.domain import tags as tag
from keyturn.domain.access_key import LastUse
from keyturn.domain.action import Action, Hold
from keyturn.domain.reason import Reason
from keyturn.domain.state import AlarmState, UserState
from keyturn.plan import Ask, plan, plan_rollback
from tests.builders import NOW, policy
from tests.unit.sweep.every_situation import STATUSES, Decide, outcomes, situations
from tests.unit.sweep.promises import broken, rolls_back_badly

FIGURE = "plans of the lifecycle, judged by an oracle"
Record = Callable[[str, object], None]
# How each sweep is made: the setting at the deadline, and whether a person asks for it.
WAYS = [("hold", False), ("deactivate", False), ("hold", True)]


def planner(at_deadline: str, *, force: bool) -> Decide:
    ages = policy(in_use_at_deadline=at_deadline)
    return lambda state: plan(state, ages, NOW, force=force)


def with_the_worst_of_the_rest(state: UserState) -> UserState:
    """What the plan did not ask for, such that a plan which looks at it all the same would decide otherwise."""
    just_used = {key.id: LastUse(NOW, "s3", "eu-west-1") for key in state.keys}
    return replace(state, last_uses={**just_used, **state.last_uses}, alarm=state.alarm or AlarmState.ALARM)


@pytest.mark.parametrize("guarded", [False, True], ids=["unguarded", "guarded"])
@pytest.mark.parametrize("statuses", STATUSES)
def test_every_plan_keeps_every_promise_and_is_made_again_from_the_same_facts(
    statuses: str, *, guarded: bool, record_property: Record
) -> None:
    judged = 0
    for at_deadline, force in WAYS[:2] if guarded else WAYS:  # force and the alarm have nothing to do with each other
        decide = planner(at_deadline, force=force)
        for start, bare in situations(statuses, guarded=guarded):
            for situation, state, action in outcomes(start, bare, decide):
                faults = list(broken(situation, action, force=force, cuts_at_deadline=at_deadline == "deactivate"))
                assert not faults, (faults, action, situation)
                assert decide(with_the_worst_of_the_rest(state)) == action
                judged += 1
    record_property(FIGURE, judged)


@pytest.mark.parametrize("guarded", [False, True], ids=["unguarded", "guarded"])
@pytest.mark.parametrize("statuses", STATUSES)
def test_every_rollback_keeps_its_promises(statuses: str, *, guarded: bool, record_property: Record) -> None:
    def decide(state: UserState) -> Action | Ask:
        return plan_rollback(state, policy(), NOW)

    judged = 0
    for start, bare in situations(statuses, guarded=guarded):
        for situation, state, action in outcomes(start, bare, decide):
            faults = list(rolls_back_badly(situation, action))
            assert not faults, (faults, action, situation)
            assert decide(with_the_worst_of_the_rest(state)) == action
            judged += 1
    record_property(FIGURE, judged)


HELD_BY_A_TAG = {
    Reason.EXEMPT: {tag.EXEMPT_UNTIL: "2030-06-01"},
    Reason.INVALID_TAG: {tag.EXEMPT_UNTIL: "until further notice"},
    Reason.SETTINGS_DO_NOT_FIT: {tag.MAX_AGE_DAYS: "29"},
}


@pytest.mark.parametrize("reason", HELD_BY_A_TAG)
@pytest.mark.parametrize("statuses", STATUSES)
def test_a_tag_that_holds_a_user_holds_it_in_every_situation_and_before_anything_is_read(
    statuses: str, reason: Reason
) -> None:
    for _, state in situations(statuses, guarded=False):
        tagged = replace(state.user, tags=HELD_BY_A_TAG[reason])
        for at_deadline, force in WAYS:
            action = planner(at_deadline, force=force)(UserState(tagged))
            assert isinstance(action, Hold)
            assert (action.reason, action.closes_intent) == (reason, False)
            assert planner(at_deadline, force=force)(replace(state, user=tagged)) == action


def test_the_sweep_comes_to_every_action_and_every_reason_of_a_plan() -> None:
    """A sweep that never sees a deletion proves nothing about deletions."""
    decide = planner("deactivate", force=False)
    seen = {
        (action.name, action.reason)
        for statuses in STATUSES
        for start, bare in situations(statuses, guarded=True)
        for _, _, action in outcomes(start, bare, decide)
    }
    actions, reasons = {name for name, _ in seen}, {reason for _, reason in seen}
    assert actions == {action.__name__ for action in get_args(Action)} - {"RetireSecret"}
    by_tag_or_person = {*HELD_BY_A_TAG, Reason.SECRET_AMBIGUOUS, Reason.FORCED}
    by_rollback = {Reason.ROLLBACK_REQUESTED, Reason.PREDECESSOR_GONE, Reason.PREDECESSOR_ACTIVE}
    by_the_run = {Reason.USER_GONE, Reason.NO_TIME_LEFT, Reason.THROTTLED, Reason.TEST_MAIL_REQUESTED}
    by_the_responder = {Reason.KEY_EXPOSED, Reason.GUARD_RANG_TWICE, Reason.NOTHING_TO_UNDO}
    assert reasons == set(Reason) - by_tag_or_person - by_rollback - by_the_run - by_the_responder
