"""Why there is no release now: the checks that a commit has to pass before anything is built of it."""

from collections.abc import Iterator
from pathlib import Path

from release.changelog import CHANGELOG, WrongHeading, read
from release.git import git, tag_of


def obstacles(checkout: Path, version: str) -> Iterator[str]:
    """Say everything that stands in the way, each with what to do about it."""
    if changed := git(checkout, "status", "--porcelain").splitlines():
        yield f"the tree is not clean ({', '.join(each[3:] for each in changed[:5])}): commit, or put it aside"
    if git(checkout, "tag", "--list", tag_of(version)):
        yield f"tag {tag_of(version)} exists: raise __version__ in lambdas/keyturn/__init__.py"
    yield from _untold(checkout, version)


def _untold(checkout: Path, version: str) -> Iterator[str]:
    try:
        newest = next(iter(read(checkout)), None)
    except WrongHeading as wrong:
        yield str(wrong)
        return
    if newest is None or newest.version != version:
        there = f"is about {newest.version}" if newest else "is missing"
        yield f"the newest section of {CHANGELOG} {there}: add '## {version} - unreleased', with what changes"
    elif not newest.notes:
        yield f"{CHANGELOG} says nothing of {version}: write what changes for those who operate Keyturn"
