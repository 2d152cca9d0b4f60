"""The recording in the README is what the demo shows today, and asks nobody for anything."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from sandbox.demo.people import EVERY_SITUATION
from sandbox.places import CHECKOUT

NAMESPACE = "http://www.w3.org/2000/svg"
COMMITTED = CHECKOUT / "docs" / "images" / "demo.svg"
# What differs from run to run: this machine's speed, the day, the keys.
OTHERWISE = re.compile(r"\d+ s|20\d\d-.*|key AKIA….*")


def words(picture: Path) -> list[str]:
    """All that the picture says, without what differs from run to run."""
    texts = ET.parse(picture).getroot().iter(f"{{{NAMESPACE}}}text")  # noqa: S314 - our own file
    said = (re.sub(r"\s+", " ", "".join(text.itertext())).strip() for text in texts)
    return [OTHERWISE.sub("…", each) for each in said if each]


@pytest.fixture(scope="module")
def today(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording of the whole demo, as `make recording` makes it."""
    picture = tmp_path_factory.mktemp("recording") / "demo.svg"
    ended = subprocess.run(
        [sys.executable, "-m", "sandbox.demo", "--record", str(picture)],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return picture


def test_the_committed_recording_says_what_the_demo_says_today(today: Path) -> None:
    assert words(COMMITTED) == words(today), "`make recording` draws it anew"


def test_the_recording_tells_that_nothing_was_lost_and_everybody_is_in_it() -> None:
    said = words(COMMITTED)
    assert "Every promise was kept." in said
    story = " ".join(said)
    for figure in (
        "keys lost 0",
        "users locked out 0",
        "errors seen by programs 0 of",
        "days lived, one scheduled run",
    ):
        assert figure in story
    assert {person.name for person in EVERY_SITUATION} <= {word for each in said for word in each.split()}


def test_the_recording_asks_no_other_host_and_has_no_script() -> None:
    text = COMMITTED.read_text(encoding="utf-8")
    assert set(re.findall(r"[a-z]+://[^\"\s)<]+", text)) == {NAMESPACE}
    assert all(target.startswith("#") for target in re.findall(r"url\(([^)]*)\)", text))
    names = {element.tag.rpartition("}")[2] for element in ET.fromstring(text).iter()}  # noqa: S314 - our own file
    assert names == {"svg", "style", "defs", "clipPath", "rect", "g", "circle", "text"}
    assert "@import" not in text
    assert "@font-face" not in text


def test_the_recording_is_easily_read_on_its_own_background() -> None:
    text = COMMITTED.read_text(encoding="utf-8")
    colours = re.findall(r"-r\d+ \{ fill: (#[0-9a-f]{6})", text)
    (background,) = set(re.findall(r"\.curtain \{ fill: (#[0-9a-f]{6})", text))
    assert colours
    assert min(contrast(colour, background) for colour in colours) >= 4.5, "WCAG AA"


def contrast(one: str, other: str) -> float:
    """WCAG 2's contrast ratio of two colours."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
