"""What a browser makes of the pages: both schemes, all widths, paper, the keyboard, and a screen reader's rules."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped] # it comes without types
from playwright.sync_api import Browser, Page

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
WIDE, TABLET, PHONE = 1280, 768, 360


@dataclass
class Opened:
    """A page in a browser, with what it asked for and what the browser complained about."""

    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def colour(self, selector: str, of: str) -> str:
        return str(self.page.eval_on_selector(selector, f"element => getComputedStyle(element)['{of}']"))


@contextmanager
def opened(browser: Browser, path: Path, *, scheme: Scheme = "light", width: int = WIDE) -> Iterator[Opened]:
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
    it = Opened(context.new_page())
    it.page.on("request", lambda request: it.asked.append(request.url))
    it.page.on("console", lambda message: it.complaints.append(message.text))
    it.page.on("pageerror", lambda error: it.complaints.append(str(error)))
    it.page.goto(path.as_uri())
    try:
        yield it
    finally:
        context.close()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_page_asks_for_itself_alone_and_the_browser_has_no_complaint(
    browser: Browser, page_file: Path, scheme: Scheme
) -> None:
    with opened(browser, page_file, scheme=scheme) as it:
        assert it.asked == [page_file.as_uri()]
        assert it.complaints == []


def test_the_style_sheet_is_let_through_by_the_pages_own_policy(browser: Browser, page_file: Path) -> None:
    with opened(browser, page_file) as it:
        assert it.colour(".verdict", "border-left-width") == "8px"


def test_what_the_policy_forbids_the_browser_refuses(browser: Browser, page_file: Path, tmp_path: Path) -> None:
    """The check above can fail: a style of an element's own, a script and a picture from elsewhere get nowhere."""
    smuggled = "<p id=x style='color: rgb(1, 2, 3)'></p><script>document.title='owned'</script><img src='x.png'>"
    path = tmp_path / "smuggled.html"
    path.write_text(page_file.read_text(encoding="utf-8").replace("<main>", f"<main>{smuggled}"), encoding="utf-8")
    with opened(browser, path) as it:
        assert it.colour("#x", "color") != "rgb(1, 2, 3)"
        assert it.page.title() != "owned"
        assert it.page.eval_on_selector("main img", "image => image.naturalWidth") == 0
        assert len(it.complaints) == 3


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_axe_finds_nothing(browser: Browser, page_file: Path, scheme: Scheme, width: int) -> None:
    with opened(browser, page_file, scheme=scheme, width=width) as it:
        found = Axe().run(it.page)
        assert found.violations_count == 0, found.generate_report()
        assert len(found.response["passes"]) >= 20


def test_axe_would_find_something(browser: Browser, page_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "faulty.html"
    text = page_file.read_text(encoding="utf-8")
    path.write_text(text.replace('<html lang="en">', "<html>").replace('role="img" ', ""), encoding="utf-8")
    with opened(browser, path) as it:
        assert "html-has-lang" in {each["id"] for each in Axe().run(it.page).response["violations"]}


def test_dark_is_dark_and_light_is_light(browser: Browser, page_file: Path) -> None:
    with opened(browser, page_file, scheme="light") as it:
        assert it.colour("body", "backgroundColor") == "rgb(255, 255, 255)"
    with opened(browser, page_file, scheme="dark") as it:
        assert it.colour("body", "backgroundColor") == "rgb(13, 17, 23)"


def test_paper_is_light_even_for_who_likes_it_dark(browser: Browser, page_file: Path) -> None:
    with opened(browser, page_file, scheme="dark") as it:
        it.page.emulate_media(media="print", color_scheme="dark")
        assert it.colour("body", "backgroundColor") == "rgb(255, 255, 255)"
        assert it.colour("nav", "display") == "none"
        assert it.colour(".bar.current", "printColorAdjust") == "exact"
        assert it.page.pdf(format="A4").startswith(b"%PDF")


@pytest.mark.parametrize("width", [WIDE, TABLET, PHONE, 320])
def test_no_width_makes_the_page_scroll_sideways(browser: Browser, page_file: Path, width: int) -> None:
    with opened(browser, page_file, width=width) as it:
        assert it.page.evaluate("document.documentElement.scrollWidth") <= width
        boxes = it.page.eval_on_selector_all(
            "h1, h2, h3, .verdict, .figures div", "all => all.map(e => e.getBoundingClientRect().right)"
        )
        assert max(boxes) <= width


@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_labels_of_drawings_do_not_lie_on_each_other(browser: Browser, page_file: Path, width: int) -> None:
    script = """drawings => drawings.flatMap(drawing => {
      const all = [...drawing.querySelectorAll('text')].map(each => each.getBoundingClientRect());
      const boxes = all.filter(box => box.width);
      return boxes.flatMap((one, index) => boxes.slice(index + 1).filter(other =>
        one.left < other.right && other.left < one.right && one.top + 2 < other.bottom && other.top + 2 < one.bottom));
    }).length"""
    with opened(browser, page_file, width=width) as it:
        assert it.page.eval_on_selector_all("svg", script) == 0


def test_bars_are_drawn_where_they_can_be_seen(browser: Browser, page_file: Path) -> None:
    with opened(browser, page_file) as it:
        sizes = it.page.eval_on_selector_all(
            ".life .bar", "all => all.map(e => [e.getBoundingClientRect().width, e.getBoundingClientRect().height])"
        )
        assert len(sizes) > 5
        assert min(width for width, _ in sizes) > 0.5
        assert {height for _, height in sizes} == {4, 10}


def test_the_keyboard_reaches_every_link_and_every_table_that_scrolls(browser: Browser, page_file: Path) -> None:
    with opened(browser, page_file, width=PHONE) as it:
        reachable = it.page.locator("a, [tabindex='0']").count()
        assert reachable >= 8
        order = "[...document.querySelectorAll('a, [tabindex=\"0\"]')].indexOf(document.activeElement)"
        for number in range(reachable):
            it.page.keyboard.press("Tab")
            assert it.page.evaluate(order) == number
            assert it.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_the_skip_link_leads_to_the_verdict(browser: Browser, page_file: Path) -> None:
    with opened(browser, page_file) as it:
        it.page.keyboard.press("Tab")
        it.page.keyboard.press("Enter")
        it.page.wait_for_url("**#verdict")


def test_what_a_tag_holds_is_seen_as_text(browser: Browser, report: Path) -> None:
    with opened(browser, report) as it:
        assert it.page.locator("script").count() == 0
        assert "<script>alert(1)</script>" in it.page.locator("#holds ~ .scroll").first.inner_text()
