"""The changelog's headings agree with the version, which stands in one place."""

import re
from pathlib import Path

import pytest

from keyturn import __version__
from release.changelog import Section, WrongHeading, read, sections
from tests.release.copies import CHECKOUT, git

TEXT = """# Changelog

What changes.

## 0.2.0 - unreleased

### Added
- A second thing.

## 0.1.0 - 2026-12-01

### Added
- A thing.
"""


def test_a_changelog_is_cut_into_versions_newest_first() -> None:
    assert sections(TEXT) == [
        Section("0.2.0", "unreleased", "### Added\n- A second thing."),
        Section("0.1.0", "2026-12-01", "### Added\n- A thing."),
    ]


@pytest.mark.parametrize("heading", ["Unreleased", "0.2", "v0.2.0 - 2026-12-01", "0.2.0 - soon", "0.2.0 2026-12-01"])
def test_a_heading_that_names_no_version_and_day_is_an_error_that_names_it(heading: str) -> None:
    with pytest.raises(WrongHeading, match=re.escape(f"'## {heading}'")):
        sections(TEXT.replace("0.2.0 - unreleased", heading))


def test_the_newest_section_is_about_the_version_of_the_code() -> None:
    newest, *older = read(CHECKOUT)
    assert newest.version == __version__
    assert newest.notes
    assert all(each.released for each in older)


def test_the_sections_go_back_in_time() -> None:
    versions = [tuple(map(int, each.version.split("."))) for each in read(CHECKOUT)]
    assert versions == sorted(set(versions), reverse=True)


def test_the_version_is_written_in_one_place() -> None:
    """And in the changelog; whatever else says it reads it there."""
    saying = git(
        CHECKOUT,
        "grep",
        "--fixed-strings",
        "--files-with-matches",
        f'"{__version__}"',
        "--",
        "*.py",
        "*.toml",
        ":!tests",
    )
    assert saying.split() == ["lambdas/keyturn/__init__.py"]
    assert not re.search(r"^version *=", Path(CHECKOUT, "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
