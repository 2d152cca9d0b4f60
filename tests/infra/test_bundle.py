"""The bundle runs anywhere, is the same everywhere, and holds nothing that has no use."""

import ast
import hashlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from infra import bundle

MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("bundle")
    bundle.build(target)
    return target


def fingerprint(tree: Path) -> dict[str, tuple[int, str]]:
    return {
        str(path.relative_to(tree)): (
            path.stat().st_mode & 0o777,
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
        )
        for path in tree.rglob("*")
    }


def test_it_imports_on_its_own_and_makes_a_client_of_every_service(built: Path) -> None:
    services = sorted(bundle.SERVICES)
    program = (
        f"import sys; sys.path.insert(0, {str(built)!r})\n"
        "import boto3, keyturn.respond, keyturn.rotate\n"
        f"for service in {services}:\n"
        "    boto3.client(service, region_name='eu-west-1', aws_access_key_id='fake', aws_secret_access_key='fake')\n"
        "assert all(path.startswith(sys.path[0]) for path in [boto3.__file__, keyturn.__file__])\n"
    )
    # -I and -S: nothing of this machine's installed packages comes to its aid.
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", program], check=False, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stderr


def test_it_describes_the_services_that_keyturn_has_clients_for_and_no_others(built: Path) -> None:
    calls = [
        node
        for source in (bundle.LAMBDAS / bundle.PACKAGE).rglob("*.py")
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "client"
    ]
    asked_for = {ast.literal_eval(call.args[0]) for call in calls}

    assert asked_for == bundle.SERVICES
    assert {path.name for path in (built / "botocore/data").iterdir() if path.is_dir()} == bundle.SERVICES


def test_it_holds_the_letters_templates(built: Path) -> None:
    packed = {path.name: path.read_bytes() for path in (built / "keyturn/letters").iterdir() if path.is_file()}

    assert packed == {path.name: path.read_bytes() for path in (bundle.LAMBDAS / "keyturn/letters").glob("*.*")}
    assert {path.rpartition(".")[2] for path in packed} == {"py", "txt", "html"}


def test_it_is_the_same_wherever_and_whenever_it_is_built(built: Path, tmp_path: Path) -> None:
    mask = os.umask(0o077)
    try:
        bundle.build(tmp_path / "again", cache=tmp_path / "cache")
    finally:
        os.umask(mask)

    assert fingerprint(tmp_path / "again") == fingerprint(built)


def test_it_holds_nothing_compiled_nothing_generated_and_no_scripts(built: Path) -> None:
    names = [str(path.relative_to(built)) for path in built.rglob("*")]

    assert not [name for name in names if name.endswith((".so", ".pyd", ".dylib", ".dll", ".pyc"))]
    assert not [name for name in names if "__pycache__" in name or name.startswith("bin/")]
    assert not [name for name in names if name.endswith(("/RECORD", "/INSTALLER", "requirements.txt"))]
    # Scanners for known vulnerabilities find the libraries by these.
    assert len([name for name in names if name.endswith(".dist-info/METADATA")]) == 10


def test_its_size_stays_small(built: Path, tmp_path: Path) -> None:
    files = [path for path in built.rglob("*") if path.is_file()]
    packed = tmp_path / "bundle.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files:
            archive.write(path, path.relative_to(built))

    assert packed.stat().st_size < 4 * MEGABYTE
    assert sum(path.stat().st_size for path in files) < 12 * MEGABYTE


def test_its_hash_follows_what_goes_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "lambdas/keyturn"
    package.mkdir(parents=True)
    requirements = tmp_path / "lambdas/requirements.txt"
    requirements.write_text("fake==1\n")
    (package / "rotate.py").write_text("a = 1\n")
    (tmp_path / "bundle.py").touch()
    monkeypatch.setattr(bundle, "ROOT", tmp_path)
    monkeypatch.setattr(bundle, "LAMBDAS", tmp_path / "lambdas")
    monkeypatch.setattr(bundle, "__file__", str(tmp_path / "bundle.py"))
    first = bundle.digest()
    (package / "notes.md").write_text("not part of it")
    unchanged = bundle.digest()
    (package / "rotate.py").write_text("a = 2\n")
    changed = bundle.digest()
    requirements.write_text("fake==2\n")

    assert unchanged == first
    assert len({first, changed, bundle.digest()}) == 3


def test_a_compiled_library_is_refused(tmp_path: Path) -> None:
    (tmp_path / "fast").mkdir()
    (tmp_path / "fast/_speedups.abi3.so").touch()

    with pytest.raises(bundle.BundlingFailed, match=r"must be pure Python.*fast/_speedups\.abi3\.so"):
        bundle._refuse_compiled(tmp_path)


def test_libraries_that_cannot_be_installed_are_told_and_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle, "LAMBDAS", tmp_path)
    (tmp_path / "requirements.txt").write_text("no requirement\n")  # pip asks no index for this

    with pytest.raises(bundle.BundlingFailed, match=r"(?s)not install lambdas/requirements\.txt.*no requirement"):
        bundle.build(tmp_path / "bundle", cache=tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []
    assert not (tmp_path / "bundle").exists()
