"""Counts the requests that are sent to AWS, and those that AWS would not take so soon."""

import threading
from typing import TYPE_CHECKING, Any

from keyturn.aws.translation import THROTTLES

if TYPE_CHECKING:
    from boto3.session import Session


class Tally:
    """A count that all clients share; each attempt of the SDK is a request."""

    def __init__(self) -> None:
        self.sent = self.throttled = 0
        self._lock = threading.Lock()

    def listen(self, session: "Session") -> None:
        """Count what the session's clients will send; those that it has made already are not heard."""
        session.events.register("response-received", self._received)

    def count(self, code: str | None) -> None:
        """Count a request, by the code of its refusal if it was refused."""
        with self._lock:
            self.sent += 1
            self.throttled += code in THROTTLES

    def _received(self, parsed_response: dict[str, Any] | None, **_: object) -> None:
        # Of an answer, which may hold a secret, nothing but the code of a refusal is looked at.
        self.count(((parsed_response or {}).get("Error") or {}).get("Code"))
