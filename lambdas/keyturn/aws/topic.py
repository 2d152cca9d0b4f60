"""The door to SNS: the topic that people subscribe to."""

import json
from collections.abc import Mapping

from keyturn.aws.clients import Clients
from keyturn.aws.translation import asking


class Topic:
    """A topic; without one nothing is sent."""

    def __init__(self, clients: Clients, arn: str | None) -> None:
        self._client = clients.sns
        self._arn = arn

    def send(self, subject: str, text: str, chat: Mapping[str, object]) -> None:
        """Publish a message, for each protocol in the form that its subscribers read.

        Args:
            subject: up to 100 ASCII characters on one line, as SNS demands for mail.
            text: for mail, queues and functions.
            chat: for HTTPS, by which chat applications subscribe; SNS takes both together up to 256 KB.

        Raises:
            AwsError: when the topic did not take it.
        """
        if self._arn is None:
            return
        with asking("Publish"):
            self._client.publish(
                TopicArn=self._arn,
                Subject=subject,
                MessageStructure="json",
                Message=json.dumps({"default": text, "https": json.dumps(chat)}),
            )
