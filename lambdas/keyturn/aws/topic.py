"""The door to SNS: the topic that people subscribe to."""

from keyturn.aws.clients import Clients
from keyturn.aws.translation import asking


class Topic:
    """A topic; without one nothing is sent."""

    def __init__(self, clients: Clients, arn: str | None) -> None:
        self._client = clients.sns
        self._arn = arn

    def send(self, subject: str, text: str) -> None:
        """Publish a message as plain text.

        Args:
            subject: up to 100 ASCII characters on one line, as SNS demands for mail.
            text: up to 256 KB.

        Raises:
            AwsError: when the topic did not take it.
        """
        if self._arn is None:
            return
        with asking("Publish"):
            self._client.publish(TopicArn=self._arn, Subject=subject, Message=text)
