"""docs/performance.md says what is counted today: a slice is counted anew, the rest is held to the formulas."""

import re
from xml.etree import ElementTree as ET

import pytest

from bench import bound, calls, lives, page, tables
from bench.lives import Day

TEXT = page.PAGE.read_text(encoding="utf-8")
ANEW = "if on purpose: python -m bench --counts"


def rows(name: str) -> list[list[str]]:
    """The cells of a table, without its head."""
    lines = page.parts(TEXT)[name].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def numbers(name: str) -> list[list[int]]:
    return [[int(cell.replace(",", "")) for cell in row] for row in rows(name)]


@pytest.fixture(scope="module")
def days() -> list[Day]:
    return lives.days()


def test_the_table_of_calls_has_every_size_and_share() -> None:
    assert [(row[0], row[1]) for row in numbers("calls")] == calls.points()


def test_what_was_counted_is_what_the_formula_says() -> None:
    for _, _, first, by_formula, later, later_by_formula, *_ in numbers("calls"):
        assert (first, later) == (by_formula, later_by_formula)


@pytest.mark.parametrize("row", [row for row in numbers("calls") if row[0] <= 100 or row[:2] == [1_000, 10]], ids=str)
def test_a_slice_of_it_comes_out_the_same_when_it_is_counted_again(row: list[int]) -> None:
    users, due, first, _, later, _, *theirs = row
    assert calls.scan(users, due, known=False).calls == first, ANEW
    assert calls.scan(users, due, known=True).calls == later, ANEW
    assert theirs == [peer.calls(users, due) for peer in calls.PEERS.values()]


def test_the_page_says_the_formulas_as_they_are() -> None:
    for peer in calls.PEERS.values():
        assert f"{peer.repository} (`{peer.formula}`" in re.sub(r"\s+", " ", TEXT)
    assert calls.ours(200, 50, known=False) == 3 + 1 + 9 * 50 + 1
    assert calls.ours(1_200, 7, known=True) == 2 + 2 + 12 + 10 * 7 + 1
    assert [peer.calls(200, 50) for peer in calls.PEERS.values()] == [1_005, 702, 857]


def test_the_steps_of_a_life_the_bound_and_the_average_day_are_counted_again(days: list[Day]) -> None:
    steps = lives.steps()
    parts = page.parts(TEXT)
    assert tables.steps(steps) == parts["steps"], ANEW
    assert tables.needed() == parts["needed"], ANEW
    assert tables.average_day(days, steps) == parts["day"], ANEW
    assert tables.money(days) == parts["money"], ANEW


def test_no_step_makes_fewer_calls_than_the_fewest() -> None:
    steps = lives.steps()
    for step in bound.FEWEST:
        assert bound.fewest(step) <= steps[step], step


def test_on_every_day_of_the_average_one_key_is_made_one_switched_off_and_one_deleted(days: list[Day]) -> None:
    assert len(days) == lives.CYCLE
    for day in days:
        assert (day.begins, day.calls["update_access_key"], day.calls["delete_access_key"]) == (1, 1, 1)


def test_the_deployed_function_made_the_calls_that_the_formula_says() -> None:
    found = re.search(r"(\d+) users, (\d+) first rotations: (\d+) calls seen, (\d+) by the formula", TEXT)
    assert found
    users, due, seen, expected = map(int, found.groups())
    assert seen == expected == calls.ours(users, due, known=False)


def test_every_place_on_the_page_is_filled() -> None:
    parts = page.parts(TEXT)
    assert len(parts) == TEXT.count("<!-- measured:") == TEXT.count("<!-- end -->")
    assert all(parts.values())


def test_a_figure_without_a_place_is_an_error_and_changes_nothing() -> None:
    with pytest.raises(KeyError, match="has no place for nothing"):
        page.fill({"nothing": "1"})
    assert page.PAGE.read_text(encoding="utf-8") == TEXT


@pytest.mark.parametrize("name", ["calls.svg", "steps.svg", "waits.svg"])
def test_each_picture_is_on_the_page_and_asks_for_nothing_from_elsewhere(name: str) -> None:
    assert f"](images/{name})" in TEXT
    text = (page.IMAGES / name).read_text(encoding="utf-8")
    root = ET.fromstring(text)  # noqa: S314 - our own file
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    links = {value for node in root.iter() for name, value in node.attrib.items() if name.endswith("href")}
    assert all(link.startswith("#") for link in links)
    assert not re.search(r"url\((?!#)|@import|<script|<image|<!DOCTYPE", text)
    assert "date" not in {node.tag.rpartition("}")[2] for node in root.iter()}
