"""What each part that ships is made of, as a list in CycloneDX: cyclonedx-py describes it, its schema is held to.

The lists are the same at every writing, their time being that of the commit.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from keyturn import __version__
from release.git import moment
from release.parts import ROOT, Part, parts

_SCHEMA: Final = SchemaVersion.V1_6


def write(target: Path) -> list[Path]:
    """Write each part's list into a directory.

    Raises:
        ValueError: when a list does not fit CycloneDX's schema.
    """
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        asset = Path(scratch, "asset")
        return [_written(part, target / f"keyturn-{part.name}.cdx.json") for part in parts(asset)]


def _written(part: Part, path: Path) -> Path:
    text = json.dumps(_listed(part), indent=2, sort_keys=True) + "\n"
    if (error := JsonStrictValidator(_SCHEMA).validate_str(text)) is not None:
        raise ValueError(f"{path.name} does not fit CycloneDX {_SCHEMA.to_version()}: {error}")
    path.write_text(text, encoding="utf-8")
    return path


def _listed(part: Part) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as place:
        listed = json.loads(_described(part, Path(place)))
    root = listed["metadata"]["component"]
    root |= {"version": __version__, "purl": f"pkg:generic/{root['name']}@{__version__}"}
    (of_root,) = [each for each in listed["dependencies"] if each["ref"] == root["bom-ref"]]
    of_root["dependsOn"] += [tool["bom-ref"] for tool in part.tools]
    listed["dependencies"] += [{"ref": tool["bom-ref"]} for tool in part.tools]
    listed["components"] += part.tools
    found: dict[str, object] = listed
    return found


def _described(part: Part, place: Path) -> str:
    """Let cyclonedx-py look into an environment in which there is nothing but the part's packages."""
    for package in part.packages:
        metadata: Path = package._path  # type: ignore[attr-defined] # noqa: SLF001 - only there is it said where it lies
        (place / metadata.name).symlink_to(metadata)
    project = place / "pyproject.toml"
    project.write_text(_project(part), encoding="utf-8")
    command = [sys.executable, "-m", "cyclonedx_py", "environment", "-S", "--output-reproducible", "--of=JSON"]
    options = [f"--sv={_SCHEMA.to_version()}", "--mc-type=application", f"--pyproject={project}", sys.executable]
    environment = {**os.environ, "PYTHONPATH": str(place), "SOURCE_DATE_EPOCH": moment(ROOT)}
    return subprocess.run([*command, *options], env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout


def _project(part: Part) -> str:
    return (
        f'[project]\nname = "keyturn-{part.name}"\ndynamic = ["version"]\nlicense = "Apache-2.0"\n'
        f'description = "Keyturn: {part.what}"\ndependencies = {json.dumps(part.asks_for)}\n'
    )


if __name__ == "__main__":
    for written in write(Path(sys.argv[1])):
        print(written)  # noqa: T201 - a program for people
