"""The door to IAM's credential report: the keys of all users in two or three calls, without their IDs."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from keyturn.aws.clients import Clients
from keyturn.aws.translation import asking
from keyturn.domain.refusal import AwsError, Throttled
from keyturn.domain.reported_key import has_more_keys, is_root, reported_keys
from keyturn.domain.shortlist import KeyHint

_IN_PROGRESS: Final = {"ReportInProgress", "CredentialReportNotReadyException"}
_STALE: Final = {
    "ReportExpired",
    "ReportNotPresent",
    "CredentialReportExpiredException",
    "CredentialReportNotPresentException",
}


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
                # To list each user's keys instead would be no help to an account that is throttled already.
                elif refusal.code not in _IN_PROGRESS and not isinstance(refusal, Throttled):
                    raise
            else:
                return Report(_parsed(answer["Content"]), answer["GeneratedTime"])
        raise error or AwsError("GetCredentialReport", "NoTimeLeft")


def _parsed(content: bytes) -> dict[str, tuple[KeyHint, ...]]:
    rows = csv.DictReader(io.StringIO(content.decode()))
    return {row["arn"]: tuple(_hints(row)) for row in rows if not is_root(row)}


def _hints(row: dict[str, str]) -> Iterable[KeyHint]:
    # Which slot a key is in says nothing: only their number and ages are used.
    for key in reported_keys(row):
        yield KeyHint(key.active, key.created)
    if has_more_keys(row):
        yield KeyHint(active=True, created=None)
