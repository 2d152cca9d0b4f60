"""Text that is safe to show: no control characters, and access key IDs cut to what tells them apart."""

import re
from typing import Any, Final

_KEY_ID: Final = re.compile(r"\b(A[KS]IA)[A-Z0-9]{8,120}([A-Z0-9]{4})\b")


def plain(text: str) -> str:
    """Write what a terminal might obey (escape sequences, line breaks, marks of direction) as it is spelt in Python."""
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


def masked(value: Any) -> Any:  # noqa: ANN401 - whatever JSON may hold
    """Cut every access key ID in a value to AKIA…WXYZ."""
    match value:
        case str():
            return _KEY_ID.sub(r"\1…\2", value)
        case list() | tuple():
            return [masked(each) for each in value]
        case dict():
            return {masked(key): masked(each) for key, each in value.items()}
        case _:
            return value
