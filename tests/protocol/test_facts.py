"""docs/aws-facts.md knows each fact that code or tests name, and says how sure it is as they do."""

import re
from pathlib import Path

import pytest

from tests.protocol.lateness import ALL_AT_ONCE, LATENESSES, Lateness

ROOT = Path(__file__).parents[2]
SURE = ("verified", "documented", "seen by others", "assumed")  # the surest first
NAMED = re.compile(r"\bfacts? ((?:\d+\.\d+(?:, | and | to )?)+)")


def table(page: str, heading: str) -> list[list[str]]:
    """The rows of the table whose first column has a heading."""
    rows = (ROOT / page).read_text(encoding="utf-8").split(f"| {heading} |", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


GRADES = {number: grade for number, _, grade, _ in table("docs/aws-facts.md", "fact")}


def test_each_fact_has_a_number_of_its_own_and_a_grade() -> None:
    assert len(GRADES) == len(table("docs/aws-facts.md", "fact")) > 40
    assert {*GRADES.values()} == {*SURE}


def test_each_fact_that_is_named_anywhere_is_on_the_page() -> None:
    named: dict[str, str] = {}
    for folder in ("lambdas", "tests", "infra", "sandbox"):
        for file in (ROOT / folder).rglob("*.py"):
            for numbers in NAMED.findall(file.read_text(encoding="utf-8")):
                named |= dict.fromkeys(re.findall(r"\d+\.\d+", numbers), file.name)
    assert len(named) > 30
    assert {number: file for number, file in named.items() if number not in GRADES} == {}


@pytest.mark.parametrize("lateness", [*LATENESSES, ALL_AT_ONCE], ids=lambda lateness: lateness.name)
def test_a_lateness_is_as_sure_as_the_least_sure_of_its_facts(lateness: Lateness) -> None:
    assert lateness.grade == max((GRADES[fact] for fact in lateness.facts), key=SURE.index)


def test_the_assumptions_of_the_protocol_say_how_sure_they_are() -> None:
    rows = table("docs/protocol.md", "fact")
    assert len(rows) >= 6
    for number, _, grade, _ in rows:
        assert GRADES[number] == grade, number
