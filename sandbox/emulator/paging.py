"""IAM's pages: MaxItems and Marker, 100 entries when nothing is asked, at most 1,000 (API reference, ListUsers)."""

import base64
from collections.abc import Mapping
from typing import TypeVar

from sandbox.emulator.upstream import Answer, Record, iam_parameter, iam_refusal

Entry = TypeVar("Entry")
DEFAULT, MOST = 100, 1000


class BadPageError(ValueError):
    """A MaxItems or a Marker that IAM would refuse."""

    def refusal(self) -> Answer:
        """Give the refusal as IAM words it."""
        return iam_refusal(400, "ValidationError", str(self))


def page(entries: Mapping[str, Entry], params: Record) -> tuple[list[Entry], str]:
    """Give the entries of the page asked for, by name, and the XML that tells whether more follow.

    A marker names the last entry given, so a page is right even when entries come and go between two calls.
    """
    size = iam_parameter(params, "MaxItems") or str(DEFAULT)
    if not size.isdecimal() or not 1 <= int(size) <= MOST:
        raise BadPageError(f"Value {size} at 'maxItems' failed to satisfy constraint: 1 to {MOST}")
    after = _read(iam_parameter(params, "Marker"))
    names = sorted(name for name in entries if name > after)
    shown = names[: int(size)]
    if len(shown) == len(names):
        return [entries[name] for name in shown], "<IsTruncated>false</IsTruncated>"
    marker = base64.urlsafe_b64encode(shown[-1].encode()).decode()
    return [entries[name] for name in shown], f"<IsTruncated>true</IsTruncated><Marker>{marker}</Marker>"


def _read(marker: str) -> str:
    try:
        return base64.b64decode(marker, altchars=b"-_", validate=True).decode()
    except ValueError as error:
        raise BadPageError("Invalid Marker") from error
