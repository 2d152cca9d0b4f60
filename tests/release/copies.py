"""Copies of this checkout, as it is now, with a history of their own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
_NOBODY = {"GIT_AUTHOR_DATE": "2030-01-01T00:00:00Z", "GIT_COMMITTER_DATE": "2030-01-01T00:00:00Z"}
_AS_NOBODY = ("-c", "user.name=nobody", "-c", "user.email=nobody@example.com", "-c", "commit.gpgsign=false")


def git(checkout: Path, *arguments: str) -> str:
    command = ["git", "-C", str(checkout), *_AS_NOBODY, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=_NOBODY).stdout


def commit_all(checkout: Path) -> None:
    git(checkout, "add", "--all")
    git(checkout, "commit", "--quiet", "--message", "As it is")


def repository(place: Path, files: dict[str, str]) -> Path:
    """A repository with one commit of some files."""
    git(place, "init", "--quiet", "--initial-branch=main")
    for name, text in files.items():
        (place / name).write_text(text, encoding="utf-8")
    commit_all(place)
    return place


def copy_of_the_checkout(place: Path) -> Path:
    """All files that git knows here or would take, committed by nobody in the year 2030."""
    listed = ["git", "-C", str(CHECKOUT), "ls-files", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(listed, check=True, capture_output=True, text=True).stdout.splitlines():
        if (CHECKOUT / name).is_file():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(CHECKOUT / name, place / name)
    return repository(place, {})


def program(checkout: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a module of a copy."""
    paths = os.pathsep.join(map(str, (checkout, checkout / "lambdas", checkout / "cli")))
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
