"""What SES takes as an SMTP password, by the SDK's own signer: a second opinion on how it is derived."""

import base64
import re
from functools import cache

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials


@cache
def smtp_password(secret: str, region: str) -> str:
    """The signature of a message that says SendRawEmail on a day that is none, and the version of the algorithm."""
    request = AWSRequest()
    request.context["timestamp"] = "11111111T000000Z"
    signature = SigV4Auth(Credentials("AKIAFAKE", secret), "ses", region).signature("SendRawEmail", request)
    return base64.b64encode(b"\x04" + bytes.fromhex(signature)).decode()


def telltale(password: str) -> str:
    """The longest part of a password without a character that may be escaped."""
    return max(re.split(r"[+/=]", password), key=len)
