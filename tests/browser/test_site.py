"""What a browser makes of the site of the pages: it draws the diagrams, and asks nobody else for anything."""

import functools
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser

from infra.bundle import ROOT


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing of it."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's own name
        """Be silent."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    place = tmp_path_factory.mktemp("site")
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(place)]
    subprocess.run(build, cwd=ROOT, check=True)
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(place))) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


PAGES = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md")}
DRAWN = {name: diagrams for name, text in PAGES.items() if (diagrams := text.count("```mermaid\n"))}


@pytest.mark.parametrize("name", DRAWN)
def test_the_diagrams_are_drawn_and_no_other_host_is_asked(browser: Browser, address: str, name: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{address}{name}/")
    # Material draws into a shadow of its own, which is closed: what was text becomes a box that is high.
    page.wait_for_function(f"document.querySelectorAll('div.mermaid').length === {DRAWN[name]}")
    assert page.eval_on_selector_all("div.mermaid", "all => all.every(each => each.clientHeight > 50)")
    page.goto(address)
    page.wait_for_load_state("networkidle")
    assert page.eval_on_selector("img[src$='demo.svg']", "image => image.complete && image.naturalWidth > 500")
    context.close()
    assert complaints == []
    assert f"{address}assets/mermaid.js" in asked
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []
