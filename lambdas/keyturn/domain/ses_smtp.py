"""The SMTP password of an access key: what SES takes instead of a signature from programs that speak SMTP."""

import base64
import hashlib
import hmac
from typing import Final

# AWS's published algorithm (SES developer guide, "Obtaining Amazon SES SMTP credentials by converting existing AWS
# credentials"): the chain of a version 4 signature, with a date that is none, over a fixed message.
_CHAIN: Final = ("11111111", "{region}", "ses", "aws4_request", "SendRawEmail")
_VERSION: Final = b"\x04"


def smtp_password(secret_access_key: str, region: str) -> str:
    """Derive the password for SES in one region; it is as secret as the key, and lives and dies with it."""
    signature = f"AWS4{secret_access_key}".encode()
    for link in _CHAIN:
        signature = hmac.digest(signature, link.format(region=region).encode(), hashlib.sha256)
    return base64.b64encode(_VERSION + signature).decode()
