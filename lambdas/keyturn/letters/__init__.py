"""The letters to owners: templates that `make letters` has rendered, filled here."""

import html
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from string import Template
from typing import Final

_SUBJECT: Final = "Subject: "


@dataclass(frozen=True)
class Letter:
    """A letter as it is sent: one line of subject, and the same twice, as text and as HTML."""

    subject: str
    text: str
    html: str


def write(kind: str, contents: Mapping[str, str]) -> Letter:
    """Fill the templates of a kind; whatever the contents hold, it stays one line, and is no markup."""
    said = {name: _line(text) for name, text in contents.items()}
    head, _, text = Template(_template(f"{kind}.txt")).substitute(said).partition("\n\n")
    escaped = {name: html.escape(line) for name, line in said.items()}
    return Letter(head.removeprefix(_SUBJECT), text, Template(_template(f"{kind}.html")).substitute(escaped))


@cache
def _template(name: str) -> str:
    return resources.files(__name__).joinpath(name).read_text(encoding="utf-8")


def _line(text: str) -> str:
    """Make one line of a text, without what steers a terminal or turns the direction of writing."""
    return " ".join("".join(each if _shows(each) else " " for each in text).split())


def _shows(character: str) -> bool:
    return not unicodedata.category(character).startswith("C")
