"""A release that was rehearsed in a copy of this checkout, for all that look into it."""

import shutil
from pathlib import Path

import pytest

from tests.release.copies import CHECKOUT, copy_of_the_checkout, program


@pytest.fixture(scope="package")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout, with the functions' libraries if they were ever installed."""
    place = copy_of_the_checkout(tmp_path_factory.mktemp("copy"))
    for libraries in (CHECKOUT / "build").glob("libraries-*"):
        shutil.copytree(libraries, place / "build" / libraries.name)
    return place


@pytest.fixture(scope="package")
def said(copy: Path) -> str:
    done = program(copy, "release")
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="package")
def made(copy: Path, said: str) -> Path:
    assert "Nothing was published" in said
    return copy / "build" / "release"
