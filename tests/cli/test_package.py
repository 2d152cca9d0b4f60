"""The wheel and the sdist: what is in them, and that the program works from them in an environment of its own.

The environment sees the packages of the tests, so that nothing has to be fetched; pip has no index to ask.
"""

import email
import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from keyturn import __version__
from keyturn_cli.main import COMMANDS
from tests.cli.credential_report import START, Key, row, written
from tests.shown import commands

CHECKOUT = Path(__file__).parents[2]
BARE = {"PATH": os.environ["PATH"], "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def ran(*command: object, cwd: Path) -> str:
    ended = subprocess.run([*map(str, command)], cwd=cwd, env=BARE, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("wheel")
    ran(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", place, cwd=CHECKOUT)
    (built,) = place.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("environment")
    venv.create(place, with_pip=True)
    python = place / "bin" / "python"
    ran(python, "-m", "pip", "install", "--quiet", "--no-deps", wheel, cwd=place)
    (packages,) = place.glob("lib/python3*/site-packages")
    (packages / "of_the_tests.pth").write_text(sysconfig.get_paths()["purelib"] + "\n", encoding="utf-8")
    return place


def test_the_wheel_holds_the_two_packages_with_their_data_and_nothing_else(wheel: Path) -> None:
    files = {
        name for name in zipfile.ZipFile(wheel).namelist() if not name.startswith(f"keyturn-{__version__}.dist-info")
    }
    there = {
        str(path.relative_to(CHECKOUT / root))
        for root, package in (("lambdas", "keyturn"), ("cli", "keyturn_cli"))
        for path in (CHECKOUT / root / package).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert files == there
    # The report's templates and controls, and the letters, are read when they are needed.
    assert {Path(name).suffix for name in there} == {".py", ".j2", ".css", ".json", ".html", ".txt"}


def test_the_wheel_says_what_it_needs(wheel: Path) -> None:
    metadata = zipfile.ZipFile(wheel).read(f"keyturn-{__version__}.dist-info/METADATA").decode()
    told = email.message_from_string(metadata)
    assert told["Requires-Python"] == ">=3.11"
    needed = {each.split(">")[0].split("[")[0] for each in told.get_all("Requires-Dist", [])}
    assert needed == {"aws-lambda-powertools", "boto3", "click", "jinja2", "rich"}


def test_the_program_works_from_the_wheel(environment: Path, tmp_path: Path) -> None:
    program = environment / "bin" / "keyturn"
    assert ran(program, "--version", cwd=tmp_path) == f"keyturn, version {__version__}\n"
    report = written(tmp_path, row("alice", Key(100, used=0.2)))
    page = tmp_path / "forecast.html"
    out = ran(program, "forecast", report, "--start", START.isoformat(), "--report", page, cwd=tmp_path)
    assert "Rotations" in out
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    found = ran(environment / "bin" / "python", "-c", "import keyturn_cli; print(keyturn_cli.__file__)", cwd=tmp_path)
    assert found.startswith(str(environment))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_from_the_wheel(environment: Path, tmp_path: Path, command: str) -> None:
    assert "Examples:" in ran(environment / "bin" / "keyturn", command, "--help", cwd=tmp_path)


def test_the_sdist_builds_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    ran(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", tmp_path, cwd=CHECKOUT)
    with tarfile.open(tmp_path / f"keyturn-{__version__}.tar.gz") as sdist:
        sdist.extractall(tmp_path, filter="data")
    unpacked = tmp_path / f"keyturn-{__version__}"
    assert {"LICENSE", "README.md", "CHANGELOG.md"} <= {path.name for path in unpacked.iterdir()}
    ran(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path, cwd=unpacked)
    assert (tmp_path / wheel.name).read_bytes() == wheel.read_bytes()


def test_the_first_commands_of_the_page_install_it_from_the_checkout(environment: Path) -> None:
    install = commands("docs/cli.md")[0]
    said = subprocess.run(
        ["bash", "-e", "-c", install],
        cwd=CHECKOUT,
        env={
            **BARE,
            "PATH": os.pathsep.join([str(environment / "bin"), BARE["PATH"]]),
            # What it is built with, and what it needs, is there already.
            "PIP_NO_BUILD_ISOLATION": "0",
            "PIP_NO_DEPS": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    assert f"Successfully installed keyturn-{__version__}" in said.stdout
    assert said.stdout.endswith(f"keyturn, version {__version__}\n")
