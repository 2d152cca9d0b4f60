"""The mailbox of everybody: an SMTP server on the loopback, to which the emulator's SES delivers."""

from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Mailbox:
    """Keeps the mail that came, as it came."""

    def __init__(self, port: int) -> None:
        self._kept: list[bytes] = []
        self.address = f"127.0.0.1:{port}"
        self._server = Controller(self, hostname="127.0.0.1", port=port)
        self._server.start()

    def close(self) -> None:
        """Take no more."""
        self._server.stop()

    def mail_to(self, address: str) -> list[EmailMessage]:
        """Give what came for an address, the oldest first, as a mail program would read it."""
        letters = [message_from_bytes(content, policy=policy.default) for content in tuple(self._kept)]
        return [letter for letter in letters if letter["X-Kept-For"] == address]

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's own name
        """Keep a mail once for each of its recipients."""
        content = envelope.original_content or b""
        self._kept += [b"X-Kept-For: " + recipient.encode() + b"\r\n" + content for recipient in envelope.rcpt_tos]
        return "250 kept"
