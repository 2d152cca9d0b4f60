"""Reads the credential report that every account can download, and says where a file is not one."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from keyturn.domain.reported_key import (
    SLOTS,
    ReportedKey,
    UnreadableCell,
    has_more_keys,
    is_root,
    moment,
    reported_keys,
)
from keyturn_cli.trouble import Trouble

_CREATED: Final = "user_creation_time"
COLUMNS: Final = (
    "user",
    "arn",
    _CREATED,
    *(f"{slot}_{each}" for slot in SLOTS for each in ("active", "last_rotated", "last_used_date")),
)
_ARN: Final = re.compile(
    r"arn:aws[a-z-]*:iam::[0-9]{12}:user(?P<path>/(?:[!-~]+/)?)(?P<name>[A-Za-z0-9_+=,.@-]{1,128})"
)
_HOW: Final = (
    "get one with 'aws iam generate-credential-report', then "
    "'aws iam get-credential-report --query Content --output text | base64 --decode > credential-report.csv'"
)


class Lines(Protocol):
    """What csv.reader() gives; its own type has no public name."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]:
        """Give the cells of each line."""


@dataclass(frozen=True)
class ReportRow:
    """One user of the report.

    Attributes:
        more: whether it has more keys than the report shows.
    """

    name: str
    arn: str
    path: str
    created: datetime
    keys: tuple[ReportedKey, ...]
    more: bool

    @property
    def newest(self) -> datetime:
        """The latest moment that the row knows of: the report is no older."""
        known = (at for key in self.keys for at in (key.created, key.last_use.at))
        return max(filter(None, (self.created, *known)))


def read_report(path: Path) -> list[ReportRow]:
    """Read a report's users.

    Raises:
        Trouble: naming the line and the column at fault.
    """
    lines = _text(path).splitlines()
    if not lines:
        raise Trouble(f"{path} is empty: {_HOW}")
    # Lines are counted as an editor does: a cell may hold none, since no name in a report has a line break.
    reader = csv.reader(lines, strict=True)
    try:
        header = [name.strip() for name in next(reader)]
        _check_header(header, path, lines[0])
        rows = list(_rows(reader, header, path))
    except csv.Error as error:
        raise Trouble(f"{path}, line {reader.line_num}: {error}") from None
    _check_names(rows, path)
    return rows


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Trouble(f"{path} cannot be read: {error.strerror}") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise Trouble(
            f"{path}, line {line}: byte 0x{content[error.start]:02x} is not UTF-8; save the file as CSV in UTF-8"
        ) from None


def _check_header(header: list[str], path: Path, first: str) -> None:
    missing = [name for name in COLUMNS if name not in header]
    if not missing:
        return
    if re.fullmatch(r'"?[A-Za-z0-9+/=]{80,}"?', first):
        raise Trouble(f"{path} is still encoded in base64, as the AWS CLI gives it: {_HOW}")
    if first.lstrip().startswith("{"):
        raise Trouble(f"{path} is JSON, as the AWS CLI gives it: {_HOW}")
    if len(missing) == len(COLUMNS):
        raise Trouble(f"{path}, line 1: is not the heading of a credential report: {_HOW}")
    raise Trouble(f"{path}, line 1: column {missing[0]} is missing" + _more(missing[1:]))


def _more(names: list[str]) -> str:
    return f" (and {', '.join(names)})" if names else ""


def _rows(reader: Lines, header: list[str], path: Path) -> Iterator[ReportRow]:
    for cells in reader:
        if not cells:
            continue  # an empty line at the end
        where = f"{path}, line {reader.line_num}"
        if len(cells) < len(header):
            raise Trouble(f"{where}: column {header[len(cells)]} is missing: {len(cells)} of {len(header)} are there")
        if len(cells) > len(header):
            raise Trouble(
                f"{where}: {len(cells)} columns, where the heading has {len(header)}: {header[-1]} is the last"
            )
        row = dict(zip(header, cells, strict=True))
        if is_root(row):
            continue
        try:
            yield _row(row)
        except UnreadableCell as error:
            raise Trouble(f"{where}: {error}") from None


def _row(row: dict[str, str]) -> ReportRow:
    arn = _ARN.fullmatch(row["arn"])
    if arn is None:
        raise UnreadableCell("arn", row["arn"], "an IAM user's ARN, such as arn:aws:iam::111122223333:user/alice")
    if row["user"] != arn["name"]:
        raise UnreadableCell("user", row["user"], f"the name in the ARN, {arn['name']}")
    for slot in SLOTS:
        if row[f"{slot}_active"].lower() not in {"true", "false"}:
            raise UnreadableCell(f"{slot}_active", row[f"{slot}_active"], "true or false")
        for column in ("last_rotated", "last_used_date"):
            moment(row, f"{slot}_{column}")
    created = moment(row, _CREATED)
    if created is None:
        raise UnreadableCell(_CREATED, row[_CREATED], "a date and time with its zone")
    return ReportRow(arn["name"], row["arn"], arn["path"], created, tuple(reported_keys(row)), has_more_keys(row))


def _check_names(rows: list[ReportRow], path: Path) -> None:
    seen: set[str] = set()
    for row in rows:
        if row.arn in seen:
            raise Trouble(f"{path}: column arn has {row.arn} twice: a user stands in a report once")
        seen.add(row.arn)
