"""The fewest calls that could do each step as safely: each of them with the promise that needs it.

docs/protocol.md has the promises; a call is left out here if all of them would hold without it.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Need:
    """A call that a step cannot do without, so often, and why."""

    operation: str
    why: str
    times: int = 1


_SECRET: Final = Need(
    "describe_secret", "whose secret it is, whether it is about to be deleted, which key its consumers are given"
)
_VERSIONS: Final = Need(
    "list_secret_version_ids", "all versions ever made, which the lock is derived from, with their dates"
)
_KEYS: Final = Need("list_access_keys", "the keys, after the versions: that order is the lock")
_CREATE: Final = (
    Need("put_secret_value", "the intent (lock, write-ahead record, proof that the secret can be written); the key", 2),
    Need("create_access_key", "the successor"),
    Need("get_caller_identity", "proof that the key works and is this user's, before anybody is given it"),
    Need("update_secret_version_stage", "the promotion, a compare-and-swap"),
)
FEWEST: Final = {
    "a first rotation": (
        Need("describe_secret", "that there is no secret yet"),
        _KEYS,
        Need("create_secret", "only a secret that is there can have a version with a label"),
        *_CREATE,
    ),
    "a later rotation": (_SECRET, _VERSIONS, _KEYS, *_CREATE),
    "a deactivation": (
        Need(_SECRET.operation, f"{_SECRET.why}; after it, whether a rollback came in between", 2),
        Need(_VERSIONS.operation, "when the successor was stored, and whether anybody has fetched it"),
        Need(_KEYS.operation, "the keys; after it, whether another Active one is really left", 2),
        Need("get_access_key_last_used", "that the old key is idle, and that the new one is in use", 2),
        Need("tag_resource", "whose doing it is, noted before it is done: else no alarm may undo it"),
        Need("update_access_key", "the deactivation"),
    ),
    "a deletion": (
        _SECRET,
        _VERSIONS,
        _KEYS,
        Need("get_access_key_last_used", "that the key was not used since"),
        Need("delete_access_key", "the deletion"),
        Need("update_secret_version_stage", "its two labels, of which a secret can carry twenty", 2),
    ),
}


def fewest(step: str) -> Counter[str]:
    """Count the calls that a step cannot do without."""
    return Counter({need.operation: need.times for need in FEWEST[step]})
