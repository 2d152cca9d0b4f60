"""The parts that ship, each with the packages that it comes with: the functions, the command line, the CDK app.

The functions' packages are those in their bundle; the others' are the installed ones, as far as the part needs them.
"""

import base64
import json
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution, distributions
from pathlib import Path
from typing import Any, Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from infra import bundle

ROOT: Final = Path(__file__).parents[1]
# Draws the diagrams in the site of the pages, which no package holds.
_OF_THE_PAGES: Final = {"@mermaid-js/tiny"}
_HASHES: Final = {"sha512": "SHA-512"}


@dataclass(frozen=True)
class Part:
    """A part that ships.

    Attributes:
        asks_for: the requirements as the part states them.
        packages: what they come to.
        tools: programs of Node's that belong to it, as components of CycloneDX.
    """

    name: str
    what: str
    asks_for: tuple[str, ...]
    packages: tuple[Distribution, ...]
    tools: tuple[dict[str, Any], ...] = ()


def parts(asset: Path) -> Iterator[Part]:
    """Name the parts; the functions' asset is laid into an empty directory for that."""
    bundle.build(asset)
    asked = _asked(ROOT / "lambdas" / "requirements.in")
    yield Part("lambda", "the asset of the Lambda functions", asked, tuple(distributions(path=[str(asset)])))
    asked = tuple(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"])
    yield Part("cli", "the command line's wheel, and the packages that it is tested with", asked, needed(asked))
    asked = _asked(ROOT / "requirements.in")
    yield Part("cdk", "the CDK app, and the tools that deploy it", asked, needed(asked), tuple(_node_tools()))


def _asked(requirements: Path) -> tuple[str, ...]:
    lines = requirements.read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith(("#", "-")))


def needed(asked_for: Iterable[str]) -> tuple[Distribution, ...]:
    """The installed packages that requirements come to on this machine, those that they need in turn among them."""
    found: dict[str, Distribution] = {}
    looked_at: set[tuple[str, str]] = set()
    to_see = [*map(Requirement, asked_for)]
    while to_see:
        requirement = to_see.pop()
        name = canonicalize_name(requirement.name)
        for extra in {"", *requirement.extras} - {extra for seen, extra in looked_at if seen == name}:
            looked_at.add((name, extra))
            found[name] = distribution(name)
            needs = map(Requirement, found[name].requires or ())
            to_see += [each for each in needs if each.marker is None or each.marker.evaluate({"extra": extra})]
    return tuple(found[name] for name in sorted(found))


def _node_tools() -> Iterator[dict[str, Any]]:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    for place, package in sorted(lock["packages"].items()):
        name = place.removeprefix("node_modules/")
        if not name or name in _OF_THE_PAGES:  # the checkout itself, or nothing that deploys
            continue
        version = package["version"]
        algorithm, _, digest = package["integrity"].partition("-")
        yield {
            "bom-ref": f"{name}@{version}",
            "type": "application",
            "name": name,
            "version": version,
            "purl": f"pkg:npm/{name}@{version}",
            "licenses": [{"license": {"id": package["license"]}}],
            "hashes": [{"alg": _HASHES[algorithm], "content": base64.b64decode(digest).hex()}],
        }
