"""A link of a page leads to the same thing in the repository and in the site."""

import pytest

from docsite.places import moved, place, targets


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("README.md", "index.md"),
        ("CONTRIBUTING.md", "CONTRIBUTING.md"),
        ("docs/cli.md", "cli.md"),
        ("docs/runbook/README.md", "runbook/README.md"),
        ("docs/images/demo.svg", "images/demo.svg"),
        ("tests/unit/test_readme.py", "source/tests/unit/test_readme.py.md"),
        ("consumer/README.md", "source/consumer/README.md.md"),
    ],
)
def test_each_file_has_a_place(path: str, there: str) -> None:
    assert place(path) == there


def test_a_folder_is_a_page_that_lists_it() -> None:
    assert place("docs/decisions", is_folder=True) == "decisions/index.md"
    assert place("tests/mutants", is_folder=True) == "source/tests/mutants/index.md"


def linked(page: str, markdown: str) -> str:
    return moved(page, markdown, lambda target: target == "tests/mutants")


def test_links_lead_to_the_places() -> None:
    assert linked("README.md", "[a](docs/cli.md#b) ![c](docs/images/d.svg)") == "[a](cli.md#b) ![c](images/d.svg)"
    assert linked("README.md", "[m](tests/mutants)") == "[m](source/tests/mutants/index.md)"
    assert linked("docs/report.md", "[s](../schemas/a.json)") == "[s](source/schemas/a.json.md)"
    assert (
        linked("docs/runbook/README.md", "[a](../alarms.md) [h](../../README.md)")
        == "[a](../alarms.md) [h](../index.md)"
    )


def test_other_hosts_the_same_page_and_what_is_only_shown_stay_as_they_are() -> None:
    for text in ("[a](https://aws.amazon.com/kms/pricing/)", "[a](#b)", "[a](mailto:a@example.com)"):
        assert linked("README.md", text) == text
    shown = "```text\n[a](docs/cli.md)\n```"
    assert linked("README.md", shown) == shown
    assert list(targets("README.md", f"{shown}\n[b](tests/mutants)\n")) == ["tests/mutants"]
