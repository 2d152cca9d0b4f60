"""How long a forecast of a large account takes: in processor time, since the machine may be busy with other things."""

import time
from pathlib import Path

from keyturn.settings import Settings
from keyturn_cli.forecasting.credential_csv import read_report
from keyturn_cli.forecasting.days import Terms, live
from keyturn_cli.forecasting.figures import Forecast, UserFigures
from keyturn_cli.forecasting.opening import lives
from tests.cli.credential_report import START, Key, row, written
from tests.figures.figure import at_most

USERS, DAYS = 5_000, 180
# As in an account that was never looked after: keys of all ages, used daily, weekly, long ago or never.
USES = (0.2, 0.5, 7, 200, None)


def an_account(place: Path) -> Path:
    rows = []
    for number in range(USERS):
        age, used = 3 + number * 7 % 700, USES[number % len(USES)]
        first = Key(age, min(used, age) if used else None)
        second = [Key(age / 2, min(0.3, age / 2), active=number % 2 == 0)] if number % 5 == 0 else []
        rows.append(row(f"user{number}", first, *second))
    return written(place, *rows)


def test_five_thousand_users_and_half_a_year(tmp_path: Path) -> None:
    report = an_account(tmp_path)
    began = time.process_time()
    terms = Terms(Settings(), START, DAYS)
    courses, days = live(lives(read_report(report), {}, terms.settings, START), terms, lambda: None)
    figures = tuple(UserFigures(course, terms) for course in courses)
    summary = Forecast(terms, figures, tuple(days), 0, ()).summary
    seconds = time.process_time() - began
    assert summary["users"] == USERS
    assert summary["rotations"] > USERS
    assert summary["most_rotations_a_day"] == Settings().max_rotations_per_run
    assert 0 < summary["red_days_after"] < summary["red_days_before"]
    at_most(f"a forecast of {USERS} users and {DAYS} days", round(seconds, 1), 15, "s of processor time")
