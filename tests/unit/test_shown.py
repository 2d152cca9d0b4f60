"""No page shows a command that no test runs."""

import re

import pytest

from infra.bundle import ROOT
from tests.runbook import INDEX, PAGES
from tests.shown import COMMANDS, MADE_BY, OTHERS, SUITES, Block, blocks, commands, pages, suite

# How a line begins that somebody could paste into a shell.
PASTED = re.compile(
    r"^\s*\$? ?(aws|bash|cdk|curl|docker|echo|export|git|keyturn|make|npm|npx|pip|pytest|python3?|sh|uvx?) "
)
ALL = [block for page in pages() for block in blocks(page)]


def test_every_fence_is_one_of_a_blocks_two() -> None:
    for page in pages():
        fences = re.findall(r"^ *```", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
        assert len(fences) == 2 * len(list(blocks(page))), page


@pytest.mark.parametrize("block", ALL, ids=lambda block: f"{block.page}:{block.line}")
def test_every_block_says_what_it_is_and_none_hides_a_command(block: Block) -> None:
    assert block.language in {COMMANDS, *OTHERS}
    if block.language in {"text", "json", "ini"}:
        assert not [line for line in block.text.splitlines() if PASTED.match(line)]


def test_a_suite_of_its_own_gets_its_commands_from_the_page() -> None:
    for page, test in SUITES.items():
        assert any(each.startswith(page) and commands(each) for each in pages()), page
        source = (ROOT / test).read_text(encoding="utf-8")
        assert re.search(r"^from tests\.(shown|runbook) import ", source, re.MULTILINE), test


def test_the_pages_of_the_runbook_are_read_as_all_pages_are() -> None:
    assert {page for page in pages() if suite(page) == "tests/e2e/test_runbook.py"} == {
        f"docs/runbook/{page.name}.md" for page in [INDEX, *PAGES]
    }


def test_every_target_that_is_named_anywhere_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = {
        target
        for page in pages()
        for target in re.findall(r"(?:^|`)make ([a-z-]+)", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert named
    assert named <= targets
    assert set(MADE_BY) <= targets
