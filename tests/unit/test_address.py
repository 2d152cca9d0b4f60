"""An owner's address is one that SES takes, and none that could be read as more than one address, or as a header."""

import pytest

from keyturn.domain import tags as tag


@pytest.mark.parametrize(
    "address",
    [
        "alice@example.com",
        "a.l.i.c.e+keys=aws@mail.eu.example.co.uk",
        "x_y-z@example.com",
        "alice@xn--bcher-kva.example",
        "o'hara@example.com",
        "a" * 64 + "@example.com",
    ],
)
def test_an_address_is_read_as_it_is(address: str) -> None:
    assert tag.owner({tag.OWNER: address}) == address


@pytest.mark.parametrize("tags", [{}, {tag.OWNER: ""}])
def test_a_user_may_have_no_owner(tags: dict[str, str]) -> None:
    assert tag.owner(tags) is None


@pytest.mark.parametrize(
    "text",
    [
        "alice",
        "alice@",
        "@example.com",
        "alice@localhost",
        "alice@example",
        "alice@10.0.0.1",
        "alice@-example.com",
        "alice@example..com",
        "alice@example.com.",
        ".alice@example.com",
        "al..ice@example.com",
        "alice@example.com bob@example.com",
        "alice@example.com,bob@example.com",
        "alice@example.com;bob@example.com",
        "Alice <alice@example.com>",
        '"alice"@example.com',
        "alice@bob@example.com",
        "alice@example.com\r\nBcc: mallory@example.com",
        "alice@example.com\n",
        " alice@example.com",
        "älice@example.com",
        "alice@exämple.com",
        "a" * 65 + "@example.com",
        "a@" + "b" * 64 + ".com",
        "a@" + "b." * 130 + "com",
    ],
)
def test_anything_else_is_refused_and_named(text: str) -> None:
    with pytest.raises(tag.InvalidTag, match=r"tag keyturn:owner is .*: allowed is an e-mail address"):
        tag.owner({tag.OWNER: text})
