"""The wheel and the sdist, built from a commit and looked into: the same bytes every time, on any machine."""

import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from packaging.metadata import Metadata

from release.git import export, moment


def build(checkout: Path, target: Path) -> list[Path]:
    """Build HEAD's wheel and sdist into a directory.

    Raises:
        ValueError: when their metadata is not what an index accepts.
    """
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as source:
        export(checkout, Path(source))
        subprocess.run(
            [sys.executable, "-m", "hatchling", "build", "-d", str(target.resolve())],
            cwd=source,
            env={**os.environ, "SOURCE_DATE_EPOCH": moment(checkout), "HATCH_QUIET": "1"},
            stdout=subprocess.DEVNULL,
            check=True,
        )
    built = sorted(path for path in target.iterdir() if path.name.endswith((".whl", ".tar.gz")))
    for package in built:
        check(package)
    return built


def check(package: Path) -> Metadata:
    """Read a package's metadata as strictly as an index does.

    Raises:
        ValueError: naming the package.
    """
    text = next(_metadata(package), b"")
    try:
        metadata = Metadata.from_email(text, validate=True)
    except ExceptionGroup as wrong:
        raise ValueError(f"{package.name}: {'; '.join(map(str, wrong.exceptions))}") from wrong
    if metadata.description_content_type != "text/markdown" or not (metadata.description or "").strip():
        raise ValueError(f"{package.name}: has no description in Markdown, which an index shows as its page")
    return metadata


def _metadata(package: Path) -> Iterator[bytes]:
    if package.suffix == ".whl":
        with zipfile.ZipFile(package) as wheel:
            yield from (wheel.read(name) for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        return
    with tarfile.open(package) as sdist:
        name = f"{package.name.removesuffix('.tar.gz')}/PKG-INFO"
        if (member := sdist.extractfile(name)) is not None:
            yield member.read()
