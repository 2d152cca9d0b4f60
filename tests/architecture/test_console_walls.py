"""What the command line may know of: it starts without the SDK, and decides nothing about keys by itself."""

import ast
from pathlib import Path

import pytest

CLI = Path(__file__).parents[2] / "cli" / "keyturn_cli"
MODULES = sorted(CLI.rglob("*.py"))
# They are loaded when a command needs AWS.
KNOW_THE_SDK = {"sessions.py", "checkup/finding.py", "reporting/inventory.py", "canary/user.py", "canary/trial.py"}
LONGEST = 260


def named(path: Path) -> str:
    return str(path.relative_to(CLI))


def imported(path: Path) -> set[str]:
    """Every module that a module imports, wherever in it, and every name that it takes from one."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    named = {
        f"{node.module}.{alias.name}" for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    return plain | named


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_the_sdk_is_known_where_aws_is_asked_and_nowhere_else(path: Path) -> None:
    knows = any(name.split(".")[0] in {"boto3", "botocore"} for name in imported(path))
    assert knows is (named(path) in KNOW_THE_SDK)


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_nothing_that_acts_on_keys_is_borrowed_from_the_functions(path: Path) -> None:
    acting = ("keyturn.aws", "keyturn.apply", "keyturn.rotation", "keyturn.switching", "keyturn.run", "keyturn.doors")
    assert not {name for name in imported(path) if name.startswith(acting)}


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_module_says_what_it_is_and_stays_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    first = (ast.get_docstring(ast.parse(text)) or "").splitlines()
    assert first
    assert first[0].endswith((".", ":"))
    assert len(text.splitlines()) <= LONGEST
