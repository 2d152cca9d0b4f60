"""What git says of the checkout."""

import subprocess
from pathlib import Path


def git(checkout: Path, *arguments: str) -> str:
    """Ask git in a checkout; its answer without the last line's end."""
    command = ["git", "-C", str(checkout), *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.rstrip("\n")


def export(checkout: Path, target: Path) -> None:
    """Lay what HEAD holds into an empty directory: nothing that is ignored or lies about gets into a package."""
    archive = subprocess.run(["git", "-C", str(checkout), "archive", "HEAD"], check=True, stdout=subprocess.PIPE).stdout
    subprocess.run(["tar", "--extract", "--directory", str(target)], check=True, input=archive)


def moment(checkout: Path) -> str:
    """When HEAD was committed, in seconds since 1970: the time that packages and lists bear (SOURCE_DATE_EPOCH)."""
    return git(checkout, "log", "-1", "--format=%ct")


def tag_of(version: str) -> str:
    """Name the tag of a version."""
    return f"v{version}"
