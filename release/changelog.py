"""The changelog's sections: a version, the day of its release, and what changed for those who operate Keyturn."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

CHANGELOG: Final = "CHANGELOG.md"
UNRELEASED: Final = "unreleased"
_HEADING: Final = re.compile(r"^## (.+)$", re.MULTILINE)
_NAMED: Final = re.compile(r"(?P<version>\d+\.\d+\.\d+) - (?P<day>\d{4}-\d{2}-\d{2}|unreleased)")


@dataclass(frozen=True)
class Section:
    """What changed with a version; its day is `unreleased` until there is one."""

    version: str
    day: str
    notes: str

    @property
    def released(self) -> bool:
        """Whether the section has a day."""
        return self.day != UNRELEASED


class WrongHeading(ValueError):
    """A heading that names no version and day."""


def read(checkout: Path) -> list[Section]:
    """Read a checkout's changelog, newest version first.

    Raises:
        WrongHeading: naming it, and what is allowed.
    """
    return sections((checkout / CHANGELOG).read_text(encoding="utf-8"))


def sections(text: str) -> list[Section]:
    """Cut the changelog into its sections, in the order in which they stand."""
    _, *parts = _HEADING.split(text)
    return [_section(heading, notes) for heading, notes in zip(parts[::2], parts[1::2], strict=True)]


def _section(heading: str, notes: str) -> Section:
    if (named := _NAMED.fullmatch(heading)) is None:
        raise WrongHeading(
            f"{CHANGELOG}: '## {heading}': allowed is '## 1.2.3 - 2026-12-31' or '## 1.2.3 - unreleased'"
        )
    return Section(named["version"], named["day"], notes.strip())
