"""Imports findings into Security Hub, and archives those of earlier reports that hold no more."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from keyturn_cli.sessions import Client

_AT_ONCE: Final = 100
# What an import may repeat of a finding that is there; the rest is Security Hub's and its users' own.
_OURS: Final = (
    "SchemaVersion",
    "Id",
    "ProductArn",
    "GeneratorId",
    "AwsAccountId",
    "Types",
    "CreatedAt",
    "Severity",
    "Title",
    "Description",
    "Resources",
)


@dataclass(frozen=True)
class Sent:
    """What came of it."""

    imported: int
    archived: int
    refused: tuple[str, ...]


def send(client: "Client", findings: Sequence[dict[str, Any]], prefix: str, at: str) -> Sent:
    """Import findings; those below the prefix that are not among them are archived as passed."""
    refused: list[str] = []
    imported = _imported(client, findings, refused)
    holding = {finding["Id"] for finding in findings}
    over = [_archived(each, at) for each in _active(client, prefix) if each["Id"] not in holding]
    return Sent(imported, _imported(client, over, refused), tuple(refused))


def _imported(client: "Client", findings: Sequence[dict[str, Any]], refused: list[str]) -> int:
    answers = [client.batch_import_findings(Findings=batch) for batch in _batches(findings)]
    refused.extend(
        f"finding {each['Id']} was refused: {each['ErrorCode']}: {each['ErrorMessage']}"
        for answer in answers
        for each in answer.get("FailedFindings", [])
    )
    return sum(answer["SuccessCount"] for answer in answers)


def _active(client: "Client", prefix: str) -> Iterator[dict[str, Any]]:
    filters = {
        "Id": [{"Value": prefix, "Comparison": "PREFIX"}],
        "RecordState": [{"Value": "ACTIVE", "Comparison": "EQUALS"}],
    }
    for page in client.get_paginator("get_findings").paginate(Filters=filters):
        yield from page["Findings"]


def _archived(finding: dict[str, Any], at: str) -> dict[str, Any]:
    kept = {name: value for name, value in finding.items() if name in _OURS}
    return {**kept, "UpdatedAt": at, "RecordState": "ARCHIVED", "Compliance": {"Status": "PASSED"}}


def _batches(findings: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    rest = iter(findings)
    while batch := list(islice(rest, _AT_ONCE)):
        yield batch
