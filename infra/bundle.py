"""The bundle: the Lambda's package and its pinned libraries as plain files, pure Python, the same bytes every time."""

import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
LAMBDAS: Final = ROOT / "lambdas"
PACKAGE: Final = "keyturn"
PYTHON: Final = "3.14"  # the runtime that the bundle is for

# The services that Keyturn has clients for: botocore's descriptions of the four hundred others are dead weight.
SERVICES: Final = frozenset(
    {"cloudwatch", "events", "iam", "organizations", "s3", "secretsmanager", "ses", "sns", "sts"}
)

# Not needed at run time, or different on every machine that installs them (RECORD hashes the scripts, which name
# the interpreter). METADATA stays: scanners for known vulnerabilities read it.
_SUPERFLUOUS: Final = (
    "bin",
    "**/__pycache__",
    "**/*.dist-info/RECORD",
    "**/*.dist-info/INSTALLER",
    "**/*.dist-info/REQUESTED",
    "boto3/data",
    "boto3/examples",
    "botocore/data/*/*/examples-1.json",
)
# The modules, and the letters' templates.
_SOURCES: Final = (".py", ".txt", ".html")
# Wheels for any platform and any interpreter, that is, pure ones: the same bytes run on every machine. Pinned by hash,
# and refused by pip if they do not support the runtime's Python.
_PIP: Final = (
    "--require-hashes",
    "--no-deps",
    "--only-binary=:all:",
    "--platform=any",
    "--implementation=py",
    "--abi=none",
    f"--python-version={PYTHON}",
    "--no-compile",
    "--no-input",
    "--quiet",
    "--disable-pip-version-check",
)
_COMPILED: Final = (".so", ".pyd", ".dylib", ".dll")


class BundlingFailed(Exception):
    """Says in one message why there is no bundle."""


def digest() -> str:
    """Return a hash of everything the bundle is made of: the sources, the pinned requirements, and this module."""
    total = hashlib.sha256()
    for path in [*_sources(), LAMBDAS / "requirements.txt", Path(__file__)]:
        total.update(f"{path.relative_to(ROOT)}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def build(target: Path, cache: Path = ROOT / "build") -> None:
    """Fill the directory `target`; libraries are installed only when they changed, else taken from `cache`.

    Raises:
        BundlingFailed: if pip can't install them, or one brings compiled code.
    """
    shutil.copytree(_libraries(cache), target, dirs_exist_ok=True)
    for source in _sources():
        copy = target / source.relative_to(LAMBDAS)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, copy)
    for path in target.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)


def _sources() -> Iterator[Path]:
    yield from sorted(path for path in (LAMBDAS / PACKAGE).rglob("*") if path.suffix in _SOURCES)


def _libraries(cache: Path) -> Path:
    pins = (LAMBDAS / "requirements.txt").read_bytes() + Path(__file__).read_bytes()
    kept = cache / f"libraries-{hashlib.sha256(pins).hexdigest()[:16]}"
    if not kept.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as scratch:
            libraries = Path(scratch, "libraries")
            _install(libraries)
            _prune(libraries)
            _refuse_compiled(libraries)
            _keep(libraries, kept)
    return kept


def _keep(libraries: Path, kept: Path) -> None:
    try:
        libraries.rename(kept)  # whole or not at all
    except OSError:
        if not kept.exists():  # else another synth was quicker, and its libraries are the same
            raise


def _install(target: Path) -> None:
    requirements = LAMBDAS / "requirements.txt"
    command = [sys.executable, "-m", "pip", "install", *_PIP, f"--target={target}", f"--requirement={requirements}"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise BundlingFailed(f"pip could not install lambdas/requirements.txt for the Lambda:\n{done.stderr.strip()}")


def _prune(libraries: Path) -> None:
    for described in libraries.glob("botocore/data/*/"):
        if described.is_dir() and described.name not in SERVICES:
            shutil.rmtree(described)
    for superfluous in [path for pattern in _SUPERFLUOUS for path in libraries.glob(pattern)]:
        shutil.rmtree(superfluous) if superfluous.is_dir() else superfluous.unlink()


def _refuse_compiled(libraries: Path) -> None:
    compiled = sorted(str(path.relative_to(libraries)) for path in libraries.rglob("*") if path.suffix in _COMPILED)
    if compiled:
        raise BundlingFailed(f"the Lambda's libraries must be pure Python, and these are not: {', '.join(compiled)}")
