"""What a secret's staging labels say: which key is stored in which version, and how far a rotation has come.

The access key ID is itself a label, so the rotator never has to read a secret's value:

    version T   AWSPENDING  before:P            an intent: a run is about to make a successor of P
    version V   AWSPENDING  K                   K is stored, not yet promoted
    version V   AWSPENDING  K   AWSCURRENT      K is promoted: a finished rotation
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

CURRENT: Final = "AWSCURRENT"
PENDING: Final = "AWSPENDING"
PREVIOUS: Final = "AWSPREVIOUS"

_BEFORE: Final = "before:"
_KEY_ID: Final = re.compile(r"A[A-Z0-9]{15,127}")
_TOKENS: Final = UUID("6b657974-7572-4e00-8000-000000000000")
# Of what a secret's name may hold, `=` is taken to write all other characters with, and `/` to part the name's folders.
_NEEDS_ESCAPE: Final = re.compile(r"[^A-Za-z0-9_+.@-]")
# IAM allows a path of 512 characters, Secrets Manager a tag's value of 256.
_LONGEST_TAG_VALUE: Final = 256
_NEEDS_ESCAPE_IN_TAG: Final = re.compile(r"[^A-Za-z0-9_+.@:/-]")


def before(key_id: str) -> str:
    """Name the label that says "this key was there when the intent was written"."""
    return _BEFORE + key_id


def secret_name(prefix: str, user_name: str) -> str:
    """Name a user's secret; two users never share one, and the end is never a hyphen and six characters."""
    return f"{prefix}{_escaped(_NEEDS_ESCAPE, user_name)}/access-key"


def _escaped(unwanted: re.Pattern[str], text: str) -> str:
    return unwanted.sub(lambda match: "".join(f"={byte:02X}" for byte in match[0].encode()), text)


def arn_as_tag(arn: str) -> str:
    """Write a user's ARN as a tag's value, which may hold no comma; an ARN too long for one goes without its path."""
    value = _escaped(_NEEDS_ESCAPE_IN_TAG, arn)
    if len(value) <= _LONGEST_TAG_VALUE:
        return value
    account, name = arn.partition("/")[0], arn.rpartition("/")[2]
    return _escaped(_NEEDS_ESCAPE_IN_TAG, f"{account}/{name}")


def arn_from_tag(value: str) -> str:
    """Read what `arn_as_tag` wrote."""
    return re.sub(r"=([0-9A-F]{2})", lambda match: chr(int(match[1], 16)), value)


def store_token(user_id: str, key_id: str) -> str:
    """Derive the version in which a key is stored: storing again, also by another process, is then a no-op."""
    return str(uuid5(_TOKENS, f"{user_id} stores {key_id}"))


def user_name_of(name: str, prefix: str) -> str:
    """Read a user's name off its secret's, as `secret_name` wrote it."""
    return arn_from_tag(name.removeprefix(prefix).removesuffix("/access-key"))


@dataclass(frozen=True)
class Version:
    """A version of a secret, without its value; `last_accessed` is a date, kept by Secrets Manager at midnight UTC."""

    id: str
    labels: frozenset[str]
    created: datetime | None = None
    last_accessed: datetime | None = None

    @property
    def key_id(self) -> str | None:
        """The access key that is stored here, if any."""
        return next(filter(_KEY_ID.fullmatch, sorted(self.labels)), None)


@dataclass(frozen=True)
class Secret:
    """A user's secret as `DescribeSecret` and `ListSecretVersionIds` show it.

    Attributes:
        deleted: since when the secret is scheduled for deletion, if it is.
    """

    arn: str
    name: str
    tags: Mapping[str, str] = field(default_factory=dict)
    versions: tuple[Version, ...] = ()
    deleted: datetime | None = None

    def holder(self, label: str) -> Version | None:
        """The version that holds a label; Secrets Manager allows one."""
        return next((version for version in self.versions if label in version.labels), None)

    @property
    def current_key(self) -> str | None:
        """The key that consumers are given; None while AWSCURRENT is on an intent: no credential yet."""
        current = self.holder(CURRENT)
        return current.key_id if current else None

    @property
    def open_intent(self) -> Version | None:
        """The version at which a rotation has stopped short, if one has."""
        pending = self.holder(PENDING)
        if pending and (pending.key_id is None or pending != self.holder(CURRENT)):
            return pending
        return None

    def knows(self, key_id: str) -> bool:
        """Whether the key is stored here, or was there before an intent: else its maker is unknown."""
        return bool(self.holder(key_id) or self.holder(before(key_id)))

    def labels_of_keys_other_than(self, key_ids: frozenset[str]) -> list[tuple[str, Version]]:
        """Labels that name keys outside `key_ids`, with their holders; the version that consumers read is left out."""
        return [
            (label, version)
            for version in self.versions
            if CURRENT not in version.labels
            for label in sorted(version.labels)
            if _KEY_ID.fullmatch(named := label.removeprefix(_BEFORE)) and named not in key_ids
        ]


def intent_token(user_id: str, secret: Secret | None) -> str:
    """Derive the next intent's version from all versions seen: two runs that saw the same collide on it.

    The secret may not exist yet, or hold no version.
    """
    seen = sorted(version.id for version in secret.versions) if secret else []
    return str(uuid5(_TOKENS, f"{user_id} after {' '.join(seen)}"))
