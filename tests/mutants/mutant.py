"""A mutant: the product with one rule of its protocol broken on purpose, and the test that has to notice."""

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
        edit: as a diff shows it: lines that go (-), that come (+) and that stay; an empty line parts two places.
        caught_by: the test's node id; without parameters it is all of its cases.
    """

    breaks: str
    file: str
    edit: str
    caught_by: str

    def source(self, lambdas: Path) -> str:
        """The file with the rule broken; whoever moves the rule has to move its mutant.

        Raises:
            LookupError: when the lines are not there, or not there once.
        """
        healthy = broken = (lambdas / PACKAGE / self.file).read_text(encoding="utf-8")
        for place in self.edit.strip("\n").split("\n\n"):
            lines = place.splitlines()
            old = "".join(f"{line[1:]}\n" for line in lines if line[0] != "+")
            new = "".join(f"{line[1:]}\n" for line in lines if line[0] != "-")
            if (found := f"\n{healthy}".count(f"\n{old}")) != 1:
                raise LookupError(f"mutant {self.breaks!r}: {self.file} has {found} times, not once:\n{old}")
            broken = broken.replace(old, new)
        return broken

    def infect(self, lambdas: Path) -> None:
        """Break the rule in a copy of the product."""
        (lambdas / PACKAGE / self.file).write_text(self.source(lambdas), encoding="utf-8")
