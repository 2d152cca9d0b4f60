"""`keyturn history`: what was done to a user's keys and why, from the functions' logs and the secret's versions."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import click

from keyturn.domain.secret_labels import secret_name
from keyturn_cli import organization
from keyturn_cli.journal import RESPONDER, Entry, turns
from keyturn_cli.options import output_options, stack_options
from keyturn_cli.output import Column, Output
from keyturn_cli.progress import working
from keyturn_cli.stack import ROTATOR, Connect, Stack
from keyturn_cli.trouble import Trouble, say

_COLUMNS: Final = (
    Column("at", "When"),
    Column("source", "Source"),
    Column("action", "Action"),
    Column("outcome", "Outcome"),
    Column("times", "Times", number=True),
    Column("key", "Key"),
    Column("reason", "Reason"),
    Column("message", "What and why"),
)
_DENIED: Final = {"AccessDeniedException", "AccessDenied"}


@click.command("history", short_help="Show what was done to a user's keys, and why.")
@click.argument("user")
@click.option("--days", type=click.IntRange(1, 3653), default=365, show_default=True, help="How far to look back.")
@organization.account_option
@output_options
@stack_options
def command(*, user: str, days: int, account: str | None, output: Output, connect: Connect) -> int:
    """Show what was done to USER's keys and why, and which versions its secret has; values are not read.

    The functions' logs tell it, so it reaches back as far as they are kept (setting log_retention_days), and no further
    than --days. What a run said again, because nothing had changed, is one line with a number. Of another account's
    user the logs are all that is read, if its secret is there.

    \b
    Examples:
      keyturn history alice
      keyturn history alice --days 30 --output json
      keyturn history alice --account 444455556666
    """
    stack = connect()
    where, settings = account or stack.account, stack.settings()
    here = organization.kept_here(settings, account, stack)
    since = datetime.now(UTC) - timedelta(days=days)
    with working(f"reading the logs of {days} days"):
        told = (*_turns(stack, ROTATOR, user, since), *_turns(stack, RESPONDER, user, since))
        # The logs are of all accounts, and a user's name may be in several.
        turns = sorted((turn for turn in told if turn.pop("account") == where), key=_when)
        name = secret_name(organization.secret_prefix(settings, account, stack), user)
        versions = list(_versions(stack, name)) if here else []
    if not turns and not versions:
        beside = ", and it has no secret" if here else f" in account {account}"
        raise Trouble(f"nothing is known of user {user!r}: no run of the last {days} days looked at it{beside}")
    entries = sorted((*_once(turns), *versions), key=_when)
    document = {"kind": "keyturn history", "schema": 1, "account": where, "user": user, "entries": entries}
    output.answer(document, entries, _COLUMNS)
    beside = ", and the secret's versions" if here else ""
    output.line(f"\nFrom the logs of the last {days} days, as far as they are kept{beside}.")
    return 0


def _when(entry: Entry) -> str:
    return str(entry["at"])


def _turns(stack: Stack, function: str, user: str, since: datetime) -> Iterator[Entry]:
    pattern = f'{{ $.user_turn.user = "{user}" }}' if '"' not in user else "user_turn"
    for turn in turns(stack, function, since, pattern):
        if turn.pop("user") == user:
            yield turn


def _once(turns: list[Entry]) -> Iterator[Entry]:
    """Write what was said several times in a row as its last time, with the number of times."""
    for number, turn in enumerate(turns):
        same = [_said(turn) == _said(each) for each in turns[number : number + 2]]
        if same == [True, True]:
            continue
        times = 1
        while number - times >= 0 and _said(turns[number - times]) == _said(turn):
            times += 1
        yield {**turn, "times": times}


def _said(turn: Entry) -> tuple[Any, ...]:
    return tuple(turn[name] for name in ("source", "action", "outcome", "key", "reason"))


def _versions(stack: Stack, name: str) -> Iterator[Entry]:
    client = stack.client("secretsmanager")
    try:
        asked: dict[str, Any] = {"SecretId": name, "IncludeDeprecated": True}
        while True:
            page = client.list_secret_version_ids(**asked)
            yield from map(_version, page["Versions"])
            if not page.get("NextToken"):
                return
            asked["NextToken"] = page["NextToken"]
    except client.exceptions.ResourceNotFoundException:
        return
    except client.exceptions.ClientError as error:
        if error.response["Error"]["Code"] not in _DENIED:
            raise
        say(f"the versions of secret {name} are left out: you may not read them (secretsmanager:ListSecretVersionIds)")


def _version(version: dict[str, Any]) -> Entry:
    labels = sorted(version.get("VersionStages", []))
    keys = [label for label in labels if label.startswith("A") and not label.startswith("AWS")]
    read = version.get("LastAccessedDate")
    return {
        "at": f"{version['CreatedDate'].astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "source": "secret",
        "action": "version",
        "key": keys[0] if keys else None,
        "message": f"{', '.join(labels) or 'no label'}{f'; last read on {read:%Y-%m-%d}' if read else ''}",
    }
