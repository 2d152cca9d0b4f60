"""The consumer of a key, as it is assumed to go on: it uses the key as often as the report suggests.

A key that was last used seven days before the start is taken to be used every seven days, one that was used within the
last day every day, and one that was not used for `unused_days` no more.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from keyturn.domain.access_key import LastUse

_A_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Consumer:
    """A program that uses a key regularly.

    Attributes:
        use: one of its uses, with the service that it uses.
        at: the moment of that use.
        every: how often it works.
        keys: the keys that it uses, the newest last, each from a moment on; the first from ever.
    """

    use: LastUse
    at: datetime
    every: timedelta
    keys: tuple[tuple[datetime | None, str], ...]

    @classmethod
    def of(cls, key_id: str, use: LastUse, start: datetime, unused: timedelta) -> "Consumer | None":
        """Tell the consumer of a key by its last use; None when there is none any more."""
        if use.at is None or start - use.at >= unused:
            return None
        return cls(use, use.at, max(_A_DAY, start - use.at), ((None, key_id),))

    def uses(self, key_id: str) -> bool:
        """Whether this is the key that it uses, or will use when it has fetched it."""
        return self.keys[-1][1] == key_id

    def takes(self, key_id: str, after: datetime) -> "Consumer":
        """Take over a successor, at the first work after a moment."""
        return replace(self, keys=(*self.keys, (self._work_from(after), key_id)))

    def since(self, key_id: str) -> datetime | None:
        """When it begins to use a successor."""
        return next((since for since, each in self.keys if each == key_id), None)

    def last_use(self, key_id: str, now: datetime) -> LastUse | None:
        """Its last use of a key, up to now."""
        for index, (since, each) in enumerate(self.keys):
            if each == key_id and (since is None or since <= now):
                until = self.keys[index + 1][0] if index + 1 < len(self.keys) else None
                # At the very moment of the change it works with the successor already.
                last = self._work_until(now if until is None or until > now else until - timedelta(seconds=1))
                return replace(self.use, at=last)
        return None

    def _work_until(self, moment: datetime) -> datetime:
        return self.at + (moment - self.at) // self.every * self.every

    def _work_from(self, moment: datetime) -> datetime:
        return self.at - (self.at - moment) // self.every * self.every
