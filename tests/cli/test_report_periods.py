"""A key's life is cut where it turns, and nothing is drawn that is not known."""

from datetime import UTC, datetime, timedelta

import pytest

from keyturn_cli.reporting.charts import Axis, ages, bars, steps
from keyturn_cli.reporting.periods import KeyLife, periods

NOW = datetime(2030, 6, 1, tzinfo=UTC)


def day(number: float) -> datetime:
    return NOW + timedelta(days=number)


def told(life: KeyLife) -> list[tuple[str, float, float, bool]]:
    def place(at: datetime) -> float:
        return (at - NOW) / timedelta(days=1)

    return [(each.kind.value, place(each.begins), place(each.ends), each.planned) for each in periods(life, NOW)]


def test_a_life_from_its_beginning_to_its_end() -> None:
    life = KeyLife("K", day(-119), superseded=day(-44), deactivated=day(-30), deleted=day(-1))
    assert told(life) == [
        ("Current", -119, -44, False),
        ("Grace", -44, -30, False),
        ("Recovery", -30, -1, False),
    ]


def test_what_is_planned_goes_on_with_the_stage_that_the_key_is_in() -> None:
    assert told(KeyLife("K", day(-10), planned=day(65)))[-1] == ("Current", 0, 65, True)
    assert told(KeyLife("K", day(-80), superseded=day(-5), planned=day(9)))[-1] == ("Grace", 0, 9, True)
    in_recovery = KeyLife("K", day(-99), superseded=day(-24), deactivated=day(-10), planned=day(20))
    assert told(in_recovery)[-1] == ("Recovery", 0, 20, True)


def test_what_was_planned_for_a_day_that_is_past_is_not_drawn() -> None:
    assert told(KeyLife("K", day(-95), superseded=day(-20), planned=day(-6)))[-1] == ("Grace", -20, 0, False)


def test_a_key_that_somebody_else_made_inactive_has_no_recovery() -> None:
    life = KeyLife("K", day(-200), deactivated=day(-50), recovering=False)
    assert told(life) == [("Current", -200, -50, False), ("Inactive", -50, 0, False)]


def test_a_key_deactivated_before_its_successor_came_was_never_in_grace() -> None:
    life = KeyLife("K", day(-200), superseded=day(-20), deactivated=day(-50))
    assert [kind for kind, *_ in told(life)] == ["Current", "Recovery"]


def key(*stages: tuple[str, float, float]) -> dict[str, object]:
    def text(at: float) -> str:
        return f"{day(at):%Y-%m-%dT%H:%M:%SZ}"

    each = [{"stage": kind, "from": text(begins), "to": text(ends), "planned": False} for kind, begins, ends in stages]
    return {"id": "K", "created": text(stages[0][1]), "periods": each}


AXIS = Axis(day(-90), day(10), NOW)


def test_a_bar_begins_and_ends_where_its_days_are() -> None:
    (bar,) = bars(key(("Current", -40, 0)), timedelta(days=90), AXIS)
    assert (bar.x, bar.width, bar.kind) == (50, 40, "current")


def test_the_time_over_the_limit_is_drawn_over_active_periods_alone() -> None:
    drawn = list(bars(key(("Current", -60, -45), ("Grace", -45, -20), ("Recovery", -20, 0)), timedelta(days=30), AXIS))
    assert [bar.kind for bar in drawn] == ["current", "grace", "recovery", "over"]
    assert (drawn[-1].x, drawn[-1].width) == (60, 10)
    young = bars(key(("Current", -29, 0)), timedelta(days=30), AXIS)
    assert [bar.kind for bar in young] == ["current"]


def test_what_lies_outside_of_the_drawing_is_cut_off() -> None:
    (bar,) = bars(key(("Current", -400, -45)), timedelta(days=900), AXIS)
    assert (bar.x, bar.width) == (0, 45)
    assert not list(bars(key(("Recovery", -400, -95)), timedelta(days=90), AXIS))


@pytest.mark.parametrize(
    ("age", "column"),
    [(0, 0), (14, 0), (15, 1), (75, 5), (-0.01, 0), (90, 5), (90.1, 6), (91, 6), (180, 6), (180.1, 7), (5000, 7)],
)
def test_an_age_stands_in_its_column(age: float, column: int) -> None:
    assert [each.number for each in ages([age], 90)] == [int(index == column) for index in range(8)]
    assert [each.over for each in ages([age], 90)] == [False] * 6 + [True] * 2


@pytest.mark.parametrize("limit", [4, 7, 30, 90, 3650])
def test_columns_leave_no_age_out(limit: int) -> None:
    columns = ages(range(3 * limit), limit)
    assert sum(each.number for each in columns) == 3 * limit
    assert columns[5].last == limit
    assert sum(each.number for each in columns if each.over) == 3 * limit - limit - 1


def test_an_area_begins_and_ends_on_the_ground() -> None:
    assert steps([0, 2, 1], 2) == "0,100 0,100 333.3,100 333.3,0 666.7,0 666.7,50 1000,50 1000,100"
