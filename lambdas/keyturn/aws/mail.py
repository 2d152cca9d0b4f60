"""The door to SES: letters to owners."""

from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TypedDict

from keyturn.aws.clients import Clients
from keyturn.aws.translation import asking


class _Through(TypedDict, total=False):
    ConfigurationSetName: str


class Mail:
    """SES, sending from one address; bounces are told to the configuration set's destination, if there is one."""

    def __init__(self, clients: Clients, sender: str, configuration_set: str | None) -> None:
        self._client = clients.ses
        self._sender = sender
        self._through: _Through = {"ConfigurationSetName": configuration_set} if configuration_set else {}

    def send(self, to: str, subject: str, text: str, html: str, at: datetime) -> None:
        """Send a letter to one address.

        SES's older API, since only that takes headers and parts as they are with a model half as large.

        Raises:
            AwsError: when SES did not take it.
        """
        message = EmailMessage(policy.SMTP)  # refuses line breaks in headers, and writes ASCII
        message["From"] = self._sender
        message["To"] = to
        message["Subject"] = subject
        message["Date"] = format_datetime(at)
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office notes in answer
        message.set_content(text)
        message.add_alternative(html, subtype="html")
        with asking("SendRawEmail"):
            self._client.send_raw_email(
                Source=self._sender,
                Destinations=[to],
                RawMessage={"Data": message.as_bytes()},
                **self._through,
            )
