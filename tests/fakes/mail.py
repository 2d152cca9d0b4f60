"""The mail around the keys: SES, and the letters that it took."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import lru_cache

from tests.fakes.account import Account
from tests.fakes.calls import Caller, Params, Response, ServiceError, operation


@operation("ses", mutating=True)
def send_raw_email(account: Account, _caller: Caller, params: Params) -> Response:
    """SES takes letters from identities that are verified, and as long as an account is new, to such alone."""
    concerned = [params["Source"], *(params["Destinations"] if account.mail_sandboxed else ())]
    if unverified := [address for address in concerned if not _verified(account, address)]:
        raise ServiceError(
            "MessageRejected",
            "Email address is not verified. The following identities failed the check in region "
            f"{account.region.upper()}: {', '.join(unverified)}",
        )
    account.letters.append(dict(params))
    return {"MessageId": f"fake-letter-{len(account.letters)}"}


def _verified(account: Account, address: str) -> bool:
    return bool({address, address.partition("@")[2]} & account.mail_identities)


def opened(letter: Params) -> EmailMessage:
    """A letter that SES took, as its reader's mail program reads it."""
    return _message(letter["RawMessage"]["Data"])


def content(letter: Params) -> str:
    """All that stands in a letter, its parts decoded."""
    return _content(letter["RawMessage"]["Data"])


def _message(data: bytes) -> EmailMessage:
    return message_from_bytes(data, policy=policy.default)


@lru_cache  # what is searched for secrets is searched at every call
def _content(data: bytes) -> str:
    message = _message(data)
    parts = [part.get_content() for part in message.walk() if not part.is_multipart()]
    return "\n".join([*(f"{name}: {value}" for name, value in message.items()), *parts])
