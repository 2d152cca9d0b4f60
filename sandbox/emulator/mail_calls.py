"""SES: a letter is sent by an identity, which policies name, and from an address, which their conditions look at."""

import base64
from collections.abc import Callable
from contextlib import suppress
from email import message_from_bytes, policy
from typing import Any
from urllib.parse import parse_qs

from sandbox.emulator.upstream import extend, iam_actions, responses, ses

SENDING = "SendRawEmail"


def mend() -> None:
    """Find the identity that sends where ministack finds no resource."""
    extend(iam_actions, "extract_resource_arn", _resource_arn)


def _resource_arn(former: Callable[..., str], service: str, *request: Any) -> str:
    parameters = request[4]
    if service != "ses" or SENDING not in parameters.get("Action", ""):
        return former(service, *request)
    arn = f"arn:aws:ses:{responses.get_region()}:{responses.get_account_id()}:identity/"
    return arn + _identity(from_address({name: _first(values) for name, values in parameters.items()}))


def from_body(body: bytes) -> str:
    """Give the address that the call in this body sends from, the empty string when it sends nothing."""
    form = {name: values[0] for name, values in parse_qs(body.decode(errors="ignore")).items()}
    return from_address(form) if form.get("Action") == SENDING else ""


def from_address(form: dict[str, str]) -> str:
    """Give the address in the letter's own header, which `ses:FromAddress` is about (developer guide)."""
    with suppress(ValueError):
        letter = message_from_bytes(base64.b64decode(form.get("RawMessage.Data", "")), policy=policy.default)
        if sender := letter["From"]:
            return str(sender.addresses[0].addr_spec)
    return form.get("Source", "")


def _identity(address: str) -> str:
    """Give the most specific identity that is verified for an address; the address itself if there is none."""
    labels = address.partition("@")[2].split(".")
    domains = [".".join(labels[above:]) for above in range(len(labels) - 1)]
    return next((each for each in [address, *domains] if each in ses._identities), address)


def _first(values: Any) -> str:
    return str(values[0] if isinstance(values, list) else values)
