"""The product's source as syntax trees: what each module imports, calls and says."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

LAMBDAS = Path(__file__).parents[2] / "lambdas"


@dataclass(frozen=True)
class Module:
    """One module of the product."""

    path: Path

    @property
    def name(self) -> str:
        """The module's dotted name."""
        parts = self.path.relative_to(LAMBDAS).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @cached_property
    def text(self) -> str:
        """The source as it is written."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        """The source as it is understood."""
        return ast.parse(self.text)

    @property
    def imports(self) -> set[str]:
        """Every module, and every name in it, that is imported when the program runs."""
        return set(_imports(self.tree))

    @property
    def calls(self) -> Iterator[tuple[str, ast.Call]]:
        """Every call, with the dotted name of what is called."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield ast.unparse(node.func), node


def modules() -> list[Module]:
    """Every module under the asset root that is the product's own."""
    return [Module(path) for path in sorted((LAMBDAS / "keyturn").rglob("*.py"))]


def _imports(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return  # for the type checker alone
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        yield from (f"{node.module}.{alias.name}" for alias in node.names)
    for child in ast.iter_child_nodes(node):
        yield from _imports(child)
