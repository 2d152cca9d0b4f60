"""IAM's credential report: one an account, made at most every four hours, stale in between (facts 3.1 to 3.4)."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime, timedelta

from tests.fakes.account import Account, Report
from tests.fakes.calls import Caller, Params, Response, ServiceError, operation
from tests.fakes.iam_keys import last_use
from tests.fakes.identities import AccessKey, User

KEPT = timedelta(hours=4)
SLOTS = 2
NONE = "N/A"
KEY_COLUMNS = ("active", "last_rotated", "last_used_date", "last_used_region", "last_used_service")
COLUMNS = (
    "user",
    "arn",
    "user_creation_time",
    "password_enabled",
    "password_last_used",
    "password_last_changed",
    "password_next_rotation",
    "mfa_active",
    *(f"access_key_{slot}_{column}" for slot in range(1, SLOTS + 1) for column in KEY_COLUMNS),
    *(f"cert_{slot}_{column}" for slot in range(1, SLOTS + 1) for column in ("active", "last_rotated")),
)
NO_KEY = ("false", NONE, NONE, NONE, NONE)
NO_CERTIFICATES = ("false", NONE, "false", NONE)


@operation("iam")
def generate_credential_report(account: Account, _caller: Caller, _params: Params) -> Response:
    report = account.report
    if report is None or account.now - report.started_at >= KEPT:
        account.report = Report(account.now, _content(account).encode())
        return {"State": "STARTED", "Description": "No report exists. Starting a new report generation task"}
    return {"State": "COMPLETE" if _ready(account, report) else "INPROGRESS"}


@operation("iam")
def get_credential_report(account: Account, _caller: Caller, _params: Params) -> Response:
    report = account.report
    if report is None:
        raise ServiceError("ReportNotPresent", "No report exists.", 410)
    if account.now - report.started_at >= KEPT:
        raise ServiceError("ReportExpired", "The report has expired.", 410)
    if not _ready(account, report):
        raise ServiceError("ReportInProgress", "The report is being generated.", 404)
    return {"Content": report.content, "ReportFormat": "text/csv", "GeneratedTime": report.started_at}


def _ready(account: Account, report: Report) -> bool:
    return account.now - report.started_at >= account.report_takes


def _content(account: Account) -> str:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    rows.writerow(_root_row(account))
    rows.writerows(_row(account, user) for user in account.users.values())
    return text.getvalue().rstrip("\n")


def _root_row(account: Account) -> tuple[str, ...]:
    made = _time(account.now - timedelta(days=1000))
    password = ("not_supported", "no_information", "not_supported", "not_supported", "true")
    return "<root_account>", f"arn:aws:iam::{account.id}:root", made, *password, *NO_KEY, *NO_KEY, *NO_CERTIFICATES


def _row(account: Account, user: User) -> tuple[str, ...]:
    password = ("false", NONE, NONE, NONE, "false")
    return user.name, user.arn, _time(user.created_at), *password, *_keys(account, user), *NO_CERTIFICATES


def _keys(account: Account, user: User) -> Iterator[str]:
    """Both slots; a third key is not in the report (fact 3.4)."""
    held = {key.slot: key for key in user.living}
    for slot in range(1, SLOTS + 1):
        yield from _key(account, held[slot]) if slot in held else NO_KEY


def _key(account: Account, key: AccessKey) -> tuple[str, ...]:
    """An Inactive key keeps its times, as a live probe showed; the documentation says N/A (fact 3.4)."""
    if key.status != "Active" and account.report_hides_inactive:
        return NO_KEY
    use = last_use(account, key)
    used = (_time(use.at), use.region, use.service) if use else (NONE, NONE, NONE)
    return ("true" if key.status == "Active" else "false", _time(key.created_at), *used)


def _time(moment: datetime) -> str:
    return moment.replace(microsecond=0).isoformat()
