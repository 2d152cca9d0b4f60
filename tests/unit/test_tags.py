"""What is written in tags is read back exactly, and anything else is not guessed at."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyturn.domain import tags as tag
from keyturn.domain.standing import exempt_until

NOON = datetime(2030, 6, 1, 12, tzinfo=UTC)


@given(st.datetimes(datetime(2000, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis wants naive bounds
def test_a_moment_is_read_as_it_was_written_to_the_second(at: datetime) -> None:
    assert tag.moment({"x": tag.written(at)}, "x") == at.replace(microsecond=0)


def test_a_moment_is_written_in_utc() -> None:
    local = datetime(2030, 6, 1, 1, 30, tzinfo=timezone(timedelta(hours=5)))
    assert tag.written(local) == "2030-05-31T20:30:00Z"


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2030-06-01", "2030-06-01T12:00:00", "2030-06-01T12:00:00+02:00", "2030-02-30T00:00:00Z"]
)
def test_a_moment_that_was_edited_is_absent(text: str) -> None:
    assert tag.moment({"x": text}, "x") is None


def test_what_is_absent_is_absent() -> None:
    assert tag.moment({}, "x") is None
    assert tag.day({}, "x") is None
    assert tag.days({}, "x", default=7, high=9) == 7
    assert tag.alarm({}, "x") is None


@given(st.dates())
def test_a_day_is_read_as_iso_writes_it(day: date) -> None:
    assert tag.day({"x": day.isoformat()}, "x") == day


@pytest.mark.parametrize("text", ["20300601", "2030-W22-6", "2030W226", "2030-02-30", "2030-6-1", "30-06-01"])
def test_a_day_in_another_spelling_is_refused(text: str) -> None:
    with pytest.raises(tag.InvalidTag):
        tag.day({"x": text}, "x")


@given(st.text(max_size=12))
def test_a_day_is_never_guessed(text: str) -> None:
    try:
        day = tag.day({"x": text}, "x")
    except tag.InvalidTag as refused:
        assert repr(text) in str(refused)  # noqa: PT017 - hypothesis may find neither
    else:
        assert day is not None
        assert day.isoformat() == text


@given(st.text(max_size=8))
def test_a_number_of_days_is_never_guessed(text: str) -> None:
    try:
        days = tag.days({"x": text}, "x", default=7, high=400)
    except tag.InvalidTag as refused:
        assert repr(text) in str(refused)  # noqa: PT017 - hypothesis may find neither
    else:
        assert 1 <= days <= 400
        assert text.isascii()
        assert text.lstrip("0") == str(days)


def test_a_long_value_is_told_in_short() -> None:
    with pytest.raises(tag.InvalidTag) as refused:
        tag.day({"x": "9" * 256}, "x")
    assert len(str(refused.value)) < 150


@pytest.mark.parametrize("name", ["a", "a" * 255, "alarm, with: punctuation / and \N{SNOWMAN}"])
def test_an_alarm_has_the_name_that_cloudwatch_allows(name: str) -> None:
    assert tag.alarm({"x": name}, "x") == name


@pytest.mark.parametrize("name", ["", "a" * 256])
def test_what_no_alarm_can_be_named_is_refused(name: str) -> None:
    with pytest.raises(tag.InvalidTag, match="of 1 to 255 characters"):
        tag.alarm({"x": name}, "x")


@pytest.mark.parametrize(
    ("until", "exempt"),
    [("2030-05-31", False), ("2030-06-01", True), ("2030-06-02", True)],
)
@pytest.mark.parametrize("hour", [0, 12, 23])
def test_an_exemption_ends_with_its_last_day_in_utc(until: str, hour: int, *, exempt: bool) -> None:
    found = exempt_until({tag.EXEMPT_UNTIL: until}, NOON.replace(hour=hour))
    assert found == (date.fromisoformat(until) if exempt else None)
