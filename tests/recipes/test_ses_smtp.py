"""The SES recipe logs in with what is stored, and its page shows all that is."""

import json
from typing import Any

from keyturn.domain import tags
from tests.recipes.pages import blocks, page
from tests.recipes.stored import stored


class Mail:
    """Stands in for `smtplib`: a server that notes what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[object, ...]] = []

    def SMTP(self, host: str, port: int, timeout: float) -> "Mail":  # noqa: N802 - smtplib's own name
        assert timeout
        self.told.append(("connect", host, port))
        return self

    def starttls(self) -> None:
        self.told.append(("starttls",))

    def login(self, user: str, password: str) -> None:
        self.told.append(("login", user, password))


class Sdk:
    """Stands in for `boto3`, with one secret."""

    def __init__(self, value: dict[str, Any]) -> None:
        self._value = value

    def client(self, service: str, region_name: str) -> "Sdk":
        assert (service, region_name) == ("secretsmanager", "eu-west-1")
        return self

    def get_secret_value(self, SecretId: str) -> dict[str, str]:  # noqa: N803 - the SDK's own name
        assert SecretId == "keyturn/alice/access-key"
        return {"SecretString": json.dumps(self._value)}


def test_it_logs_in_over_tls_with_the_key_s_id_and_the_password() -> None:
    value = stored(ses_smtp="eu-west-1")
    (lines,) = blocks("ses-smtp", "python")
    names: dict[str, Any] = {}
    exec(lines, names)  # noqa: S102 - what the page says is what is tried
    mail = Mail()
    names["smtplib"], names["boto3"] = mail, Sdk(value)
    names["server_of"]("keyturn/alice/access-key", "eu-west-1")
    assert mail.told == [
        ("connect", "email-smtp.eu-west-1.amazonaws.com", 587),
        ("starttls",),
        ("login", value["AccessKeyId"], value["SesSmtpPassword"]),
    ]


def test_the_page_shows_the_fields_and_the_tag() -> None:
    (lines,) = blocks("ses-smtp", "json")
    assert list(json.loads(lines)) == list(stored(ses_smtp="eu-west-1"))
    assert f"Key={tags.SES_SMTP},Value=eu-west-1" in page("ses-smtp")
