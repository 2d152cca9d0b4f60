"""Every recipe is a page of the same kind, found from the consumers' page, and what it names exists."""

import json
import re

import pytest

from keyturn.request import parse
from tests.infra.template import synthesize
from tests.recipes.pages import RECIPES, ROOT, page

NAMES = sorted(path.stem for path in RECIPES.iterdir())
PARTS = ["When", "What it needs", "Test it", "Limits"]


@pytest.mark.parametrize("name", NAMES)
def test_a_page_says_when_what_it_needs_how_to_test_it_and_its_limits(name: str) -> None:
    assert re.findall(r"^\*\*([A-Z][a-z ]+)\.\*\*", page(name), re.MULTILINE) == PARTS


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_found_from_the_consumers_page_and_the_readme(name: str) -> None:
    assert f"(recipes/{name}.md)" in (ROOT / "docs/consumers.md").read_text(encoding="utf-8")
    assert f"(docs/recipes/{name}.md)" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["consumers", "events", *(f"recipes/{name}" for name in NAMES)])
def test_every_link_leads_somewhere(name: str) -> None:
    path = ROOT / "docs" / f"{name}.md"
    targets = {target.split("#")[0] for target in re.findall(r"\]\(([^)]+)\)", path.read_text(encoding="utf-8"))}
    assert [target for target in targets if not (path.parent / target).exists()] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_outputs_and_requests_that_are_named_are_right(name: str) -> None:
    outputs = set(re.findall(r"output\s+`(\w+)`", page(name)))
    assert outputs <= synthesize().outputs().keys()
    for request in re.findall(r'\{"action".*?\}', page(name)):
        assert parse(json.loads(request))
