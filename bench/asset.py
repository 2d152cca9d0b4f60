"""How large the functions' asset is, with botocore's descriptions of the services in use, and with those of all."""

import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import botocore

from infra import bundle

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Size:
    """What an asset comes to."""

    files: int
    bytes: int
    zipped: int


def shipped(place: Path) -> Path:
    """Lay out the asset as it is deployed."""
    bundle.build(place)
    return place


def with_all_services(place: Path) -> Path:
    """Lay out the same with all of botocore's descriptions, as pip installs them."""
    bundle.build(place)
    for source in (Path(botocore.__file__).parent / "data").rglob("*"):
        if source.is_file():
            copy = place / "botocore" / "data" / source.relative_to(Path(botocore.__file__).parent / "data")
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(source.read_bytes())
    return place


def compiled(place: Path) -> Path:
    """Lay out the asset with this interpreter's bytecode, which serves no other version of Python."""
    bundle.build(place)
    options = ["-q", "--invalidation-mode", "unchecked-hash"]
    subprocess.run([sys.executable, "-m", "compileall", *options, str(place)], check=True, stdout=subprocess.DEVNULL)
    return place


def size(asset: Path) -> Size:
    """Measure an asset, and what it comes to as a zip file with the same times for all."""
    archive = asset.with_suffix(".zip")
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for path in _files(asset):
            name = zipfile.ZipInfo(str(path.relative_to(asset)), _EPOCH)
            zipped.writestr(name, path.read_bytes(), zipfile.ZIP_DEFLATED)
    files = list(_files(asset))
    return Size(len(files), sum(path.stat().st_size for path in files), archive.stat().st_size)


def _files(asset: Path) -> Iterator[Path]:
    return (path for path in sorted(asset.rglob("*")) if path.is_file())
