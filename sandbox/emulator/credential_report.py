"""The credential report: made on request, kept for four hours as it was, then expired."""

import base64
import csv
import io
import time
from collections.abc import Iterator

from sandbox.emulator.access_keys import keys_of
from sandbox.emulator.key_use import last_use
from sandbox.emulator.markup import element
from sandbox.emulator.upstream import (
    Answer,
    Record,
    answer_iam,
    iam,
    iam_refusal,
    iam_xml,
    responses,
    users,
)

# Within four hours the former report is given again, after that it has expired (user guide, credential reports).
KEPT_SECONDS = 4 * 3600
HEADER: str = iam._CRED_REPORT_HEADER
NO_KEY = ["false", "N/A", "N/A", "N/A", "N/A"]
NO_CERTIFICATES = ["false", "N/A", "false", "N/A"]


def mend() -> None:
    """Answer both actions."""
    answer_iam("GenerateCredentialReport", _generate)
    answer_iam("GetCredentialReport", _get)


def _generate(_params: Record) -> Answer:
    report = _kept()
    if report and time.time() - report["made"] < KEPT_SECONDS:
        return _state("COMPLETE", "")
    iam._credential_reports["report"] = {"made": time.time(), "content": _content()}
    return _state("STARTED", "No report exists. Starting a new report generation task")


def _get(_params: Record) -> Answer:
    report = _kept()
    if not report:
        return iam_refusal(410, "ReportNotPresent", "No credential report exists. Generate one first.")
    if time.time() - report["made"] >= KEPT_SECONDS:
        return iam_refusal(410, "ReportExpired", "The credential report has expired. Generate a new one.")
    made = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(report["made"]))
    content = base64.b64encode(report["content"].encode()).decode()
    shown = element("Content", content) + element("ReportFormat", "text/csv") + element("GeneratedTime", made)
    return iam_xml("GetCredentialReport", shown)


def _kept() -> Record:
    report: Record = iam._credential_reports.get("report") or {}
    return report


def _state(state: str, description: str) -> Answer:
    return iam_xml("GenerateCredentialReport", element("State", state) + element("Description", description))


def _content() -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER.split(","))
    writer.writerow(_root())
    writer.writerows(_user(users[name]) for name in users)
    return text.getvalue()


def _root() -> list[str]:
    arn = f"arn:aws:iam::{responses.get_account_id()}:root"
    password = ["not_supported", "N/A", "not_supported", "not_supported", "false"]
    return ["<root_account>", arn, "2015-01-01T00:00:00Z", *password, *NO_KEY, *NO_KEY, *NO_CERTIFICATES]


def _user(user: Record) -> list[str]:
    password = ["false", "N/A", "N/A", "N/A", "false"]
    return [user["UserName"], user["Arn"], user["CreateDate"], *password, *_keys(user["UserName"]), *NO_CERTIFICATES]


def _keys(name: str) -> Iterator[str]:
    # The report has no place for a third key, and does not say which key its places show.
    columns = [_columns(key) for key in keys_of(name).values()][:2]
    for column in [*columns, NO_KEY, NO_KEY][:2]:
        yield from column


def _columns(key: Record) -> list[str]:
    use = last_use(key)
    return [str(key["Status"] == "Active").lower(), key["CreateDate"], use.date, use.region, use.service]
