"""A mutant: the product with one rule of its protocol broken on purpose, and the test that has to notice."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = Path("keyturn")


@dataclass(frozen=True)
class Mutant:
    """One broken rule.

    Attributes:
        breaks: what this protocol does wrong, in a few words.
        file: below the product's package.
        edits: source text that stands in the file once, and what stands there instead.
        caught_by: the test's node id; without parameters it is all of its cases.
    """

    breaks: str
    file: str
    edits: Mapping[str, str]
    caught_by: str

    def source(self, lambdas: Path) -> str:
        """The file with the rule broken; whoever moves the rule has to move its mutant.

        Raises:
            LookupError: when a text is not there, or not there once.
        """
        text = (lambdas / PACKAGE / self.file).read_text(encoding="utf-8")
        for old, new in self.edits.items():
            if text.count(old) != 1:
                raise LookupError(f"mutant {self.breaks!r}: {self.file} has {text.count(old)} times {old!r}, not once")
            text = text.replace(old, new)
        return text

    def infect(self, lambdas: Path) -> None:
        """Break the rule in a copy of the product."""
        (lambdas / PACKAGE / self.file).write_text(self.source(lambdas), encoding="utf-8")
