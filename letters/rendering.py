"""Renders each letter's source twice, as text and as HTML with its styles inlined, with `$placeholders` left in."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import css_inline
import jinja2

SOURCES: Final = Path(__file__).parent
# The Lambda has no template engine, and may not have a compiled one: it fills what is rendered here.
RENDERED: Final = SOURCES.parent / "lambdas/keyturn/letters"
_SHARED: Final = ("layout", "markup")


def kinds() -> list[str]:
    """Name the letters that there are sources for."""
    return sorted(path.stem for path in SOURCES.glob("*.j2") if not path.name.startswith(_SHARED))


def rendered() -> Iterator[tuple[Path, str]]:
    """Render all letters; give each file with what belongs into it."""
    for kind in kinds():
        yield RENDERED / f"{kind}.txt", re.sub(r"\n{3,}", "\n\n", _rendered(kind, "txt"))
        yield RENDERED / f"{kind}.html", _inliner().inline(_rendered(kind, "html")).rstrip() + "\n"


def _rendered(kind: str, part: str) -> str:
    loader = jinja2.FileSystemLoader(SOURCES)
    environment = jinja2.Environment(
        loader=loader,
        autoescape=part == "html",  # noqa: S701 - the other part is plain text
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    shared = {"layout": f"layout.{part}.j2", "markup": f"markup.{part}.j2"}
    return environment.get_template(f"{kind}.j2").render(shared).strip() + "\n"


def _inliner() -> css_inline.CSSInliner:
    # What depends on the reader's screen can't be inlined, and mail programs that know it find it in the head.
    return css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
