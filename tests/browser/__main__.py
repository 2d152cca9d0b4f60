"""`python -m tests.browser`: takes the README's picture of the report anew."""

import tempfile
from pathlib import Path
from typing import Final

from tests.browser.pages import chromium, write_report

PICTURE: Final = Path(__file__).parents[2] / "docs" / "images" / "report.png"
_WIDTH: Final = 940


def take() -> None:
    """Take the picture of the report's first screens, down to the end of the timeline."""
    with tempfile.TemporaryDirectory() as place, chromium() as browser:
        page = browser.new_page(viewport={"width": _WIDTH, "height": 800}, color_scheme="light")
        page.goto(write_report(Path(place) / "report.html").as_uri())
        end = page.eval_on_selector("#holds", "heading => heading.getBoundingClientRect().top")
        clip = {"x": 0, "y": 0, "width": _WIDTH, "height": end}
        page.screenshot(path=PICTURE, full_page=True, clip=clip)  # type: ignore[arg-type] # its four numbers


if __name__ == "__main__":
    take()
