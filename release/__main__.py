"""The rehearsal of a release: everything is made and checked, nothing is published, and what is left to do is said."""

import hashlib
import shutil
import sys
from pathlib import Path
from typing import Final

from keyturn import __version__
from release import packages, sbom
from release.changelog import Section, read
from release.git import git, tag_of
from release.installing import try_out
from release.parts import ROOT
from release.readiness import obstacles

NOTES: Final = "NOTES.md"
SUMS: Final = "SHA256SUMS"


def rehearse(target: Path) -> int:
    """Make everything that a release consists of; answer an exit status."""
    if found := list(obstacles(ROOT, __version__)):
        print(
            "\n".join([f"There is no release of {__version__} now:", *(f"- {each}" for each in found)]), file=sys.stderr
        )
        return 1
    shutil.rmtree(target, ignore_errors=True)
    built = packages.build(ROOT, target)
    (wheel,) = (package for package in built if package.suffix == ".whl")
    if (said := try_out(wheel)) != __version__:
        print(f"{wheel.name} says that it is version {said}", file=sys.stderr)
        return 1
    lists = sbom.write(target)
    section = read(ROOT)[0]
    commit = git(ROOT, "rev-parse", "HEAD")
    (target / NOTES).write_text(notes(section, commit), encoding="utf-8")
    (target / SUMS).write_text(sums([*built, *lists]), encoding="utf-8")
    print(f"In {target.relative_to(ROOT)}, of commit {commit[:12]}:")
    print("".join(f"  {path.name}\n" for path in sorted(target.iterdir())))
    print("Nothing was published. What is left to do:")
    print("".join(f"  {number}. {step}\n" for number, step in enumerate(left_to_do(section, built, commit), 1)), end="")
    return 0


def notes(section: Section, commit: str) -> str:
    """The page of a release: what the changelog says of it."""
    return f"# Keyturn {section.version}\n\n{section.notes}\n\nBuilt from commit {commit}.\n"


def sums(files: list[Path]) -> str:
    """Checksums as `sha256sum --check` reads them."""
    return "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(files))


def left_to_do(section: Section, built: list[Path], commit: str) -> list[str]:
    """What only a person does."""
    dated = [] if section.released else [f"in CHANGELOG.md, give {section.version} its day, commit, rehearse once more"]
    tag = tag_of(section.version)
    return [
        *dated,
        "make check && make audit",
        f"git tag --sign --message 'Keyturn {section.version}' {tag} {commit} && git push origin {tag}",
        f"twine upload {' '.join(path.name for path in built)}",
        f"make the release's page for {tag} out of {NOTES}, with all other files attached",
    ]


if __name__ == "__main__":
    sys.exit(rehearse(ROOT / "build" / "release"))
