"""Letters are what their sources say, tell all that there is to tell, and nothing in them is taken for markup."""

import re
from datetime import timedelta
from html.parser import HTMLParser
from string import Template
from typing import Any

import pytest

from keyturn.domain.access_key import LastUse, User
from keyturn.domain.letter import Kind, contents
from keyturn.letters import write
from keyturn.settings import Settings
from letters.rendering import RENDERED, kinds, rendered
from tests.builders import NOW, ago
from tests.unit.outcomes import outcome

HOSTILE = {
    "markup": "<script>alert(1)</script><img src=https://example.com/x>\"'&amp;",
    "headers": "alice\r\nBcc: mallory@example.com\r\n\r\n<html>",
    "placeholders": "$secret_arn ${user} $$ $",
    "words of other scripts": "Älice Ωμέγα 日本語 🔑",
    "turned words": "alice\u202etxt.exe\u0000\u001b[31m\u2028next",
    "emptiness": "",
    "length": "x" * 5000,
}
NAMES = sorted(contents(outcome("CreateKey", "Done"), LastUse(), Settings().policy, NOW))
# What mail programs agree on; nothing of it loads or runs anything.
ELEMENTS = {
    *("html", "head", "style", "meta", "title", "body", "main", "h1", "p", "table", "tbody", "tr", "th", "td", "pre"),
    "footer",
}


class Page(HTMLParser):
    """An HTML part, as a mail program sees it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize(("path", "text"), list(rendered()), ids=lambda each: getattr(each, "name", ""))
def test_the_templates_are_what_their_sources_render_to(path: Any, text: str) -> None:  # noqa: ANN401 - a path
    assert path.read_text(encoding="utf-8") == text, "run 'make letters'"


def test_there_are_as_many_templates_as_kinds() -> None:
    assert sorted(Kind) == kinds()
    files = {path.name for path in RENDERED.iterdir() if path.is_file()}
    assert files == {"__init__.py"} | {f"{kind}.{part}" for kind in Kind for part in ("txt", "html")}


@pytest.mark.parametrize("part", ["txt", "html"])
@pytest.mark.parametrize("kind", Kind)
def test_a_template_asks_for_nothing_that_no_outcome_tells(kind: str, part: str) -> None:
    asked = set(Template((RENDERED / f"{kind}.{part}").read_text(encoding="utf-8")).get_identifiers())
    assert asked <= set(NAMES)
    assert {"user", "account"} <= asked


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("kind", Kind)
def test_whatever_a_letter_tells_stays_text(kind: Kind, text: str) -> None:
    harmless = write(kind, dict.fromkeys(NAMES, "word"))
    letter = write(kind, dict.fromkeys(NAMES, text))
    assert len(letter.subject.splitlines()) == 1
    assert len(letter.text.splitlines()) == len(harmless.text.splitlines())
    page = Page(letter.html)
    assert page.elements == Page(harmless.html).elements
    assert page.attributes == Page(harmless.html).attributes
    shown = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    for seen in (letter.subject, letter.text, page.text):
        assert shown in seen
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u2028\u202e]", seen)


@pytest.mark.parametrize("kind", Kind)
def test_the_html_part_is_plain_and_loads_nothing(kind: Kind) -> None:
    letter = write(kind, dict.fromkeys(NAMES, "word"))
    page = Page(letter.html)
    assert set(page.elements) <= ELEMENTS
    assert ("lang", "en") in page.attributes
    assert not {name for name, _ in page.attributes if name.startswith("on") or name in {"src", "href"}}
    assert "://" not in letter.html
    assert "prefers-color-scheme: dark" in letter.html
    assert page.elements.count("h1") == 1
    assert page.attributes.count(("scope", "row")) == page.elements.count("th")


@pytest.mark.parametrize("kind", Kind)
def test_both_parts_say_the_same(kind: Kind) -> None:
    letter = write(kind, {name: f"the-{name}" for name in NAMES})
    said = Page(letter.html).text
    assert letter.subject in said
    for name in NAMES:
        assert (f"the-{name}" in letter.text) == (f"the-{name}" in said.replace(letter.subject, "")), name


@pytest.mark.parametrize("user", ["svc-a", "svc,eu@example.com", "a=b+c._-"])
def test_a_subject_names_its_user(user: str) -> None:
    for kind in Kind:
        assert user in write(kind, {**dict.fromkeys(NAMES, "word"), "user": user}).subject


def told(action: str, **changes: Any) -> dict[str, str]:  # noqa: ANN401 - an outcome's own
    use = LastUse(ago(1), "s3", "eu-west-1")
    return contents(outcome(action, "Done", **changes), use, Settings().policy, NOW)


def test_a_letter_tells_where_the_secret_is_and_how_long_the_old_key_works_for_sure() -> None:
    said = told("CreateKey")
    assert said["secret_name"] == "keyturn/alice/access-key"
    assert said["secret_arn"].endswith(":secret:keyturn/alice/access-key-AbCdEf")
    assert said["region"] == "eu-west-1"
    assert said["until"] == "2030-06-15 05:00 UTC", "grace ends an hour later, but runs wander"
    assert (said["service"], said["used_region"], said["used_at"]) == ("s3", "eu-west-1", "2030-05-31 06:00 UTC")


def test_a_letter_promises_no_rollback_for_the_minutes_in_which_a_key_is_deleted() -> None:
    assert told("DeactivateKey")["until"] == "2030-06-15 05:40 UTC"


def test_a_letter_holds_no_key_id_in_full() -> None:
    said = told("DeactivateKey", message="key AKIAFAKE000000000001 is idle, and AKIAFAKE000000000002 in its place")
    assert said["key"] == "AKIA…XXXX"
    assert said["message"] == "key AKIA…0001 is idle, and AKIA…0002 in its place"
    assert not re.search(r"AKIA[A-Z0-9]{5}", repr(said))


@pytest.mark.parametrize(
    ("setting", "tags", "sentence"),
    [
        ("hold", {}, "As long as it is in use it stays Active"),
        ("deactivate", {}, "It is deactivated before it is 90 days old, in use or not."),
        ("deactivate", {"keyturn:max-age-days": "60"}, "It is deactivated before it is 60 days old"),
        ("deactivate", {"keyturn:max-age-days": "none"}, "It is deactivated before it is 90 days old"),
    ],
)
def test_a_letter_says_what_becomes_of_a_key_in_use(setting: str, tags: dict[str, str], sentence: str) -> None:
    held = outcome("Hold", "Held")
    user = User("alice", "AIDA", "arn:aws:iam::111122223333:user/alice", "/", NOW - timedelta(days=400), tags)
    policy = Settings.parse({"in_use_at_deadline": setting}).policy
    said = contents(type(held).of(user, held.action, held.result), LastUse(), policy, NOW)
    assert said["when_in_use"].startswith(sentence)
