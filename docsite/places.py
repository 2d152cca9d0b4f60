"""Where in the site a file of the repository is found, and how a page there links to it."""

import posixpath
import re
from collections.abc import Callable, Iterator
from typing import Final

# A link or picture with a target of this repository: neither another host's nor a place on the same page.
_TARGET: Final = re.compile(r"(?<=\]\()(?![a-z]+:|#)([^)\s#]+)(#[^)\s]*)?(?=\))")
_FENCE: Final = re.compile(r"^( *```.*?^ *```)", re.MULTILINE | re.DOTALL)
PAGES: Final = "docs/"
SOURCE: Final = "source/"


def place(path: str, *, is_folder: bool = False) -> str:
    """Give a file's place in the site: the README is the home, pages stay, all else is shown as source."""
    if path == "README.md":
        return "index.md"
    in_site = path.removeprefix(PAGES) if path.startswith(PAGES) else f"{SOURCE}{path}"
    if is_folder:
        return f"{in_site}/index.md"
    if "/" not in path and path.endswith(".md"):
        return path
    return in_site if path.startswith(PAGES) else f"{in_site}.md"


def targets(page: str, markdown: str) -> Iterator[str]:
    """Name the files and folders that a page links to, by their paths in the repository."""
    for prose in _prose(markdown):
        for found in _TARGET.finditer(prose):
            yield _absolute(page, found[1])


def moved(page: str, markdown: str, is_folder: Callable[[str], bool]) -> str:
    """Give a page's text with links that lead to the same things in the site."""
    own = posixpath.dirname(place(page)) or "."

    def link(found: re.Match[str]) -> str:
        target = _absolute(page, found[1])
        return posixpath.relpath(place(target, is_folder=is_folder(target)), own) + (found[2] or "")

    return "".join(
        part if part.lstrip().startswith("```") else _TARGET.sub(link, part) for part in _FENCE.split(markdown)
    )


def _prose(markdown: str) -> list[str]:
    return [part for part in _FENCE.split(markdown) if not part.lstrip().startswith("```")]


def _absolute(page: str, target: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), target))
