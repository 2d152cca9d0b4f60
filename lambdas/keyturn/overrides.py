"""What is set otherwise for some accounts: the setting `accounts`, an object of accounts and their settings."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

from keyturn.kinds import Kind

# What a run in the account decides. Where secrets are and whose keys are in scope is in the accounts' roles, too.
ALLOWED: Final = (
    "mode",
    "max_age_days",
    "grace_days",
    "recovery_days",
    "idle_days",
    "unused_days",
    "in_use_at_deadline",
    "max_rotations_per_run",
    "concurrency",
    "guard_hours",
)
# All variables of a Lambda function may have 4 KB together (Lambda quotas); the other settings take about half of it.
_MOST_CHARACTERS: Final = 2_000
_ACCOUNTS: Final = re.compile(r"[0-9]{12}(?: +[0-9]{12})*")


def _canonical(text: str) -> str:
    """Check the form, and write it as it goes into the environment; what is set is checked with all other settings."""
    written = json.dumps(dict(_pairs(text)), sort_keys=True, separators=(",", ":"))
    if len(written) > _MOST_CHARACTERS:
        raise ValueError(text)
    return written


def _pairs(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    block = json.loads(text)
    if not isinstance(block, dict):
        raise ValueError(text)  # noqa: TRY004 - what a kind's reader raises
    seen: set[str] = set()
    for accounts, settings in block.items():
        named = accounts.split()
        if not _ACCOUNTS.fullmatch(accounts) or seen.intersection(named) or len({*named}) < len(named):
            raise ValueError(text)
        if not isinstance(settings, dict) or not settings.keys() <= {*ALLOWED}:
            raise ValueError(text)
        seen.update(named)
        yield accounts, {name: _text(value) for name, value in settings.items()}


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int):
        return json.dumps(value)
    raise ValueError(value)


def of(account: str, accounts: str | None) -> Mapping[str, str]:
    """Give what is set for an account alone, as text."""
    block: dict[str, dict[str, str]] = json.loads(accounts or "{}")
    return next((settings for named, settings in block.items() if account in named.split()), {})


def named(accounts: str | None) -> Iterator[str]:
    """Give one account of each entry, for which what is set can be checked."""
    yield from (each.split()[0] for each in json.loads(accounts or "{}"))


KIND: Final = Kind(
    _canonical,
    'an object such as {"444455556666 777788889999": {"mode": "observe"}} of accounts, each named once, and of these '
    f"settings: {', '.join(ALLOWED)}; of {_MOST_CHARACTERS:,} characters at most",
)
