"""XML of an IAM answer, with every value escaped (ministack's own writes a tag's `&` as it is)."""

from collections.abc import Iterable
from xml.sax.saxutils import escape


def element(name: str, value: object) -> str:
    """Write one value."""
    return f"<{name}>{escape(str(value))}</{name}>"


def members(name: str, entries: Iterable[str]) -> str:
    """Write a list of entries that are XML already."""
    return f"<{name}>{''.join(f'<member>{entry}</member>' for entry in entries)}</{name}>"
