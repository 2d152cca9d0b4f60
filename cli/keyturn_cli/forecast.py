"""`keyturn forecast`: what the settings would do to an account, from its credential report alone."""

import dataclasses
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import click

from keyturn.settings import InvalidSettings, Settings
from keyturn_cli.forecasting import opening
from keyturn_cli.forecasting.credential_csv import ReportRow, read_report
from keyturn_cli.forecasting.days import Terms, live
from keyturn_cli.forecasting.figures import DECISIVE, Forecast, UserFigures
from keyturn_cli.forecasting.life import Habits, Life
from keyturn_cli.forecasting.screen import show
from keyturn_cli.forecasting.users_file import read_users
from keyturn_cli.options import exit_code_option, output_options
from keyturn_cli.output import Output
from keyturn_cli.progress import counting
from keyturn_cli.trouble import FINDINGS, Trouble, WrongUsage, say, write

_STALE: Final = timedelta(days=2)


def _setting_options(function: Callable[..., Any]) -> Callable[..., Any]:
    defaults = {each.name: each.default for each in dataclasses.fields(Settings)}
    for name in reversed(DECISIVE):
        shown = str(defaults[name]).lower()
        help_ = f"As the setting; {shown} unless cdk.json says otherwise."
        function = click.option(f"--{name.replace('_', '-')}", name, metavar="VALUE", help=help_)(function)
    return function


@click.command("forecast", short_help="Forecast what would happen in your account, from its credential report.")
@click.argument("report", type=click.Path(path_type=Path), metavar="CREDENTIAL-REPORT.CSV")
@click.option(
    "--days", type=click.IntRange(1, 1825), default=180, show_default=True, help="How many days to look ahead."
)
@click.option("--start", metavar="DATE", help="The first day, when the report was made: 2026-11-24; by default now.")
@click.option("--config", type=click.Path(path_type=Path), help="A cdk.json whose settings to take.")
@click.option(
    "--users",
    "users",
    type=click.Path(path_type=Path),
    help="The users' tags: the answer of 'aws iam get-account-authorization-details --filter User'.",
)
@click.option(
    "--consumers",
    type=click.Choice(["follow", "stay"]),
    default="follow",
    show_default=True,
    help="Whether programs take over the new key, or go on with the old one.",
)
@click.option(
    "--report",
    "page",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the forecast as a page, too: before and after, with a timeline of every user's keys.",
)
@click.option(
    "--by", type=click.Choice(["day", "week"]), default="week", show_default=True, help="How a table adds up the load."
)
@_setting_options
@exit_code_option
@output_options
def command(
    *,
    report: Path,
    days: int,
    start: str | None,
    config: Path | None,
    users: Path | None,
    consumers: str,
    page: Path | None,
    by: str,
    exit_code: bool,
    output: Output,
    **settings: str | None,
) -> int:
    """Forecast who is rotated when, who is blocked and why, and on which days keys are too old, before and after.

    Needs no access to AWS and no deployment: the rotator's own plan is run forward, day by day, on the credential
    report that every account can download.

    \b
    Examples:
      aws iam generate-credential-report
      aws iam get-credential-report --query Content --output text | base64 --decode > credential-report.csv
      keyturn forecast credential-report.csv
      keyturn forecast credential-report.csv --max-age-days 60 --grace-days 7 --days 365
      keyturn forecast credential-report.csv --config cdk.json --output json
      keyturn forecast credential-report.csv --report forecast.html
    """
    begins = _start(start)
    rows = read_report(report)
    terms = Terms(_settings(config, settings), begins, days, Habits(None if consumers == "stay" else timedelta(days=1)))
    if terms.settings.opt_in and users is None:
        raise WrongUsage(
            "opt_in is true, so only tagged users are in scope, and the report has no tags: add --users FILE"
        )
    details = read_users(users) if users else {}
    lives = opening.lives(rows, details, terms.settings, begins)
    with counting(f"{days} days of {len(lives)} users", days) as tick:
        courses, lived = live(lives, terms, tick)
    forecast = Forecast(
        terms=terms,
        users=tuple(UserFigures(course, terms) for course in courses),
        days=tuple(lived),
        out_of_scope=len(rows) - len(lives),
        assumptions=tuple(_assumptions(terms, with_tags=users is not None)),
    )
    if start is None:
        _warn(rows, begins)
    if page:
        _write_page(forecast, lives, page)
    show(forecast, output, days_a_line=7 if by == "week" else 1)
    found = forecast.blocked or forecast.summary["red_days_after"]
    return FINDINGS if exit_code and found else 0


def _write_page(forecast: Forecast, lives: list[Life], path: Path) -> None:
    from keyturn_cli.reporting import foreseen  # noqa: PLC0415 - the template engine is not always needed
    from keyturn_cli.reporting.page import forecast_page  # noqa: PLC0415 - as above

    write(forecast_page(foreseen.document(forecast, lives)), path)
    say(f"the page is written to {path}")


def _start(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise WrongUsage(f"--start is {text!r}: allowed is a date such as 2026-11-24") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _settings(config: Path | None, options: Mapping[str, str | None]) -> Settings:
    given = {name: text for name, text in options.items() if text is not None}
    try:
        return Settings.parse({**(_from_config(config) if config else {}), **given})
    except InvalidSettings as invalid:
        raise WrongUsage("; ".join(invalid.faults)) from None


def _from_config(path: Path) -> dict[str, str]:
    """Read the settings that the plan knows; the stack's own, such as its schedule, decide nothing here."""
    try:
        block = json.loads(path.read_text(encoding="utf-8"))["context"]["keyturn"]
        known = {each.name for each in dataclasses.fields(Settings)}
        return {name: _text(value) for name, value in block.items() if name in known}
    except OSError as error:
        raise Trouble(f"{path} cannot be read: {error.strerror}") from None
    except json.JSONDecodeError as error:
        raise Trouble(f"{path}, line {error.lineno}, column {error.colno}: {error.msg}") from None
    except (KeyError, TypeError, AttributeError, UnicodeDecodeError):
        raise Trouble(f"{path} has no settings: allowed is a cdk.json with a block 'keyturn' in its context") from None


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _assumptions(terms: Terms, *, with_tags: bool) -> list[str]:
    settings = terms.settings
    often = (
        "a key last used n days before the start goes on to be used every n days; one unused for "
        f"{settings.unused_days} days is not used again"
    )
    red = (
        "a red day is a day on which a key of a user is Active and older than "
        f"{settings.max_age_days} days, exempt or not"
    )
    return [
        f"mode enforce, one run a day from {terms.start:%Y-%m-%d %H:%M UTC} on; no key was rotated by Keyturn before",
        often,
        "programs go on with the old key and never read the secret"
        if terms.habits.adopt_after is None
        else "programs read the secret and take over the new key at their first use a day or more after a rotation",
        "nobody makes, deletes or deactivates a key by hand; guard alarms stay quiet; nothing fails",
        "the users' tags and attached policies are as in the file of --users"
        if with_tags
        else "the report has no tags, so nobody is exempt or has ages of its own (--users FILE tells them)",
        red,
    ]


def _warn(rows: list[ReportRow], start: datetime) -> None:
    newest = max((row.newest for row in rows), default=start)
    if start - newest > _STALE:
        say(
            f"the newest date in the report is {newest:%Y-%m-%d}: if the report was made then, add "
            f"--start {newest:%Y-%m-%d}, or every key looks unused since"
        )
