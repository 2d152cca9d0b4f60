"""What stands in the way of a release is said, all of it at once."""

from pathlib import Path

import pytest

from release.readiness import obstacles
from tests.release.copies import git, repository

TOLD = "# Changelog\n\n## 1.2.3 - unreleased\n\n### Added\n- A thing.\n"


def repo(place: Path, changelog: str = TOLD) -> Path:
    return repository(place, {"CHANGELOG.md": changelog, "code": "as it was\n"})


def test_nothing_stands_in_the_way_of_a_clean_commit_with_a_changelog(tmp_path: Path) -> None:
    assert list(obstacles(repo(tmp_path), "1.2.3")) == []


@pytest.mark.parametrize("name", ["code", "a new file"])
def test_a_tree_that_is_not_clean_is_refused(tmp_path: Path, name: str) -> None:
    (repo(tmp_path) / name).write_text("changed\n", encoding="utf-8")
    (said,) = obstacles(tmp_path, "1.2.3")
    assert "not clean" in said
    assert name in said


def test_so_is_a_file_that_is_gone(tmp_path: Path) -> None:
    (repo(tmp_path) / "code").unlink()
    (said,) = obstacles(tmp_path, "1.2.3")
    assert "not clean" in said


def test_a_version_whose_tag_exists_is_refused(tmp_path: Path) -> None:
    git(repo(tmp_path), "tag", "v1.2.3")
    (said,) = obstacles(tmp_path, "1.2.3")
    assert "tag v1.2.3 exists" in said


def test_the_tag_of_another_version_is_none_of_it(tmp_path: Path) -> None:
    git(repo(tmp_path), "tag", "v1.2.30")
    assert list(obstacles(tmp_path, "1.2.3")) == []


@pytest.mark.parametrize(
    ("changelog", "said"),
    [
        ("# Changelog\n", "is missing: add '## 1.2.3 - unreleased'"),
        (TOLD.replace("1.2.3", "1.2.2"), "is about 1.2.2: add '## 1.2.3 - unreleased'"),
        ("# Changelog\n\n## 1.2.3 - unreleased\n\n## 1.2.2 - 2026-12-01\n\n- A thing.\n", "says nothing of 1.2.3"),
        (TOLD.replace("1.2.3 - unreleased", "Unreleased"), "'## Unreleased': allowed is"),
    ],
)
def test_a_version_of_which_the_changelog_does_not_tell_is_refused(tmp_path: Path, changelog: str, said: str) -> None:
    (found,) = obstacles(repo(tmp_path, changelog), "1.2.3")
    assert said in found


def test_everything_is_said_at_once(tmp_path: Path) -> None:
    (repo(tmp_path, "# Changelog\n") / "code").write_text("changed\n", encoding="utf-8")
    git(tmp_path, "tag", "v1.2.3")
    assert len(list(obstacles(tmp_path, "1.2.3"))) == 3
