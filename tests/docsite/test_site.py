"""The site is whole: it builds without a warning, each link leads somewhere, and nothing is fetched from elsewhere."""

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from infra.bundle import ROOT
from tests.shown import pages


class Seen(HTMLParser):
    """What a page of the site refers to: what it fetches by itself, and where its links lead."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fetched: set[str] = set()
        self.links: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.links.add(given.get("href", ""))
        elif tag == "link" and given.get("rel") in {"next", "prev", "canonical"}:
            self.links.add(given["href"])
        else:
            self.fetched |= {given[name] for name in ("src", "href", "srcset", "data") if name in given}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("site")
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(place)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    assert "WARNING" not in built.stderr
    return place


@pytest.fixture(scope="module")
def seen(site: Path) -> dict[Path, Seen]:
    return {page: Seen(page.read_text(encoding="utf-8")) for page in site.rglob("*.html") if page.name != "404.html"}


def test_every_page_of_the_repository_is_a_page_of_the_site(site: Path) -> None:
    for page in pages():
        name = page.removeprefix("docs/").removesuffix(".md").replace("README", "index")
        assert (site / f"{name}.html").exists() or (site / name / "index.html").exists(), page


def test_every_link_leads_to_a_page_of_the_site_and_a_place_on_it(site: Path, seen: dict[Path, Seen]) -> None:
    ids = {page: set(re.findall(r'\bid="?([^"\s>]+)', page.read_text(encoding="utf-8"))) for page in seen}
    for page, its in seen.items():
        for link in its.links:
            target = urlsplit(link)
            if target.scheme or not link:
                continue
            path = (page.parent / unquote(target.path)).resolve() if target.path else page
            path = path / "index.html" if path.is_dir() else path
            assert path.exists(), f"{page.relative_to(site)}: {link}"
            assert not target.fragment or unquote(target.fragment) in ids[path] | {"__skip"}, f"{page}: {link}"


def test_nothing_is_fetched_from_another_host(site: Path, seen: dict[Path, Seen]) -> None:
    for page, its in seen.items():
        assert not {target for target in its.fetched if urlsplit(target).netloc}, page
        text = page.read_text(encoding="utf-8")
        assert ('class="mermaid"' not in text) or "assets/mermaid.js" in text, page
    for style in site.rglob("*.css"):
        assert not re.findall(r"(?:url\(|@import)[\"' ]*(?:https?:)?//", style.read_text(encoding="utf-8"))


def test_no_markup_is_left_as_text(seen: dict[Path, Seen]) -> None:
    for page in seen:
        text = re.sub(r"<(pre|code|script|svg)\b.*?</\1>", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        article = text.partition("<article")[2].partition("</article>")[0]
        assert article, page
        assert not re.findall(r"```|^(?:<p>)?[-*] |\]\(|^\|", article, re.MULTILINE), page


def test_who_searches_finds_pages_and_no_source(site: Path) -> None:
    index = (site / "search" / "search_index.json").read_text(encoding="utf-8")
    assert '"location":"protocol/' in index
    assert '"location":"source/' not in index
