"""The kinds of settings: how the text of each is read, and what is allowed."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final


@dataclass(frozen=True)
class Kind:
    """How the text of one setting is read, and what its writer is told when it can't be.

    Attributes:
        read: raises ValueError or KeyError for a text that is not allowed.
    """

    read: Callable[[str], Any]
    allowed: str


def number(low: int, high: int) -> Kind:
    """A whole number within bounds, both included."""

    def read(text: str) -> int:
        # int() takes signs, blanks, underscores and digits of other scripts; a setting does not.
        if not re.fullmatch(r"[0-9]{1,9}", text) or not low <= int(text) <= high:
            raise ValueError(text)
        return int(text)

    return Kind(read, f"a whole number from {low} to {high}")


def one_of(choices: type[StrEnum]) -> Kind:
    """One of an enum's values."""
    return Kind(choices, "one of " + ", ".join(choices))


def matching(pattern: str, allowed: str) -> Kind:
    """A text of which all matches a pattern."""

    def read(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(text)
        return text

    return Kind(read, allowed)


def setting(default: object, kind: Kind) -> Any:  # noqa: ANN401 - what dataclasses.field() returns, too
    """A field of a dataclass that knows its kind."""
    return field(default=default, metadata={"kind": kind})


FLAG: Final = Kind({"true": True, "false": False}.__getitem__, "true or false")
