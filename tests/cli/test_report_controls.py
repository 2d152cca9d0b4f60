"""The control map says what it is, and its rules judge as the frameworks do."""

import re
from datetime import UTC, datetime, timedelta

from keyturn.domain.access_key import AccessKey, KeyStatus, LastUse
from keyturn_cli.reporting.controls import CONTROL_MAP, Judged, judged

NOW = datetime(2030, 6, 1, tzinfo=UTC)


def holding(*ages: float, used: float | None = None) -> Judged:
    keys = tuple(
        AccessKey(f"K{number}", KeyStatus.ACTIVE, NOW - timedelta(days=age)) for number, age in enumerate(ages)
    )
    uses = {} if used is None else {key.id: LastUse(NOW - timedelta(days=used), "s3") for key in keys}
    return Judged(keys, uses, NOW)


def failing(it: Judged) -> set[str]:
    return {rule["id"] for rule in judged([("alice", it)]) if rule["failed"]}


def test_a_key_may_be_ninety_days_old_and_no_older() -> None:
    assert failing(holding(90, used=1)) == set()
    assert failing(holding(90.1, used=1)) == {"rotated"}


def test_two_active_keys_fail_the_rule_of_one() -> None:
    assert failing(holding(1, 80, used=1)) == {"one-active-key"}


def test_a_key_unused_for_forty_five_days_fails_and_one_never_used_counts_from_its_creation() -> None:
    assert failing(holding(60, used=44)) == set()
    assert failing(holding(60, used=45)) == {"unused"}
    assert failing(holding(44)) == set()
    assert failing(holding(46)) == {"unused"}


def test_a_user_without_active_keys_neither_passes_nor_fails() -> None:
    for rule in judged([("alice", holding())]):
        assert (rule["passed"], rule["failed"]) == ([], [])


def test_everybody_else_does_one_of_both() -> None:
    users = [("old", holding(200, used=1)), ("two", holding(1, 2, used=1)), ("fine", holding(3, used=1))]
    for rule in judged(users):
        assert sorted(rule["passed"] + [each["user"] for each in rule["failed"]]) == ["fine", "old", "two"]


def test_the_map_has_a_version_and_no_control_twice() -> None:
    assert re.fullmatch(r"\d{4}-\d{2}", CONTROL_MAP["version"])
    named = [
        (each["framework"], version.strip(), each["number"])
        for rule in CONTROL_MAP["rules"]
        for each in rule["references"]
        for version in each["versions"].split(",")
    ]
    assert len(named) == len(set(named))


def test_the_map_names_the_controls_that_auditors_ask_about() -> None:
    cis = {
        rule["id"]: {
            version.strip(): each["number"]
            for each in rule["references"]
            if each["framework"].startswith("CIS")
            for version in each["versions"].split(",")
        }
        for rule in CONTROL_MAP["rules"]
    }
    assert cis["rotated"] == {
        "1.2": "1.4",
        "1.4": "1.14",
        "1.5": "1.14",
        "3.0": "1.14",
        "4.0": "1.14",
        "5.0": "1.13",
        "6.0": "2.13",
        "7.0": "2.12",
    }
    assert cis["one-active-key"] == {
        "1.4": "1.13",
        "1.5": "1.13",
        "3.0": "1.13",
        "4.0": "1.13",
        "5.0": "1.12",
        "6.0": "2.12",
    }
    text = str(CONTROL_MAP)
    for control in ("IAM.3", "IAM.22", "8.3.9", "8.6.3", "AC-2(1)", "AC-2(3)", "AC-3(15)"):
        assert control in text
