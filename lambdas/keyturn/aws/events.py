"""The door to EventBridge: tells others what happened."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from keyturn.aws.clients import Clients
from keyturn.aws.translation import asking
from keyturn.domain.refusal import Refused

if TYPE_CHECKING:
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef

SOURCE = "keyturn"


class Events:
    """An event bus; without one nothing is sent."""

    def __init__(self, clients: Clients, bus: str | None) -> None:
        self._client = clients.events
        self._bus = bus

    def send(self, detail_type: str, detail: Mapping[str, object], resources: list[str]) -> None:
        """Send one event.

        Raises:
            AwsError: when the bus did not take it.
        """
        if self._bus is None:
            return
        entry: PutEventsRequestEntryTypeDef = {
            "Source": SOURCE,
            "DetailType": detail_type,
            "Detail": json.dumps(detail),
            "Resources": resources,
            "EventBusName": self._bus,
        }
        with asking("PutEvents"):
            answer = self._client.put_events(Entries=[entry])
        if answer.get("FailedEntryCount"):
            raise Refused("PutEvents", answer["Entries"][0].get("ErrorCode", "Unknown"))
