"""The metrics count what was done and what was not; users and keys are never part of them."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from keyturn import metrics
from keyturn.domain.access_key import AccessKey, KeyStatus, User
from keyturn.domain.outcome import Outcome
from keyturn.domain.reason import Reason, Stage
from keyturn.domain.shortlist import Candidate, Hints, KeyHint
from keyturn.domain.tags import EXEMPT_UNTIL, MAX_AGE_DAYS
from keyturn.survey import Survey
from keyturn.turn import Turn
from tests.builders import FIRST, NOW, SECOND, ago, policy
from tests.unit.outcomes import a_report, a_user_named, held, outcome

OF_DEEDS = {"KeysRotated", "KeysDeactivated", "KeysDeleted", "KeysReactivated", "OrphansHealed"}
OF_EVERYONE = {"UsersScanned", "KeysDue", "KeysOverdue", "OldestActiveKeyAgeDays", "RunSucceeded"}
OF_HOLDS = {"UsersBlocked", "KeysInUsePastDeadline", "HeldKeyInUse", "HeldTwoKeysInUse", "HeldUnreadable"}


def hints(ages: dict[str, Sequence[float]], tags: dict[str, dict[str, str]] | None = None) -> Hints:
    """Users with Active keys of these ages, as the credential report shows them."""
    users = [a_user_named(name) for name in ages]
    tagged = [User(**{**vars(user), "tags": (tags or {}).get(user.name, {})}) for user in users]
    keys = {user.arn: tuple(KeyHint(active=True, created=ago(age)) for age in ages[user.name]) for user in users}
    return Hints(tuple(tagged), keys, NOW)


def read(name: str, *ages: float) -> Turn:
    """A turn in which a user's Active keys were seen to have these ages."""
    keys = tuple(AccessKey(f"AKIA{number:X<16}", KeyStatus.ACTIVE, ago(age)) for number, age in enumerate(ages))
    return Turn(a_user_named(name).id, (), active=keys)


def surveyed(found: Hints) -> Survey:
    return Survey(found, ())


def everyone(found: Hints, *turns: Turn) -> dict[str, float]:
    return metrics.of_everyone(a_report(), surveyed(found), turns, policy())


def holds(*outcomes: Outcome, remaining: int = 0) -> dict[str, float]:
    report = a_report(*outcomes, remaining=remaining)
    return metrics.of_everyone(report, surveyed(hints({})), (), policy())


def in_use(age: float, reason: Reason = Reason.KEY_IN_USE, **tags: str) -> Turn:
    """A turn in which a key of some age, beside a younger one, was held."""
    user = User(
        **{**vars(a_user_named("alice")), "tags": {f"keyturn:{name.replace('_', '-')}": tags[name] for name in tags}}
    )
    keys = AccessKey(FIRST, KeyStatus.ACTIVE, ago(age)), AccessKey(SECOND, KeyStatus.ACTIVE, ago(20))
    return Turn(user.id, (replace(held(reason), user=user),), active=keys)


def past_deadline(*turns: Turn) -> float:
    return everyone(hints({}), *turns)["KeysInUsePastDeadline"]


def test_the_metrics_have_the_documented_names() -> None:
    assert set(metrics.of_outcomes([])) == OF_DEEDS
    assert set(everyone(hints({}))) > OF_EVERYONE | OF_HOLDS
    rest = set(everyone(hints({}))) - OF_EVERYONE - OF_HOLDS
    assert {name for name in rest if not name.startswith(("Held", "Stage"))} == set()


def test_deeds_are_counted_when_they_are_done() -> None:
    done = [
        *(outcome("CreateKey", "Done", user=f"c{n}") for n in range(4)),
        *(outcome("DeactivateKey", "Done", user=f"d{n}") for n in range(3)),
        *(outcome("DeleteKey", "Done", user=f"e{n}") for n in range(2)),
        outcome("DiscardKey", "Done"),
        outcome("ReactivateKey", "Done"),
    ]
    planned = [outcome(action, "Planned") for action in ("CreateKey", "DeactivateKey", "DeleteKey", "DiscardKey")]
    failed = [outcome("CreateKey", "Failed"), outcome("DeleteKey", "Failed")]
    assert metrics.of_outcomes([*done, *planned, *failed]) == {
        "KeysRotated": 4,
        "KeysDeactivated": 3,
        "KeysDeleted": 2,
        "KeysReactivated": 1,
        "OrphansHealed": 1,
    }


def test_a_run_for_some_users_can_say_that_something_failed_and_not_that_nothing_does() -> None:
    done, failed = outcome("CreateKey", "Done"), outcome("CreateKey", "Failed")
    assert metrics.of_failures([done, failed], everyone=False) == {"RotationsFailed": 1}
    assert metrics.of_failures([done], everyone=False) == {}
    assert metrics.of_failures([done], everyone=True) == {"RotationsFailed": 0}


def test_what_could_not_be_read_counts_as_failed() -> None:
    assert metrics.of_failures([held(Reason.UNREADABLE)], everyone=True) == {"RotationsFailed": 1}


@pytest.mark.parametrize("reason", [Reason.KEY_IN_USE, Reason.SUCCESSOR_NOT_ADOPTED])
def test_a_key_in_use_counts_from_its_last_day_on(reason: Reason) -> None:
    assert past_deadline(in_use(89, reason)) == 1
    assert past_deadline(in_use(88.9, reason)) == 0
    assert past_deadline(in_use(200, reason), in_use(300, reason), in_use(30, reason)) == 2


def test_a_key_in_use_is_judged_by_its_user_s_own_deadline() -> None:
    assert past_deadline(in_use(60, max_age_days="60")) == 1
    assert past_deadline(in_use(60)) == 0


def test_a_key_that_is_held_for_another_reason_or_is_gone_is_not_one_in_use() -> None:
    assert past_deadline(in_use(200, Reason.GUARD_ALARM_RINGING)) == 0
    assert past_deadline(in_use(200, Reason.TWO_KEYS_IN_USE)) == 0
    assert past_deadline(Turn("AIDAALICE", (held(Reason.KEY_IN_USE),), active=())) == 0
    assert past_deadline(Turn("AIDAALICE", (held(Reason.KEY_IN_USE),))) == 0


def test_a_blocked_user_counts_once_and_under_each_of_its_reasons() -> None:
    counted = holds(
        held(Reason.KEY_IN_USE),
        held(Reason.TOO_MANY_KEYS),
        held(Reason.EXPIRED_KEY, user="bob"),
        held(Reason.EXPIRED_KEY, user="bob"),
        held(Reason.NOT_DUE),
    )
    assert counted["UsersBlocked"] == 2
    assert {name: number for name, number in counted.items() if name.startswith("Held") and number} == {
        "HeldKeyInUse": 1,
        "HeldTooManyKeys": 1,
        "HeldExpiredKey": 1,
    }


def test_every_reason_for_which_somebody_has_to_act_has_its_count_and_no_other() -> None:
    counted = {name.removeprefix("Held") for name in holds() if name.startswith("Held")}
    assert counted == {reason.label for reason in Reason if reason.blocks}


def test_a_run_that_did_not_get_to_everybody_cannot_say_that_nobody_is_blocked() -> None:
    counted = holds(held(Reason.KEY_IN_USE), remaining=1)
    assert counted["UsersBlocked"] == counted["HeldKeyInUse"] == 1
    assert not {"HeldTooManyKeys", "KeysInUsePastDeadline"} & counted.keys()
    assert not {"UsersBlocked", "HeldKeyInUse"} & holds(remaining=1).keys()
    assert {"KeysOverdue", "RunSucceeded", "StageDue"} <= holds(remaining=1).keys()


def test_everybody_stands_in_one_stage() -> None:
    told = everyone(hints({"a": [10], "b": [], "c": [30]}))
    stages = {name: number for name, number in told.items() if name.startswith("Stage")}
    assert {name: number for name, number in stages.items() if number} == {"StageCurrent": 2, "StageNoKey": 1}
    assert stages.keys() == {f"Stage{stage}" for stage in Stage}


def test_overdue_keys_and_the_oldest_age_are_the_reports_where_nothing_was_read() -> None:
    told = everyone(hints({"a": [90], "b": [90.01], "c": [200, 3], "d": []}))
    assert (told["KeysOverdue"], told["OldestActiveKeyAgeDays"]) == (2, 200)
    assert everyone(hints({}))["OldestActiveKeyAgeDays"] == 0


def test_what_the_report_does_not_show_to_be_active_and_old_does_not_count() -> None:
    user = a_user_named("a")
    shown = (KeyHint(active=False, created=ago(300)), KeyHint(active=True, created=None))
    told = everyone(Hints((user,), {user.arn: shown}, NOW))
    assert (told["KeysOverdue"], told["OldestActiveKeyAgeDays"]) == (0, 0)


def test_what_was_read_counts_for_more_than_the_report() -> None:
    told = everyone(hints({"a": [200], "b": [95], "c": []}), read("a", 3), read("b", 95, 1), read("c", 400))
    assert (told["KeysOverdue"], told["OldestActiveKeyAgeDays"]) == (2, 400)
    assert everyone(hints({"a": [200]}), read("a"))["KeysOverdue"] == 0
    assert everyone(hints({"a": [200]}), Turn(a_user_named("a").id, ()))["KeysOverdue"] == 1


def test_a_user_is_judged_by_its_own_maximum_age() -> None:
    found = hints({"a": [70], "b": [70]}, tags={"a": {MAX_AGE_DAYS: "60"}})
    assert everyone(found)["KeysOverdue"] == 1


def test_an_exemption_takes_a_key_off_the_overdue_ones_and_not_off_the_ages() -> None:
    for until, overdue in (("2030-06-01", 0), ("2030-05-31", 1), ("soon", 1)):
        told = everyone(hints({"a": [100]}, tags={"a": {EXEMPT_UNTIL: until}}))
        assert (told["KeysOverdue"], told["OldestActiveKeyAgeDays"]) == (overdue, 100)


def test_a_tag_that_cannot_be_read_leaves_the_accounts_age() -> None:
    found = hints({"a": [91], "b": [89]}, tags={name: {MAX_AGE_DAYS: "x"} for name in "ab"})
    shortlisted = Survey(found, tuple(map(Candidate, found.users)))
    assert metrics.of_everyone(a_report(), shortlisted, (), policy())["KeysOverdue"] == 1


def test_keys_are_due_that_were_rotated_or_should_have_been_or_are_left_for_later() -> None:
    report = a_report(outcome("CreateKey", "Done"), outcome("CreateKey", "Failed", user="b"), remaining=3, scanned=40)
    told = metrics.of_everyone(report, surveyed(hints({})), (), policy())
    assert (told["KeysDue"], told["UsersScanned"]) == (5, 40)


def test_a_rotation_that_found_no_time_left_is_due_once() -> None:
    report = a_report(outcome("CreateKey", "Held", Reason.NO_TIME_LEFT), remaining=1)
    assert metrics.of_everyone(report, surveyed(hints({})), (), policy())["KeysDue"] == 1


def test_a_run_succeeds_unless_something_went_wrong() -> None:
    def succeeded(*outcomes: Outcome, remaining: int = 0) -> float:
        report = a_report(*outcomes, remaining=remaining)
        return metrics.of_everyone(report, surveyed(hints({})), (), policy())["RunSucceeded"]

    assert succeeded(outcome("CreateKey", "Done"), held(Reason.KEY_IN_USE)) == 1
    assert succeeded(remaining=9) == 1
    assert succeeded(outcome("CreateKey", "Failed")) == 0
    assert succeeded(held(Reason.UNREADABLE)) == 0
