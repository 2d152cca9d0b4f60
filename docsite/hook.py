"""What MkDocs does beside its own: the README is the home, and what pages link to in the repository comes along."""

from pathlib import Path, PurePosixPath
from typing import Final

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from docsite.places import PAGES, SOURCE, moved, place, targets

ROOT: Final = Path(__file__).parents[1]
# Material fetches it from another host where a page does not have it.
DIAGRAMS: Final = ROOT / "node_modules/@mermaid-js/tiny/dist/mermaid.tiny.js"
LANGUAGES: Final = {".py": "python", ".json": "json", ".toml": "toml"}
# Nobody looks for a page and wants to find a test.
_SOURCE_PAGE: Final = "---\nsearch:\n  exclude: true\n---\n# {name}\n\n{content}\n"


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that stand outside of `docs`, and what any page links to."""
    files.append(File.generated(config, "assets/mermaid.js", abs_src_path=str(DIAGRAMS)))
    waiting = ["README.md", *(PAGES + file.src_uri for file in files.documentation_pages())]
    seen = set(waiting)
    while waiting:
        path = waiting.pop()
        there = place(path, is_folder=(ROOT / path).is_dir())
        if there not in files.src_uris:
            files.append(File.generated(config, there, content=_content(path)))
        for target in _linked(path):
            if target not in seen and not target.startswith(f"{PAGES}images/"):
                seen.add(target)
                waiting.append(target)
    return files


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """Have the links of a page lead to where its targets are in the site."""
    path = repository_path(page.file.src_uri)
    return markdown if path is None else moved(path, markdown, lambda target: (ROOT / target).is_dir())


def repository_path(src_uri: str) -> str | None:
    """Give the file of which a page of the site is made; none for one that lists a folder or shows source."""
    home = "README.md" if src_uri == place("README.md") else src_uri
    made_of = (path for path in (PAGES + src_uri, home) if place(path) == src_uri and (ROOT / path).is_file())
    return next(made_of, None)


def _linked(path: str) -> list[str]:
    file = ROOT / path
    if file.is_dir():
        return [each.relative_to(ROOT).as_posix() for each in _entries(file)]
    return list(targets(path, file.read_text(encoding="utf-8"))) if path.endswith(".md") else []


def _entries(folder: Path) -> list[Path]:
    return sorted(each for each in folder.iterdir() if each.is_file() and not each.name.startswith("__"))


def _content(path: str) -> str:
    file = ROOT / path
    if file.is_dir():
        name = path.removeprefix(PAGES).capitalize() if path.startswith(PAGES) else path
        return _SOURCE_PAGE.format(name=name, content="\n".join(f"- {_entry(each)}" for each in _entries(file)))
    text = file.read_text(encoding="utf-8")
    if not place(path).startswith(SOURCE):
        return text
    language = LANGUAGES.get(PurePosixPath(path).suffix, "text")
    return _SOURCE_PAGE.format(name=path, content=f"~~~~~~ {language}\n{text}\n~~~~~~")


def _entry(file: Path) -> str:
    title = file.name
    if file.suffix == ".md":
        title = file.read_text(encoding="utf-8").split("\n", 1)[0].removeprefix("# ")
        return f"[{title}]({file.name})"
    return f"[{title}]({file.name}.md)"
