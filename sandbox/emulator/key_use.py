"""The last use of an access key: day and minute, region and service, kept with the key itself."""

import time
from dataclasses import dataclass

from sandbox.emulator.upstream import Record

# "When an access key is used more than once in a 15-minute span, only the first use is recorded" (credential reports).
SPAN_SECONDS = 15 * 60


@dataclass(frozen=True)
class KeyUse:
    """One use, as GetAccessKeyLastUsed and the credential report show it."""

    date: str
    region: str
    service: str
    at: float = 0.0


NEVER = KeyUse(date="N/A", region="N/A", service="N/A")


def last_use(key: Record) -> KeyUse:
    """Give the last use of a key."""
    use: KeyUse = key.get("LastUse", NEVER)
    return use


def record_use(key: Record, *, region: str, service: str) -> None:
    """Remember that a call was accepted that this key had signed."""
    now = time.time()
    if now - last_use(key).at < SPAN_SECONDS:
        return
    minute = time.strftime("%Y-%m-%dT%H:%M:00Z", time.gmtime(now))
    key["LastUse"] = KeyUse(date=minute, region=region, service=service, at=now)
