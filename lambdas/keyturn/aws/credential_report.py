"""The door to IAM's credential report: the keys of all users in two or three calls, without their IDs."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from keyturn.aws.clients import Clients
from keyturn.aws.translation import asking
from keyturn.domain.refusal import AwsError
from keyturn.domain.shortlist import KeyHint

_IN_PROGRESS: Final = {"ReportInProgress", "CredentialReportNotReadyException"}
_STALE: Final = {
    "ReportExpired",
    "ReportNotPresent",
    "CredentialReportExpiredException",
    "CredentialReportNotPresentException",
}
_SLOTS: Final = ("access_key_1", "access_key_2")
_NONE: Final = {"", "N/A", "no_information", "not_supported"}


@dataclass(frozen=True)
class Report:
    """The report's rows by the user's ARN; IAM makes it at most every four hours, and keeps the old one until then."""

    keys: dict[str, tuple[KeyHint, ...]]
    generated: datetime


class CredentialReport:
    """The report in the domain's words."""

    def __init__(self, clients: Clients) -> None:
        self._iam = clients.iam

    def request(self) -> None:
        """Ask IAM to make the report, which may take some seconds; within four hours of the last it changes nothing.

        Raises:
            AwsError: when IAM will not, as when it is throttled.
        """
        with asking("GenerateCredentialReport"):
            self._iam.generate_credential_report()

    def read(self, attempts: Iterable[int]) -> Report:
        """Read the report, at every attempt again until it is ready, and ask for it anew if it has expired.

        Raises:
            AwsError: when it can't be had in these attempts.
        """
        error: AwsError | None = None
        for _ in attempts:
            try:
                with asking("GetCredentialReport"):
                    answer = self._iam.get_credential_report()
            except AwsError as refusal:
                error = refusal
                if refusal.code in _STALE:
                    self.request()
                elif refusal.code not in _IN_PROGRESS:
                    raise
            else:
                return Report(_parsed(answer["Content"]), answer["GeneratedTime"])
        raise error or AwsError("GetCredentialReport", "NoTimeLeft")


def _parsed(content: bytes) -> dict[str, tuple[KeyHint, ...]]:
    rows = csv.DictReader(io.StringIO(content.decode()))
    return {row["arn"]: tuple(_hints(row)) for row in rows if not row["arn"].endswith(":root")}


def _hints(row: dict[str, str]) -> Iterable[KeyHint]:
    # Slots do not identify keys, and the order may change (user guide, credential reports): only their number and ages
    # are used. Whether an Inactive key keeps its date is seen live, yet undocumented; without it, it is not seen here.
    for slot in _SLOTS:
        active = row[f"{slot}_active"].lower() == "true"
        changed = row[f"{slot}_last_rotated"]
        if active or changed not in _NONE:
            yield KeyHint(active, None if changed in _NONE else datetime.fromisoformat(changed))
    if (row.get("additional_credentials_info") or "") not in _NONE:  # more than two keys
        yield KeyHint(active=True, created=None)
