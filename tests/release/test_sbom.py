"""The lists of what ships: they fit CycloneDX, and say what is really there."""

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from infra import bundle
from keyturn import __version__
from tests.release.copies import CHECKOUT, program

PARTS = {"lambda": "lambdas/requirements", "cdk": "requirements", "cli": "requirements-dev"}


def packages(listed: dict[str, Any]) -> dict[str, str]:
    """The versions of a list's Python packages, by name."""
    python = [each for each in listed["components"] if each["purl"].startswith("pkg:pypi/")]
    return {canonicalize_name(each["name"]): each["version"] for each in python}


def test_the_lists_are_the_same_bytes_when_they_are_written_again(copy: Path, made: Path, tmp_path: Path) -> None:
    assert program(copy, "release.sbom", str(tmp_path)).returncode == 0
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        path.name: path.read_bytes() for path in made.glob("*.cdx.json")
    }


@pytest.mark.parametrize("part", PARTS)
def test_a_list_fits_cyclonedx_and_says_the_pinned_versions(made: Path, part: str) -> None:
    text = (made / f"keyturn-{part}.cdx.json").read_text(encoding="utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    listed = json.loads(text)
    assert "serialNumber" not in listed
    assert listed["metadata"]["timestamp"] == "2030-01-01T00:00:00+00:00"
    assert (listed["metadata"]["component"]["name"], listed["metadata"]["component"]["version"]) == (
        f"keyturn-{part}",
        __version__,
    )
    pins = pinned(CHECKOUT / f"{PARTS[part]}.txt")
    python = packages(listed)
    assert python
    assert {name: pins[name] for name in python} == python


def pinned(requirements: Path) -> dict[str, str]:
    lines = requirements.read_text(encoding="utf-8").splitlines()
    parsed = [Requirement(line.rstrip(" \\")) for line in lines if line[:1].isalnum()]
    here = [each for each in parsed if each.marker is None or each.marker.evaluate()]
    return {canonicalize_name(each.name): str(each.specifier).removeprefix("==") for each in here}


@pytest.mark.parametrize("part", ["lambda", "cdk"])
def test_nothing_that_is_pinned_for_a_part_is_left_out_of_its_list(made: Path, part: str) -> None:
    listed = json.loads((made / f"keyturn-{part}.cdx.json").read_text(encoding="utf-8"))
    assert packages(listed) == pinned(CHECKOUT / f"{PARTS[part]}.txt")


def test_the_functions_list_is_of_what_is_in_the_bundle(made: Path, tmp_path: Path) -> None:
    bundle.build(tmp_path)
    listed = json.loads((made / "keyturn-lambda.cdx.json").read_text(encoding="utf-8"))
    there = dict(path.name.removesuffix(".dist-info").split("-") for path in tmp_path.glob("*.dist-info"))
    assert packages(listed) == {canonicalize_name(name): version for name, version in there.items()}


def test_the_command_lines_list_leads_from_it_to_every_component(made: Path) -> None:
    listed = json.loads((made / "keyturn-cli.cdx.json").read_text(encoding="utf-8"))
    needs = {each["ref"]: each.get("dependsOn", []) for each in listed["dependencies"]}
    reached, to_see = set(), ["root-component"]
    while to_see:
        reached.add(ref := to_see.pop())
        to_see += [each for each in needs[ref] if each not in reached]
    assert reached == {"root-component", *(each["bom-ref"] for each in listed["components"])}
    assert not {"pytest", "ruff", "moto", "aws-cdk-lib"} & {each["name"] for each in listed["components"]}


def test_the_cdk_apps_list_names_the_cdks_program_of_nodes(made: Path) -> None:
    listed = json.loads((made / "keyturn-cdk.cdx.json").read_text(encoding="utf-8"))
    lock = json.loads((CHECKOUT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    (tool,) = [each for each in listed["components"] if each["purl"].startswith("pkg:npm/")]
    assert tool["purl"] == f"pkg:npm/aws-cdk@{lock['node_modules/aws-cdk']['version']}"
    assert version("aws-cdk-lib") in {each["version"] for each in listed["components"]}
