"""The tags that Keyturn reads on IAM users and keeps on their secrets, and how their values are written."""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Final

from keyturn.domain.address import ADDRESS

# On an IAM user, set by its owner or by the platform team.
EXEMPT_UNTIL: Final = "keyturn:exempt-until"
MAX_AGE_DAYS: Final = "keyturn:max-age-days"
GRACE_DAYS: Final = "keyturn:grace-days"
OWNER: Final = "keyturn:owner"
GUARD_ALARM: Final = "keyturn:guard-alarm"
MANAGED: Final = "keyturn:managed"
SES_SMTP: Final = "keyturn:ses-smtp"

# On the user's secret, set by Keyturn. GUARD_ALARM and OWNER are mirrored there.
USER_ID: Final = "keyturn:user-id"
USER_ARN: Final = "keyturn:user-arn"
NEXT_REVIEW: Final = "keyturn:next-review"
GRACE_FROM: Final = "keyturn:grace-from"
DEACTIVATED_KEY: Final = "keyturn:deactivated-key"
DEACTIVATED_AT: Final = "keyturn:deactivated-at"
DEACTIVATED_BY: Final = "keyturn:deactivated-by"
GUARD_UNDONE: Final = "keyturn:guard-undone"
EXPOSED_KEY: Final = "keyturn:exposed-key"
EXPOSED_AT: Final = "keyturn:exposed-at"
QUARANTINED_KEY: Final = "keyturn:quarantined-key"
QUARANTINED_AT: Final = "keyturn:quarantined-at"

# A name of ours that is in neither was misspelt, or comes from another release.
ON_USERS: Final = frozenset({EXEMPT_UNTIL, MAX_AGE_DAYS, GRACE_DAYS, OWNER, GUARD_ALARM, MANAGED, SES_SMTP})
ON_SECRETS: Final = frozenset(
    {
        GUARD_ALARM,
        OWNER,
        USER_ID,
        USER_ARN,
        NEXT_REVIEW,
        GRACE_FROM,
        DEACTIVATED_KEY,
        DEACTIVATED_AT,
        DEACTIVATED_BY,
        GUARD_UNDONE,
        EXPOSED_KEY,
        EXPOSED_AT,
        QUARANTINED_KEY,
        QUARANTINED_AT,
    }
)
_OURS: Final = "keyturn:"

_LONGEST_ALARM_NAME: Final = 255
# The geography is left open: AWS opens new ones, and a user must not be held for that. A slip in the rest is found.
_REGION: Final = re.compile(r"[a-z]{2,4}(-[a-z]{2,4})?-(central|(north|south)?(east|west)|north|south)-[1-9][0-9]?")


class InvalidTag(ValueError):
    """A tag on an IAM user whose value can't be read; the sentence names the tag, the value and what is allowed."""

    def __init__(self, tag: str, value: str, allowed: str) -> None:
        super().__init__(f"tag {tag} is {value[:64]!r}: allowed is {allowed}")


class UnknownTag(InvalidTag):
    """A tag of Keyturn's on an IAM user whose name is not known: misspelt, or for another release."""

    def __init__(self, tag: str, known: frozenset[str]) -> None:
        ValueError.__init__(self, f"tag {tag[:128]} is not known: allowed are {', '.join(sorted(known))}")


def unknown(tags: Mapping[str, str], known: frozenset[str]) -> list[str]:
    """Name the tags of Keyturn's that are not among the known ones."""
    return sorted(name for name in tags if name.lower().startswith(_OURS) and name not in known)


def only_known(tags: Mapping[str, str]) -> None:
    """Look for names that a user's tags do not have here.

    Raises:
        UnknownTag: naming the first; an exemption that is misspelt must not fail open.
    """
    for name in unknown(tags, ON_USERS):
        raise UnknownTag(name, ON_USERS)


def days(tags: Mapping[str, str], tag: str, default: int, high: int) -> int:
    """Read a number of days from 1 to `high`.

    Raises:
        InvalidTag: when the value is anything else; the user is then held, since a guess could cut its key.
    """
    text = tags.get(tag)
    if text is None:
        return default
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 1 <= int(text) <= high:
        raise InvalidTag(tag, text, f"a whole number of days from 1 to {high}")
    return int(text)


def day(tags: Mapping[str, str], tag: str) -> date | None:
    """Read an ISO date such as 2026-12-31.

    Raises:
        InvalidTag: when the value is not one.
    """
    text = tags.get(tag)
    if text is None:
        return None
    # fromisoformat() takes week dates and dates without hyphens, too, in which a slip looks like another day.
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        with suppress(ValueError):
            return date.fromisoformat(text)
    raise InvalidTag(tag, text, "an ISO date such as 2026-12-31")


def alarm(tags: Mapping[str, str], tag: str) -> str | None:
    """Read an alarm's name.

    Raises:
        InvalidTag: when no alarm can have it; CloudWatch refuses to look for it, which would read like an outage.
    """
    name = tags.get(tag)
    if name is None or 1 <= len(name) <= _LONGEST_ALARM_NAME:
        return name
    raise InvalidTag(tag, name, f"the name of a CloudWatch alarm, of 1 to {_LONGEST_ALARM_NAME} characters")


def owner(tags: Mapping[str, str]) -> str | None:
    """Read the owner's e-mail address.

    Raises:
        InvalidTag: when it is none; that holds nobody, since only letters depend on it.
    """
    address = tags.get(OWNER)
    if not address or re.fullmatch(ADDRESS, address):
        return address or None
    raise InvalidTag(OWNER, address, "an e-mail address")


def region(tags: Mapping[str, str], tag: str) -> str | None:
    """Read a region of AWS.

    Raises:
        InvalidTag: when no region is called so; what is derived for it would be refused only once it is used.
    """
    text = tags.get(tag)
    if text is None or _REGION.fullmatch(text):
        return text
    raise InvalidTag(tag, text, "a region of AWS such as eu-west-1")


def moment(tags: Mapping[str, str], tag: str) -> datetime | None:
    """Read a moment that Keyturn wrote on a secret; None when it is absent or was edited into something unreadable."""
    try:
        return datetime.strptime(tags.get(tag, ""), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def count(tags: Mapping[str, str], tag: str) -> int:
    """Read a number that Keyturn counts up on a secret; 0 when it is absent or was edited into something unreadable."""
    text = tags.get(tag, "")
    return int(text) if re.fullmatch(r"[0-9]{1,3}", text) else 0


def written(at: datetime) -> str:
    """Write a moment as `moment` reads it: UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
