"""`keyturn report`: the evidence for an auditor, as a page, as JSON, as CSV, or as Security Hub findings."""

import json
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from keyturn_cli import organization
from keyturn_cli.options import exit_code_option, stack_options
from keyturn_cli.output import Column, as_csv
from keyturn_cli.stack import Connect
from keyturn_cli.text import masked, plain
from keyturn_cli.trouble import FAILED, FINDINGS, WrongUsage, say, write

if TYPE_CHECKING:
    from keyturn_cli.stack import Stack


class Kind(StrEnum):
    """What the evidence is written as."""

    HTML = "html"
    JSON = "json"
    CSV = "csv"
    ASFF = "asff"


@click.command("report", short_help="Write the evidence for an auditor: a page, or data.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Where to write it; else standard output.")
@click.option(
    "--format",
    "kind",
    type=click.Choice(list(map(str, Kind))),
    default="html",
    show_default=True,
    help="One HTML file, the whole as JSON, a line a user as CSV, or Security Hub findings (ASFF).",
)
@click.option(
    "--days",
    type=click.IntRange(1, 3653),
    default=90,
    show_default=True,
    help="The period, up to now, of what was done.",
)
@click.option("--send", is_flag=True, help="With --format asff: import the findings into Security Hub.")
@click.option("--product-arn", metavar="ARN", help="The findings' product; by default the account's own.")
@click.option("--full", is_flag=True, help="Write access key IDs whole, not as AKIA…WXYZ.")
@click.option("--org", "everywhere", is_flag=True, help="Of all accounts of the organization, in one report.")
@click.option("--role", metavar="NAME", help="With --org: the role that lets you read users and keys in each account.")
@click.option("--external-id", metavar="WORD", help="With --org: what the role's trust policy asks for, if anything.")
@organization.accounts_option
@organization.at_once_option
@exit_code_option
@stack_options
def command(
    *,
    out: Path | None,
    kind: str,
    days: int,
    send: bool,
    product_arn: str | None,
    full: bool,
    everywhere: bool,
    role: str | None,
    external_id: str | None,
    accounts: tuple[str, ...],
    at_once: int,
    exit_code: bool,
    connect: Connect,
) -> int:
    """Write the evidence: the verdict, keys by age, a timeline, who is blocked, what was done, controls, exemptions.

    The keys are read from IAM with your own rights, so that what Keyturn says of itself can be held against it. The
    page is one file without scripts, which asks for nothing from anywhere.

    With --org it is about all accounts that the tour goes to, or those named by --account, and the keys are read by a
    role that each of them lends to you, the stack's own account excepted. An account that lends none is named, and the
    verdict says that nothing is proven of its keys.

    With --exit-code, 3 says that the verdict is not "pass".

    \b
    Examples:
      keyturn report --out report.html
      keyturn report --days 365 --format json --out report.json
      keyturn report --format csv > users.csv
      keyturn report --format asff
      keyturn report --format asff --send
      keyturn report --org --role auditor --out organization.html
    """
    _check(Kind(kind), out, product_arn, send=send)
    if not everywhere and (role or external_id or accounts):
        raise WrongUsage("--role, --external-id and --account are about an organization's accounts: add --org")
    if everywhere and send:
        raise WrongUsage("Security Hub takes findings from their own account only: with --org leave --send out")
    from keyturn_cli.reporting import deployed, document  # noqa: PLC0415 - the SDK is not loaded before it is needed
    from keyturn_cli.reporting.visits import Visits, role_of  # noqa: PLC0415 - as above

    now = datetime.now(UTC).replace(microsecond=0)
    if everywhere:
        named, stack = role_of(role), connect()
        toured = organization.roster(stack, accounts)
        visits = Visits(toured.accounts, named, external_id, at_once, toured.notes)
        evidence, wrong = deployed.gather_all(stack, visits, days, now)
    else:
        stack = connect()
        evidence, wrong = deployed.gather(stack, days, now)
    whole = document.document(evidence)
    shown = whole if full else masked(whole)
    code = FAILED if wrong else 0
    if kind == Kind.ASFF:
        code = _findings(shown, stack, product_arn, out, send=send) or code
    else:
        write(_WRITERS[Kind(kind)](shown), out)
    for note in (*shown["notes"], *_missing(shown)):
        say(note)
    verdict = whole["verdict"]
    if out:
        say(f"{verdict['headline']} ({verdict['state']}); written to {out}")
    return code or (FINDINGS if exit_code and verdict["state"] != "pass" else 0)


def _missing(document: Mapping[str, Any]) -> list[str]:
    """Name the accounts of which something could not be had."""
    faults = {"unreadable": "could not be read", "silent": "could not be looked at by Keyturn"}
    return [
        f"account {each['account']} {said}: {each[fault]}"
        for each in document["accounts"]
        for fault, said in faults.items()
        if each[fault]
    ]


def _check(kind: Kind, out: Path | None, product_arn: str | None, *, send: bool) -> None:
    if (send or product_arn) and kind is not Kind.ASFF:
        raise WrongUsage("--send and --product-arn are about findings: add --format asff")
    if kind is Kind.HTML and out is None and sys.stdout.isatty():
        raise WrongUsage("a page is not for a terminal: add --out report.html, or --format json or csv")


def _html(document: Mapping[str, Any]) -> str:
    from keyturn_cli.reporting.page import report_page  # noqa: PLC0415 - the template engine is not always needed

    return report_page(document)


def _json(document: Mapping[str, Any]) -> str:
    # In ASCII, so that nothing in it moves a terminal.
    return json.dumps(document, indent=2) + "\n"


def _csv(document: Mapping[str, Any]) -> str:
    """A line a user, whose keys are counted, and one for each account of which no user could be read."""
    unread = [
        {"account": each["account"], "unreadable": each["unreadable"]}
        for each in document["accounts"]
        if each["unreadable"]
    ]
    rows = [*map(_row, document["users"]), *unread]
    columns = [Column("user", "User"), Column("account", "Account")]
    return as_csv([{name: _inert(value) for name, value in row.items()} for row in rows], columns)


def _row(user: Mapping[str, Any]) -> dict[str, Any]:
    active = [key["age_days"] for key in user["keys"] if key["status"] == "Active"]
    plainly = {name: value for name, value in user.items() if name not in {"keys", "failure"}}
    return {
        **plainly,
        "failure": user["failure"]["message"] if user["failure"] else None,
        "active_keys": len(active),
        "inactive_keys": sum(key["status"] == "Inactive" for key in user["keys"]),
        "oldest_active_key_age_days": max(active, default=None),
    }


def _inert(value: Any) -> Any:  # noqa: ANN401 - whatever JSON may hold
    """Keep a spreadsheet from taking a text, such as a user's tag, for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@")) else value


_WRITERS: Mapping[Kind, Callable[[Mapping[str, Any]], str]] = {Kind.HTML: _html, Kind.JSON: _json, Kind.CSV: _csv}


def _findings(
    document: Mapping[str, Any], stack: "Stack", product_arn: str | None, out: Path | None, *, send: bool
) -> int:
    from keyturn_cli.reporting import findings, security_hub  # noqa: PLC0415 - the SDK is not always needed

    made = findings.findings(document, product_arn)
    if out or not send:
        write(_json({"Findings": made}), out)
    if not send:
        return 0
    sent = security_hub.send(stack.client("securityhub"), made, findings.prefix(document), document["made_at"])
    say(f"{sent.imported} findings were imported into Security Hub, {sent.archived} that hold no more were archived")
    for refusal in sent.refused:
        say(plain(refusal))
    return FAILED if sent.refused else 0
