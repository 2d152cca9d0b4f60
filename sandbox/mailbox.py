"""The mailbox of everybody: an SMTP server on the loopback, to which the emulator's SES delivers."""

import itertools
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Mailbox:
    """Keeps the mail that came as files that any mail program opens."""

    def __init__(self, place: Path, port: int) -> None:
        self.place, self.address = place, f"127.0.0.1:{port}"
        self.place.mkdir()
        self._numbers = itertools.count(1)
        self._server = Controller(self, hostname="127.0.0.1", port=port)
        self._server.start()

    def close(self) -> None:
        """Take no more."""
        self._server.stop()

    def mail(self) -> list[EmailMessage]:
        """Give all that came, the oldest first; the header X-Envelope-To says for whom."""
        files = sorted(self.place.glob("*.eml"))
        return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]

    def mail_to(self, address: str) -> list[EmailMessage]:
        """Give what came for an address."""
        return [letter for letter in self.mail() if letter["X-Envelope-To"] == address]

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's own name
        """Keep a mail once for each of its recipients."""
        for recipient in envelope.rcpt_tos:
            file = self.place / f"{next(self._numbers):05}"
            file.write_bytes(b"X-Envelope-To: " + recipient.encode() + b"\r\n" + (envelope.original_content or b""))
            file.rename(file.with_suffix(".eml"))  # whole or not at all, for whoever looks
        return "250 kept"
