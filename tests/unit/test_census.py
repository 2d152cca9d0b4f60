"""The census counts everybody once, under the stage that the run left it in."""

import pytest

from keyturn.domain.census import census
from keyturn.domain.outcome import Outcome
from keyturn.domain.reason import Reason, Stage
from keyturn.domain.shortlist import Candidate, Hints, KeyHint
from tests.builders import NOW, ago, policy
from tests.unit.outcomes import a_user_named, held, outcome

ALICE, BOB, CAROL = map(a_user_named, ("alice", "bob", "carol"))
KEYS = {ALICE.arn: (KeyHint(active=True, created=ago(80)),), BOB.arn: (KeyHint(active=True, created=ago(5)),)}
HINTS = Hints((ALICE, BOB, CAROL), KEYS, NOW)


def counted(*outcomes: Outcome) -> dict[Stage, int]:
    return dict(census(HINTS, (Candidate(ALICE),), outcomes, policy()))


def of_alice(*outcomes: Outcome) -> Stage:
    rest = {Stage.CURRENT: 1, Stage.NO_KEY: 1}
    told = {stage: number - rest.get(stage, 0) for stage, number in counted(*outcomes).items()}
    (stage,) = [stage for stage, number in told.items() if number]
    assert told[stage] == 1
    return stage


@pytest.mark.parametrize(
    ("action", "reason", "stage"),
    [
        ("CreateKey", Reason.KEY_DUE, Stage.GRACE),
        ("DeactivateKey", Reason.PREDECESSOR_IDLE, Stage.RECOVERY),
        ("DeactivateKey", Reason.KEY_UNUSED, Stage.RECOVERY),
        ("RecordInactive", Reason.FOUND_INACTIVE, Stage.RECOVERY),
        ("ReactivateKey", Reason.GUARD_ALARM_RINGING, Stage.GRACE),
        ("DeleteKey", Reason.RECOVERY_OVER, Stage.CURRENT),
        ("QuarantineKey", Reason.SUSPECTED_ORPHAN, Stage.ROTATING),
        ("DiscardKey", Reason.STORED_NOT_PROMOTED, Stage.ROTATING),
    ],
)
def test_what_was_done_moves_a_user_on(action: str, reason: Reason, stage: Stage) -> None:
    assert of_alice(outcome(action, "Done", reason)) is stage


@pytest.mark.parametrize("result", ["Planned", "Failed", "Held"])
def test_what_was_not_done_leaves_it_where_it_was(result: str) -> None:
    assert of_alice(outcome("CreateKey", result, Reason.KEY_DUE)) is Stage.DUE
    assert of_alice(outcome("DeactivateKey", result, Reason.PREDECESSOR_IDLE)) is Stage.GRACE


def test_a_hold_says_the_stage() -> None:
    for reason in (Reason.EXEMPT, Reason.TWO_KEYS_IN_USE, Reason.KEY_IN_USE, Reason.RECOVERY_RUNNING):
        assert of_alice(held(reason)) is reason.stage


def test_the_last_word_counts() -> None:
    deleted, created = outcome("DeleteKey", "Done", Reason.RECOVERY_OVER), outcome("CreateKey", "Done")
    assert of_alice(deleted, created) is Stage.GRACE


def test_whom_the_run_did_not_get_to_counts_as_due() -> None:
    assert of_alice() is Stage.DUE


def test_a_user_that_is_gone_counts_nowhere() -> None:
    assert sum(counted(held(Reason.KEY_IN_USE), outcome("RetireSecret", "Done", user="dave")).values()) == 3
