"""Every alarm has its page in the runbook, every page says what whoever is called at night has to know."""

import re

import pytest

from keyturn.domain.reason import Reason
from tests.infra.template import synthesize
from tests.runbook import FOLDER, INDEX, PAGES, SECTIONS, Page


def alarms(**settings: str) -> dict[str, str]:
    """The alarms' descriptions by name; an organization has them all."""
    organization = {"external_id": "an-external-id", "organization": True}
    found = synthesize(**organization, **settings).all("AWS::CloudWatch::Alarm")
    return {name.removeprefix("Alarms"): alarm["AlarmDescription"] for name, alarm in found.items()}


def cells(text: str, heading: str) -> list[list[str]]:
    """The rows of the table whose first column has this heading."""
    table = text.split(f"| {heading} |", 1)[1].split("\n\n", 1)[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


def test_every_alarm_ends_with_the_link_to_its_own_page() -> None:
    for name, description in alarms().items():
        link = re.fullmatch(r".* Runbook: docs/runbook/([a-z-]+)\.md", description)
        assert link, name
        assert Page(link[1]).text.startswith(f"# {name}\n")
        assert len(description) <= 1024, "as much as CloudWatch takes"


def test_the_pages_may_be_shown_elsewhere() -> None:
    elsewhere = alarms(runbook_url="https://wiki.example.com/keyturn")
    assert elsewhere.keys() == alarms().keys()
    for name, description in elsewhere.items():
        assert re.search(r" Runbook: https://wiki\.example\.com/keyturn/[a-z-]+\.md$", description), name


def test_the_index_names_every_alarm_with_its_page() -> None:
    rows = {row[0].strip("`"): row[2] for row in cells(INDEX.text, "alarm")}
    pages = {name: description.rpartition("/")[2] for name, description in alarms().items()}
    assert rows == {name: f"[{page.removesuffix('.md')}]({page})" for name, page in pages.items()}


def test_the_index_leads_to_every_page() -> None:
    led_to = set(re.findall(r"\]\(([a-z-]+)\.md\)", INDEX.text))
    assert led_to == {page.name for page in PAGES}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_has_all_sections_and_something_to_check_and_to_do(page: Page) -> None:
    assert page.headings == SECTIONS
    parts = re.split(r"^## .*$", page.text, flags=re.MULTILINE)
    assert all(len(part.strip()) > 15 for part in parts)
    assert "```" in parts[1 + SECTIONS.index("Check")]
    assert "```" in parts[1 + SECTIONS.index("Fix")]


@pytest.mark.parametrize("page", [INDEX, *PAGES], ids=lambda page: page.name)
def test_no_command_hides_where_no_test_would_run_it(page: Page) -> None:
    assert len(re.findall(r"^```", page.text, re.MULTILINE)) == 2 * len(page.commands)
    prose = re.sub(r"^```sh\n.*?^```$", "", page.text, flags=re.MULTILINE | re.DOTALL)
    hidden = [code for code in re.findall(r"`([^`]+)`", prose) if code.startswith(("aws ", "cdk ", "make "))]
    assert hidden == []


@pytest.mark.parametrize("page", [INDEX, *PAGES], ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Page) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", page.text):
        path, _, anchor = target.partition("#")
        text = (FOLDER / path).read_text(encoding="utf-8")
        headings = [heading.lower().replace(" ", "-") for heading in re.findall(r"^## (.*)$", text, re.MULTILINE)]
        assert not anchor or anchor in headings, target


def test_every_reason_for_which_somebody_has_to_act_has_something_to_do() -> None:
    rows = cells(Page("users-blocked").text, "reason")
    named = [label for row in rows for label in re.findall(r"`(\w+)`", row[0])]
    assert sorted(named) == sorted(reason.label for reason in Reason if reason.blocks)
    assert all(row[1] for row in rows)
