"""A key as a row of IAM's credential report shows it, by the columns and spellings that IAM is known to use."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from keyturn.domain.access_key import LastUse

SLOTS: Final = ("access_key_1", "access_key_2")
# In a report that has no such column yet, nobody has more than two keys.
MORE_KEYS: Final = "additional_credentials_info"
_NONE: Final = {"", "N/A", "no_information", "not_supported"}


class UnreadableCell(ValueError):
    """Names the column, what stands there and what is allowed."""

    def __init__(self, column: str, text: str, allowed: str) -> None:
        self.column = column
        super().__init__(f"{column} is {text[:64]!r}: allowed is {allowed}")


@dataclass(frozen=True)
class ReportedKey:
    """One slot that holds a key; dates are read when they are asked for, since not everybody needs all of them."""

    slot: str
    row: Mapping[str, str]

    @property
    def active(self) -> bool:
        """Whether the key is Active."""
        return _active(self.row, self.slot)

    @property
    def created(self) -> datetime | None:
        """When the key was created, or its status last changed; None where the report gives no date."""
        return moment(self.row, f"{self.slot}_last_rotated")

    @property
    def last_use(self) -> LastUse:
        """The last use of the key."""
        service, region = (self.row.get(f"{self.slot}_last_used_{each}") or "N/A" for each in ("service", "region"))
        return LastUse(moment(self.row, f"{self.slot}_last_used_date"), service, region)


def reported_keys(row: Mapping[str, str]) -> Iterator[ReportedKey]:
    """Give the keys of a row.

    Slots do not identify keys, and the order may change (user guide, credential reports). Whether an Inactive key keeps
    its date is seen live, yet undocumented; without it, it is not seen here.
    """
    for slot in SLOTS:
        if _active(row, slot) or row[f"{slot}_last_rotated"] not in _NONE:
            yield ReportedKey(slot, row)


def has_more_keys(row: Mapping[str, str]) -> bool:
    """Whether the user has more keys than the report has columns for."""
    return (row.get(MORE_KEYS) or "") not in _NONE


def is_root(row: Mapping[str, str]) -> bool:
    """Whether the row is the account's own."""
    return row["arn"].endswith(":root")


def moment(row: Mapping[str, str], column: str) -> datetime | None:
    """Read a date and time.

    Raises:
        UnreadableCell: when it is none, or does not say in which zone.
    """
    text = row[column]
    if text in _NONE:
        return None
    allowed = "a date and time with its zone, such as 2026-11-24T06:00:00+00:00"
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise UnreadableCell(column, text, allowed) from None
    if at.tzinfo is None:
        raise UnreadableCell(column, text, allowed)
    return at


def _active(row: Mapping[str, str], slot: str) -> bool:
    # Documented in capitals, seen in small letters.
    return row[f"{slot}_active"].lower() == "true"
