"""Credential reports as IAM writes them, row by row, in days before START."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.fakes.iam_report import COLUMNS, NO_CERTIFICATES, NO_KEY

START = datetime(2030, 6, 1, 6, tzinfo=UTC)
HEADING = ",".join((*COLUMNS, "additional_credentials_info"))
ACCOUNT = "arn:aws:iam::111122223333"
PASSWORD = ("false", "N/A", "N/A", "N/A", "false")


def ago(days: float) -> str:
    return (START - timedelta(days=days)).isoformat()


@dataclass(frozen=True)
class Key:
    """One slot's columns; a key that was never used has `used` None."""

    age: float
    used: float | None = None
    active: bool = True

    @property
    def cells(self) -> tuple[str, ...]:
        use = ("N/A", "N/A", "N/A") if self.used is None else (ago(self.used), "eu-west-1", "s3")
        return (str(self.active).lower(), ago(self.age), *use)


def row(name: str, *keys: Key, path: str = "/", more: str = "") -> str:
    slots = [*(key.cells for key in keys), NO_KEY, NO_KEY][:2]
    cells = (name, f"{ACCOUNT}:user{path}{name}", ago(800), *PASSWORD, *slots[0], *slots[1], *NO_CERTIFICATES, more)
    return ",".join(cells)


ROOT = ",".join(("<root_account>", f"{ACCOUNT}:root", ago(900), *PASSWORD, *NO_KEY, *NO_KEY, *NO_CERTIFICATES, ""))


def written(place: Path, *rows: str, heading: str = HEADING) -> Path:
    path = place / "credential-report.csv"
    path.write_text("\n".join((heading, ROOT, *rows)), encoding="utf-8")
    return path
