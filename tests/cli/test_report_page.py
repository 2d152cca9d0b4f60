"""The page: one file that asks for nothing, in which whatever a user's tag or name holds is only text."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from keyturn_cli.reporting.deployed import gather
from keyturn_cli.reporting.document import document
from keyturn_cli.reporting.page import MOST_ROWS, report_page
from keyturn_cli.text import masked
from tests.cli.credential_report import START, Key, row, written
from tests.cli.lived import HOSTILE, LivedStack, an_account
from tests.cli.running import keyturn

# What makes a browser ask for something, in any element.
ASKING = {
    "src",
    "srcset",
    "action",
    "formaction",
    "poster",
    "data",
    "background",
    "ping",
    "manifest",
    "cite",
    "xlink:href",
}


class Tags(HTMLParser):
    """The elements of a page, with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def named(self, *names: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.found if tag in names]


@pytest.fixture(scope="module")
def whole() -> dict[str, Any]:
    stack = an_account()
    found: dict[str, Any] = masked(document(gather(stack, 90, stack.world.now)[0]))  # type: ignore[arg-type] # a stack in all that is asked of it
    return found


@pytest.fixture(scope="module")
def forecast(tmp_path_factory: pytest.TempPathFactory) -> str:
    place = tmp_path_factory.mktemp("forecast")
    rows = [row("alice", Key(60, used=0.3)), row("bob", Key(120, used=1), Key(30, used=0.5)), row("carol")]
    rows.append(row("dave", Key(100, used=1), Key(300, used=200, active=False)))
    from keyturn_cli.main import run  # noqa: PLC0415 - for this alone

    path = place / "forecast.html"
    assert run(["forecast", str(written(place, *rows)), "--start", START.isoformat(), "--report", str(path)]) == 0
    return path.read_text(encoding="utf-8")


@pytest.fixture(params=["report", "forecast"])
def page(request: pytest.FixtureRequest, whole: dict[str, Any]) -> str:
    text: str = report_page(whole) if request.param == "report" else request.getfixturevalue("forecast")
    return text


def test_the_policy_allows_the_pages_own_style_and_nothing_else(page: str) -> None:
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = [
        each["content"] for each in Tags(page).named("meta") if each.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert page.index("Content-Security-Policy") < page.index("<style>")


def test_nothing_in_the_page_asks_for_anything(page: str) -> None:
    tags = Tags(page)
    assert not tags.named("script", "link", "img", "image", "iframe", "object", "embed", "form", "use", "base", "video")
    for name, attributes in tags.found:
        assert not ASKING & set(attributes), name
        assert not [each for each in attributes if each.startswith("on") or each == "style"], name
        assert attributes.get("href", "#").startswith("#")
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert set(re.findall(r"url\(([^)]*)\)", style)) == {"#stripes", "#dots"}
    assert "@import" not in style
    assert not re.findall(r"(?:https?:)?//\w", page)


def test_links_lead_to_parts_of_the_page(page: str) -> None:
    tags = Tags(page)
    ids = [attributes["id"] for _, attributes in tags.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = {each["href"][1:] for each in tags.named("a")}
    assert targets <= set(ids)
    assert len(targets) >= 7


def test_every_drawing_says_in_words_what_it_shows(page: str) -> None:
    for drawing in Tags(page).named("svg"):
        inner = "viewbox" in drawing
        assert drawing.get("aria-hidden") == "true" or inner or (drawing["role"] == "img" and drawing["aria-label"])


def test_what_a_tag_holds_is_text_and_moves_nothing(whole: dict[str, Any]) -> None:
    page = report_page(whole)
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "\u202e" not in page


def test_hostile_names_stay_text_wherever_they_stand(whole: dict[str, Any]) -> None:
    names = {each["user"] for each in whole["users"]}

    def hostile(value: Any) -> Any:  # noqa: ANN401 - JSON
        match value:
            case str() if value in names:
                return value + HOSTILE
            case list():
                return [hostile(each) for each in value]
            case dict():
                return {name: hostile(each) for name, each in value.items()}
            case _:
                return value

    page = report_page(hostile(whole))
    assert "<script" not in page
    assert "\u202e" not in page
    assert [name for name, _ in Tags(page).found] == [name for name, _ in Tags(report_page(whole)).found]


def test_the_page_tells_what_the_document_tells(whole: dict[str, Any]) -> None:
    page = report_page(whole)
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "4 Active keys of 3 users are over the limit" in text
    for user in whole["users"]:
        assert user["user"] in text
    for rule in whole["controls"]["rules"]:
        assert f"{rule['title']}: {len(rule['failed'])} fail , {len(rule['passed'])} pass" in text
        for reference in rule["references"]:
            assert f"{reference['framework']} ({reference['versions']}): {reference['number']}" in text
    assert len(re.findall(r'<td class="day">[0-9-]{10} [0-9:]{5}</td>', page)) == len(whole["done"])
    assert 'vendor-printer</th><td class="day">2030-06-30</td><td class="number">50</td><td>yes' in page
    assert page.count('class="bar over"') == 1 + whole["figures"]["keys_over_limit"], "the legend has one, too"


def test_the_page_is_the_same_for_the_same_document(whole: dict[str, Any]) -> None:
    assert report_page(whole) == report_page(whole)


def test_of_many_deeds_the_newest_are_shown_and_the_rest_is_counted(whole: dict[str, Any]) -> None:
    deeds = [{**whole["done"][0], "message": f"deed {number:05d}"} for number in range(MOST_ROWS + 5)]
    page = report_page({**whole, "done": deeds})
    assert f"The newest {MOST_ROWS} of {MOST_ROWS + 5}" in page
    assert f"deed {MOST_ROWS + 4:05d}" in page
    assert "deed 00004" not in page


def test_an_empty_account_has_a_page_as_well() -> None:
    stack = LivedStack()
    empty = document(gather(stack, 90, stack.world.now)[0])  # type: ignore[arg-type] # as above
    page = report_page(empty)
    assert "No Active key is over the limit" in page
    assert "Nobody is blocked." in page
    assert "Nobody is exempt." in page
    assert "Nothing was done." in page


def test_two_hundred_users_make_a_page_that_can_be_mailed(whole: dict[str, Any]) -> None:
    many = [{**each, "user": f"{each['user']}-{number}"} for number in range(16) for each in whole["users"]]
    assert len(many) >= 200
    assert len(report_page({**whole, "users": many}).encode()) < 400_000


def test_a_forecasts_page_tells_before_and_after(forecast: str) -> None:
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", forecast))
    assert re.search(r"\d+ red days if nothing is done, \d+ with Keyturn", text)
    assert "TwoKeysInUse" in text
    assert "successor 1: " in forecast
    assert "AKIA" not in forecast
    assert "Today 2 fail , 1 pass. On 2030-11-28 1 fail , 2 pass." in text


def test_a_page_that_cannot_be_written_is_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    report = written(tmp_path, row("alice", Key(60, used=0.3)))
    ended = keyturn(capsys, "forecast", report, "--start", START.isoformat(), "--report", tmp_path / "no" / "x.html")
    assert (ended.code, ended.err.count("\n")) == (1, 1)
    assert "cannot be written" in ended.err
