"""The run report says what was looked at, what was done and why, and stays within what a Lambda may answer."""

import json
from dataclasses import replace

import pytest

from keyturn.domain.outcome import Outcome
from keyturn.domain.reason import Reason
from keyturn.report import Status, went_wrong
from tests.builders import FIRST
from tests.unit.outcomes import ACTIONS, a_report, held, outcome

MOST_THAT_LAMBDA_ANSWERS = 6_291_556  # bytes of a synchronous invocation's answer


def test_a_report_says_all_that_is_documented() -> None:
    report = a_report(outcome("CreateKey", "Done"), remaining=2).as_dict()
    assert report == {
        "run_id": "run-1",
        "mode": "enforce",
        "dry_run": False,
        "started_at": "2030-06-01T06:00:00Z",
        "scanned": 7,
        "candidates": 3,
        "remaining": 2,
        "status": "INCOMPLETE",
        "totals": {"planned": 0, "done": 1, "held": 0, "failed": 0, "blocked": 0, "CreateKey": 1},
        "notes": [],
        "users": [
            {
                "user": "alice",
                "account": "111122223333",
                "action": "CreateKey",
                "stage": "Due",
                "key": FIRST,
                "reason": "KeyDue",
                "message": "a sentence",
                "outcome": "Done",
                "next_review": "2030-06-15T06:00:00Z",
            }
        ],
        "omitted": 0,
    }


def test_a_report_of_nobody_is_one_too() -> None:
    report = a_report(scanned=0, candidates=0).as_dict()
    assert (report["status"], report["users"], report["omitted"]) == ("OK", [], 0)


def test_what_went_wrong_beside_the_main_thing_is_told_with_it() -> None:
    noted = replace(outcome("CreateKey", "Done"), notes=("its event could not be sent",))
    assert a_report(noted).as_dict()["users"][0]["notes"] == ["its event could not be sent"]
    assert "notes" not in a_report(outcome("CreateKey", "Done")).as_dict()["users"][0]


@pytest.mark.parametrize(
    ("outcomes", "remaining", "status"),
    [
        ([], 0, Status.OK),
        ([outcome("CreateKey", "Done"), held(Reason.NOT_DUE)], 0, Status.OK),
        ([held(Reason.KEY_IN_USE)], 0, Status.OK),
        ([outcome("CreateKey", "Planned")], 0, Status.OK),
        ([outcome("CreateKey", "Done")], 1, Status.INCOMPLETE),
        ([outcome("CreateKey", "Failed")], 0, Status.FAILED),
        ([outcome("CreateKey", "Failed")], 1, Status.FAILED),
        ([held(Reason.UNREADABLE)], 0, Status.FAILED),
        ([outcome("CreateKey", "Done"), held(Reason.UNREADABLE, user="bob")], 5, Status.FAILED),
    ],
)
def test_a_run_is_as_good_as_its_worst_outcome(outcomes: list[Outcome], remaining: int, status: Status) -> None:
    assert a_report(*outcomes, remaining=remaining).status is status


def test_totals_count_outcomes_by_result_and_deeds_by_action() -> None:
    report = a_report(
        outcome("CreateKey", "Done"),
        outcome("CreateKey", "Done", user="bob"),
        outcome("CreateKey", "Failed", user="carol"),
        outcome("DeleteKey", "Planned", user="dave"),
        held(Reason.KEY_IN_USE, user="erin"),
        held(Reason.NOT_DUE, user="frank"),
    )
    assert report.totals == {"planned": 1, "done": 2, "held": 2, "failed": 1, "blocked": 1, "CreateKey": 2}


def test_the_most_important_comes_first() -> None:
    outcomes = [
        held(Reason.NOT_DUE, user="a"),
        held(Reason.KEY_IN_USE, user="b"),
        outcome("CreateKey", "Done", user="d"),
        outcome("DeleteKey", "Planned", user="c"),
        held(Reason.UNREADABLE, user="f"),
        outcome("CreateKey", "Failed", user="e"),
    ]
    assert [line["user"] for line in a_report(*outcomes).as_dict()["users"]] == ["e", "f", "c", "d", "b", "a"]


@pytest.mark.parametrize("filler", ["x", "\N{SNOWMAN}", '"', "\n", "\N{GRINNING FACE}"], ids=ascii)
def test_an_answer_about_ten_thousand_users_with_long_messages_fits_and_counts_what_it_leaves_out(filler: str) -> None:
    quiet = [replace(held(Reason.NOT_DUE, user=f"q{number}"), message=filler * 1000) for number in range(9_980)]
    failed = [
        outcome("CreateKey", "Failed", user=f"f{number}", message=filler * 1000)
        for number in range(10)  # they stand at the end, and are told all the same
    ]
    blocked = [replace(held(Reason.KEY_IN_USE, user=f"b{number}"), message=filler * 1000) for number in range(10)]
    answer = a_report(*quiet, *blocked, *failed, scanned=10_000).as_dict()
    for ensure_ascii in (True, False):
        assert len(json.dumps(answer, ensure_ascii=ensure_ascii).encode()) < MOST_THAT_LAMBDA_ANSWERS
    assert answer["omitted"] + len(answer["users"]) == 10_000
    assert answer["omitted"] > 0
    assert [line["user"] for line in answer["users"][:20]] == [f"f{n}" for n in range(10)] + [
        f"b{n}" for n in range(10)
    ]
    assert answer["totals"]["failed"] == 10
    assert answer["totals"]["held"] == 9_990


def test_a_usual_answer_about_ten_thousand_users_leaves_out_nobody() -> None:
    report = a_report(*(outcome("CreateKey", "Done", user=f"u{n}", message="m" * 200) for n in range(10_000)))
    assert report.as_dict()["omitted"] == 0


def test_an_answer_is_json() -> None:
    lines = [outcome(action, "Done", user=action) for action in ACTIONS]
    report = a_report(*lines, *(held(reason, user=reason.label) for reason in Reason))
    assert json.loads(json.dumps(report.as_dict())) == report.as_dict()


def test_only_a_failure_and_what_could_not_be_read_went_wrong() -> None:
    assert went_wrong(outcome("CreateKey", "Failed"))
    assert {reason for reason in Reason if went_wrong(held(reason))} == {Reason.UNREADABLE}
    assert not went_wrong(outcome("CreateKey", "Done"))
