"""The rehearsal of a release makes everything, the same bytes every time, and publishes nothing."""

import hashlib
import os
import tarfile
import zipfile
from pathlib import Path

from keyturn import __version__
from release.packages import build, check
from tests.release.copies import commit_all, copy_of_the_checkout, git, program


def test_everything_that_a_release_consists_of_is_there(made: Path) -> None:
    assert {path.name for path in made.iterdir()} == {
        f"keyturn-{__version__}-py3-none-any.whl",
        f"keyturn-{__version__}.tar.gz",
        "keyturn-lambda.cdx.json",
        "keyturn-cli.cdx.json",
        "keyturn-cdk.cdx.json",
        "SHA256SUMS",
        "NOTES.md",
    }


def test_nothing_is_tagged_changed_or_left_where_git_sees_it(copy: Path, made: Path) -> None:
    assert made.is_dir()
    assert git(copy, "tag") == git(copy, "status", "--porcelain") == git(copy, "remote") == ""


def test_the_checksums_are_right_and_of_all_that_is_handed_out(made: Path) -> None:
    lines = (made / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    sums = {name: digest for digest, name in (line.split("  ") for line in lines)}
    assert sums == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in made.iterdir()
        if path.name not in {"SHA256SUMS", "NOTES.md"}
    }


def test_the_notes_are_what_the_changelog_says_of_the_version(copy: Path, made: Path) -> None:
    notes = (made / "NOTES.md").read_text(encoding="utf-8")
    changelog = (copy / "CHANGELOG.md").read_text(encoding="utf-8")
    first = changelog.split(f"## {__version__} - ", 1)[1].split("\n## ", 1)[0].split("\n", 1)[1].strip()
    assert first in notes
    assert git(copy, "rev-parse", "HEAD").strip() in notes


def test_what_is_left_to_do_is_said(said: str) -> None:
    for words in (
        "make check && make audit",
        f"git tag --sign --message 'Keyturn {__version__}' v{__version__}",
        "twine",
    ):
        assert words in said


def test_the_packages_are_the_same_bytes_wherever_and_however_they_are_built(made: Path, tmp_path: Path) -> None:
    other = copy_of_the_checkout(tmp_path)
    for path in other.rglob("*"):
        if path.is_file() and ".git" not in path.parts:
            os.utime(path, (1, 1))
    (other / "cli" / "keyturn_cli" / "lies_about.py").write_text("not committed\n", encoding="utf-8")
    before = os.umask(0o077)
    try:
        built = build(other, tmp_path / "build" / "elsewhere")
    finally:
        os.umask(before)
    assert [path.name for path in built] == [f"keyturn-{__version__}-py3-none-any.whl", f"keyturn-{__version__}.tar.gz"]
    for path in built:
        assert path.read_bytes() == (made / path.name).read_bytes(), path.name


def test_the_packages_hold_what_git_holds_and_their_metadata_stands_up_to_an_index(made: Path) -> None:
    with zipfile.ZipFile(made / f"keyturn-{__version__}-py3-none-any.whl") as wheel:
        assert not [name for name in wheel.namelist() if "__pycache__" in name]
    with tarfile.open(made / f"keyturn-{__version__}.tar.gz") as sdist:
        names = {Path(name).parts[1] for name in sdist.getnames()}
    assert names == {
        "cli",
        "lambdas",
        "LICENSE",
        "README.md",
        "CHANGELOG.md",
        "pyproject.toml",
        "PKG-INFO",
        ".gitignore",
    }
    for package in made.glob("keyturn-*[lz]"):
        metadata = check(package)
        assert (metadata.name, str(metadata.version)) == ("keyturn", __version__)
        assert metadata.license_expression == "Apache-2.0"


def test_a_rehearsal_that_is_refused_makes_nothing_and_says_why(tmp_path: Path) -> None:
    other = copy_of_the_checkout(tmp_path)
    (other / "CHANGELOG.md").write_text("# Changelog\n", encoding="utf-8")
    commit_all(other)
    (other / "README.md").write_text("changed\n", encoding="utf-8")
    done = program(other, "release")
    assert done.returncode == 1
    assert "not clean (README.md)" in done.stderr
    assert "CHANGELOG.md is missing" in done.stderr
    assert not (other / "build").exists()
