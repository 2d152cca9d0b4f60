"""A tour's end: what became of each account is read as it was written, and silence is no success."""

import json
from typing import Any

from keyturn.domain.tour import Stop, measured, missing, roundup, stop

A, B = "111111111111", "222222222222"


def succeeded(account: str, **report: object) -> dict[str, Any]:
    whole = {
        "status": "OK",
        "remaining": 0,
        "totals": {"done": 1},
        "figures": {},
        "users": [],
        "run_id": "run",
        **report,
    }
    return {
        "Status": "SUCCEEDED",
        "Input": "{}",
        "Output": json.dumps({"account": account, "runs": 1, "report": whole}),
    }


def failed(account: str, error: str = "AccountUnreachable", cause: str = "") -> dict[str, Any]:
    return {"Status": "FAILED", "Input": json.dumps({"account": account, "runs": 0}), "Error": error, "Cause": cause}


def test_an_account_whose_run_went_well_has_no_trouble() -> None:
    assert stop(succeeded(A)) == Stop(A, "OK", "", {"done": 1})


def test_a_run_that_failed_for_users_names_them_and_what_is_left() -> None:
    record = succeeded(A, status="FAILED", remaining=3, users=[{"user": "alice", "message": "no room"}])
    assert stop(record).trouble == "alice: no room; 3 users are left for the next tour"


def test_an_account_that_could_not_be_reached_says_why_in_the_functions_own_words() -> None:
    cause = json.dumps({"errorType": "AccountUnreachable", "errorMessage": "account 1 does not lend its role"})
    assert stop(failed(A, cause=cause)) == Stop(A, "NOT_RUN", "AccountUnreachable: account 1 does not lend its role")


def test_a_cause_that_is_no_json_is_told_as_it_is() -> None:
    assert stop(failed(A, "States.Timeout")).trouble == "States.Timeout: "
    assert stop({"Status": "ABORTED", "Input": json.dumps({"account": A})}).trouble == "ABORTED: "
    assert stop(failed(A, cause="[1]")).trouble == "AccountUnreachable: [1]"


def test_an_account_without_a_record_is_not_taken_for_well() -> None:
    assert missing([A, B], [Stop(A, "OK")]) == [Stop(B, "NOT_RUN", "no result was written")]


def test_one_message_counts_all_and_names_those_that_are_not_well() -> None:
    stops = [
        Stop(A, "OK", "", {"done": 2, "held": 1}),
        Stop(B, "NOT_RUN", "it is closed"),
        Stop("3" * 12, "OK", "", {"done": 1}),
    ]
    subject, text = roundup(stops, ["a note"])

    assert subject == "Keyturn: 3 accounts, 1 of them not well"
    assert text.splitlines() == ["1 NOT_RUN, 2 OK", "done 3, held 1", f"- {B} NOT_RUN: it is closed", "a note"]


def test_a_tour_on_which_all_is_well_says_so() -> None:
    assert roundup([Stop(A, "OK")], [])[0] == "Keyturn: 1 accounts OK"


def test_ten_thousand_failures_fit_into_one_message() -> None:
    subject, text = roundup([Stop(f"{number:012}", "NOT_RUN", "x" * 10_000) for number in range(10_000)], [])

    assert len(subject) <= 100
    assert len(json.dumps(text)) < 100_000
    assert "and 9900 more, in the tour's results" in text


def test_the_state_of_all_accounts_is_summed_and_the_oldest_key_is_the_oldest_of_all() -> None:
    stops = [
        stop(succeeded(A, figures={"UsersScanned": 5, "KeysOverdue": 1, "OldestActiveKeyAgeDays": 120})),
        stop(succeeded("3" * 12, figures={"UsersScanned": 7, "UsersBlocked": 2, "OldestActiveKeyAgeDays": 30})),
        stop(succeeded("4" * 12, status="INCOMPLETE", remaining=1)),
        stop(failed(B)),
    ]
    assert measured(stops) == {
        "AccountsToured": 4,
        "AccountsNotWell": 2,
        "AccountsNotRun": 1,
        "OrganizationUsersScanned": 12,
        "OrganizationUsersBlocked": 2,
        "OrganizationKeysOverdue": 1,
        "OrganizationOldestActiveKeyAgeDays": 120,
    }


def test_a_tour_to_no_account_measures_nothing_but_zeros() -> None:
    assert set(measured([]).values()) == {0}


def test_what_an_execution_answered_that_began_before_figures_were_sent_is_read_all_the_same() -> None:
    record = succeeded(A)
    output = json.loads(record["Output"])
    del output["report"]["figures"]
    assert stop({**record, "Output": json.dumps(output)}) == Stop(A, "OK", "", {"done": 1})
