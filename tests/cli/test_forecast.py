"""What a forecast tells of an account."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from keyturn.settings import Settings
from keyturn_cli.forecasting.credential_csv import read_report
from keyturn_cli.forecasting.days import Terms, live
from keyturn_cli.forecasting.figures import Forecast, UserFigures
from keyturn_cli.forecasting.opening import lives
from keyturn_cli.forecasting.users_file import read_users
from tests.cli.credential_report import ACCOUNT, START, Key, row, written
from tests.cli.running import Ended, keyturn

FROM = ("--start", START.isoformat())
Told = Callable[..., dict[str, Any]]


@pytest.fixture
def told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Told:
    def tell(*rows: str, options: tuple[object, ...] = ()) -> dict[str, Any]:
        ended = keyturn(capsys, "forecast", written(tmp_path, *rows), *FROM, "-o", "json", *options)
        assert (ended.code, ended.err) == (0, "")
        return ended.json

    return tell


def done(document: dict[str, Any], name: str = "alice") -> list[tuple[int, str]]:
    """What is done to a user, on which day from the start."""
    (user,) = (user for user in document["users"] if user["user"] == name)
    days = [day["date"] for day in document["load"]]
    return [(days.index(each["at"][:10]), each["action"]) for each in user["actions"]]


def test_a_key_in_daily_use_goes_through_its_whole_life(told: Told) -> None:
    document = told(row("alice", Key(60, used=0.3)))
    assert done(document) == [
        (15, "CreateKey"),
        (29, "DeactivateKey"),
        (59, "DeleteKey"),
        (90, "CreateKey"),
        (104, "DeactivateKey"),
        (134, "DeleteKey"),
        (165, "CreateKey"),
        (179, "DeactivateKey"),
    ]
    assert document["summary"]["red_days_before"] == 149
    assert document["summary"]["red_days_after"] == 0
    assert document["summary"]["blocked_at_the_end"] == 0


def test_a_key_that_is_too_old_stays_red_until_its_successor_has_its_place(told: Told) -> None:
    document = told(row("alice", Key(300, used=0.3)))
    (user,) = document["users"]
    assert done(document)[:2] == [(0, "CreateKey"), (14, "DeactivateKey")]
    assert (user["red_days_before"], user["red_days_after"]) == (180, 14)
    assert [day["red_after"] for day in document["load"][:16]] == [1] * 14 + [0, 0]


def test_a_program_that_stays_with_its_key_is_blocked_and_red(told: Told) -> None:
    document = told(row("alice", Key(60, used=0.3)), options=("--consumers", "stay"))
    (user,) = document["users"]
    assert done(document) == [(15, "CreateKey")]
    assert (user["blocked"], user["blocked_days"], user["red_days_after"]) == ("KeyInUse", 151, 149)
    assert "still in use (last by s3 in eu-west-1" in user["message"]
    assert "secret" in user["do"]


def test_a_program_that_stays_is_cut_off_where_the_settings_say_so(told: Told) -> None:
    options = ("--consumers", "stay", "--in-use-at-deadline", "deactivate")
    document = told(row("alice", Key(60, used=0.3)), options=options)
    assert done(document)[:3] == [(15, "CreateKey"), (29, "DeactivateKey"), (59, "DeleteKey")]
    assert document["summary"]["red_days_after"] == 0
    assert document["summary"]["cut_at_the_deadline"] == 3


def test_two_keys_in_use_are_blocked_and_one_unused_is_retired(told: Told) -> None:
    document = told(
        row("both", Key(200, used=0.2), Key(100, used=0.4)),
        row("one", Key(200, used=0.2), Key(150)),
        row("three", Key(9), Key(9), more="1"),
    )
    blocked = {user["user"]: user["blocked"] for user in document["users"]}
    assert blocked == {"both": "TwoKeysInUse", "one": None, "three": "TooManyKeys"}
    assert done(document, "one")[:3] == [(0, "DeactivateKey"), (30, "DeleteKey"), (30, "CreateKey")]
    assert done(document, "both") == []


def test_an_inactive_second_key_waits_for_its_recovery_and_goes(told: Told) -> None:
    document = told(row("alice", Key(100, used=0.2), Key(300, active=False)))
    assert done(document)[:3] == [(0, "RecordInactive"), (30, "DeleteKey"), (30, "CreateKey")]


def test_a_user_without_a_key_is_left_alone(told: Told) -> None:
    document = told(row("nobody"), row("off", Key(100, active=False)))
    assert done(document, "nobody") == done(document, "off") == []
    assert document["summary"]["users_with_keys"] == 0
    assert document["summary"]["monthly_cost_usd"]["secrets"] == 0


def test_no_more_rotations_are_begun_a_day_than_the_settings_allow_the_oldest_first(told: Told) -> None:
    rows = [row(f"user{number}", Key(100 + number, used=0.1)) for number in range(5)]
    document = told(*rows, options=("--max-rotations-per-run", "2"))
    load = document["load"]
    assert [day["rotations"] for day in load[:4]] == [2, 2, 1, 0]
    assert [day["postponed"] for day in load[:4]] == [3, 1, 0, 0]
    assert document["summary"]["most_rotations_a_day"] == 2
    assert document["summary"]["days_with_postponed_rotations"] >= 2
    assert done(document, "user4")[0] == done(document, "user3")[0] == (0, "CreateKey")
    assert done(document, "user0")[0] == (2, "CreateKey")


def test_the_cost_is_told_with_where_the_prices_are_from(told: Told) -> None:
    document = told(*(row(f"user{number}", Key(100)) for number in range(10)))
    cost = document["summary"]["monthly_cost_usd"]
    assert cost["secrets"] == 4.0
    assert cost["total"] == round(sum(value for name, value in cost.items() if name != "total"), 2)
    assert "list prices" in document["prices"]


def test_users_out_of_scope_are_counted_and_left_out(told: Told) -> None:
    rows = (row("in", Key(100), path="/services/"), row("out", Key(100)))
    document = told(*rows, options=("--user-path", "/services/"))
    assert [user["user"] for user in document["users"]] == ["in"]
    assert document["summary"]["users_out_of_scope"] == 1


def test_tags_come_from_a_file_of_the_users(tmp_path: Path, told: Told) -> None:
    def detail(name: str, **tags: str) -> dict[str, object]:
        shown = [{"Key": f"keyturn:{key.replace('_', '-')}", "Value": value} for key, value in tags.items()]
        return {"UserName": name, "Arn": f"{ACCOUNT}:user/{name}", "Tags": shown, "AttachedManagedPolicies": []}

    exposed = detail("leaky") | {"AttachedManagedPolicies": [{"PolicyName": "AWSCompromisedKeyQuarantineV3"}]}
    details = [detail("free", exempt_until="2030-06-20"), detail("short", max_age_days="40"), exposed]
    details.append(detail("wrong", max_age_days="soon"))
    users = tmp_path / "users.json"
    users.write_text(json.dumps({"UserDetailList": details}), encoding="utf-8")
    names = ("free", "short", "leaky", "wrong", "plain")
    document = told(*(row(name, Key(50, used=0.1)) for name in names), options=("--users", users))
    assert done(document, "plain")[0] == (25, "CreateKey")
    assert done(document, "free")[0] == (25, "CreateKey")
    assert done(document, "short")[0] == (0, "CreateKey")
    blocked = {user["user"]: user["blocked"] for user in document["users"] if user["blocked"]}
    assert blocked == {"leaky": "KeyExposed", "wrong": "InvalidTag"}


@pytest.mark.parametrize("content", ["[]", "{}", '{"UserDetailList": [1]}', "not json", "\ud800"])
def test_a_file_of_users_that_is_none_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    users = tmp_path / "users.json"
    users.write_bytes(content.encode("utf-8", "surrogatepass"))
    ended = keyturn(capsys, "forecast", written(tmp_path), *FROM, "--users", users)
    assert (ended.code, ended.out, ended.err.count("\n")) == (1, "", 1)
    assert "get-account-authorization-details" in ended.err


def test_the_settings_of_a_cdk_json_hold_until_an_option_says_otherwise(tmp_path: Path, told: Told) -> None:
    config = tmp_path / "cdk.json"
    block = {
        "max_age_days": 60,
        "grace_days": 7,
        "opt_in": False,
        "schedule": "rate(1 day)",
        "alarm_email": "a@b.example",
    }
    config.write_text(json.dumps({"context": {"keyturn": block}}), encoding="utf-8")
    document = told(row("alice", Key(1, used=0.1)), options=("--config", config, "--grace-days", "10"))
    assert (document["settings"]["max_age_days"], document["settings"]["grace_days"]) == (60, 10)
    assert done(document)[0] == (48, "CreateKey")


def test_the_repository_s_own_cdk_json_is_read(told: Told) -> None:
    config = Path(__file__).parents[2] / "cdk.json"
    assert told(row("alice", Key(1)), options=("--config", config))["settings"]["max_age_days"] == 90


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--max-age-days", "30"), "max_age_days is 30: with grace_days 14 and recovery_days 30 allowed is 59 or more"),
        (("--grace-days", "soon"), "grace_days is 'soon': allowed is a whole number"),
        (("--opt-in", "true"), "add --users FILE"),
        (("--start", "tomorrow"), "--start is 'tomorrow'"),
        (("--days", "0"), "0 is not in the range"),
        (("--consumers", "leave"), "'leave' is not one of"),
    ],
)
def test_options_that_mean_nothing_are_wrong_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], said: str
) -> None:
    ended = keyturn(capsys, "forecast", written(tmp_path), *options)
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert said in ended.err


def test_findings_are_an_exit_code_only_on_request(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def code(key: Key, *options: str) -> int:
        return keyturn(capsys, "forecast", written(tmp_path, row("alice", key)), *FROM, *options).code

    assert code(Key(300, used=0.1)) == 0
    assert code(Key(300, used=0.1), "--exit-code") == 3
    assert code(Key(10, used=0.1), "--exit-code") == 0


def test_a_report_that_seems_old_is_warned_about(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = written(tmp_path, row("alice", Key(10)).replace("2030", "2020").replace("2028", "2019"))
    ended = keyturn(capsys, "forecast", old)
    assert ended.code == 0
    assert "add --start 2020-05-22" in ended.err


def test_a_table_says_the_same_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = (row("alice", Key(300, used=0.3)), row("both", Key(200, used=0.2), Key(100, used=0.4)))
    out = keyturn(capsys, "forecast", written(tmp_path, *rows), *FROM).out
    assert "Red days    360 of 2 users if nothing is done, 194 of 2 users with Keyturn" in out
    assert "TwoKeysInUse" in out
    assert "has two Active keys (key 2, key 1)" in out or "has two Active keys (key 1, key 2)" in out
    assert "AKIA" not in out
    assert "Assumed" in out


def test_the_load_is_told_by_day_on_request(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = written(tmp_path, row("alice", Key(60, used=0.3)))
    by_day = keyturn(capsys, "forecast", report, *FROM, "--by", "day").out.splitlines()
    (line,) = (each for each in by_day if each.startswith("2030-06-16"))
    assert line.split() == ["2030-06-16", "1", "0", "0", "0", "0", "0", "0"]
    by_week = keyturn(capsys, "forecast", report, *FROM).out
    assert "2030-06-15 " in by_week
    assert "2030-06-16 " not in by_week.split("Load and red days")[1]


def test_csv_has_a_line_for_each_user(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = (row("alice", Key(300, used=0.3)), row("nobody"))
    lines = keyturn(capsys, "forecast", written(tmp_path, *rows), *FROM, "-o", "csv").out.splitlines()
    assert lines[0].startswith("user,rotations,at_the_end,blocked_days,red_days_before,red_days_after")
    assert [line.split(",")[0] for line in lines[1:]] == ["alice", "nobody"]


def test_passing_over_quiet_days_changes_nothing(tmp_path: Path) -> None:
    keys = [
        Key(age, used) for age in (3, 61, 74, 88, 140, 300) for used in (None, 0.2, 5, 30, 100) if (used or 0) < age
    ]
    rows = [row(f"single{number}", key) for number, key in enumerate(keys)]
    rows += [row(f"twin{number}", key, keys[-number - 1]) for number, key in enumerate(keys)]
    rows += [row(f"off{number}", key, Key(200, used=95, active=False)) for number, key in enumerate(keys[::3])]
    rows += [row("none"), row("many", Key(5), Key(6), more="1"), row("free", Key(100, used=0.1)), row("odd", Key(100))]
    users = tmp_path / "users.json"
    tags = {"free": ("exempt-until", "2030-08-01"), "odd": ("grace-days", "many"), "single4": ("max-age-days", "31")}
    details = [
        {"Arn": f"{ACCOUNT}:user/{name}", "Tags": [{"Key": f"keyturn:{tag}", "Value": value}]}
        for name, (tag, value) in tags.items()
    ]
    users.write_text(json.dumps({"UserDetailList": details}), encoding="utf-8")
    settings = Settings.parse({"max_rotations_per_run": "7"})

    def forecast(*, skips: bool) -> dict[str, Any]:
        terms = Terms(settings, START, 200, skips=skips)
        opened = lives(read_report(written(tmp_path, *rows)), read_users(users), settings, START)
        courses, days = live(opened, terms, lambda: None)
        figures = tuple(UserFigures(course, terms) for course in courses)
        document = Forecast(terms, figures, tuple(days), 0, ()).as_dict()
        for user in document["users"]:  # the ages in the messages of waits are those of the last look
            user["message"] = None
            for wait in user["waits"]:
                wait["message"] = None
        return document

    assert forecast(skips=True) == forecast(skips=False)


def test_a_forecast_with_everything_said_ends_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ended: Ended = keyturn(capsys, "forecast", written(tmp_path), *FROM)
    assert ended.code == 0
    assert "Users       0, 0 of them with an Active key" in ended.out
