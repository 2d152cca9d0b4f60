"""The tests can fail: of each rule of the protocol there is a mutant that breaks it, and a named test notices.

mutmut and cosmic-ray swap operators and constants; what they make is no protocol with one rule missing. Such a mutant
("the tag comes after the deactivation") moves statements, so it is written by hand, as a text of the source and what
stands there instead. `make test` judges a few of them, `make prove` all.
"""

import ast
from collections.abc import Callable

import pytest

from tests.mutants.judging import checkout, judged
from tests.mutants.mutant import ROOT, Mutant
from tests.mutants.table import MUTANTS
from tests.proving import PROVE, some

Record = Callable[[str, object], None]
NAMED_TESTS = list(dict.fromkeys(mutant.caught_by for mutant in MUTANTS))
each = pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.breaks)


def test_there_are_many_and_each_is_another() -> None:
    assert len(MUTANTS) >= 100
    assert len({mutant.breaks for mutant in MUTANTS}) == len(MUTANTS)
    assert len({(mutant.file, mutant.source(ROOT / "lambdas")) for mutant in MUTANTS}) == len(MUTANTS)


@each
def test_its_rule_stands_once_in_the_source_and_what_breaks_it_can_be_compiled(mutant: Mutant) -> None:
    broken = mutant.source(ROOT / "lambdas")
    compile(broken, mutant.file, "exec")
    healthy = (ROOT / "lambdas" / "keyturn" / mutant.file).read_text(encoding="utf-8")
    assert ast.dump(ast.parse(broken)) != ast.dump(ast.parse(healthy))


@each
def test_the_test_that_catches_it_is_there(mutant: Mutant) -> None:
    file, *names = mutant.caught_by.partition("[")[0].split("::")
    scope: ast.AST = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    assert names
    for name in names:
        inside = {
            node.name: node for node in ast.iter_child_nodes(scope) if isinstance(node, ast.FunctionDef | ast.ClassDef)
        }
        assert name in inside
        scope = inside[name]


def test_a_rule_that_has_moved_is_not_broken_in_silence() -> None:
    for edit, found in (("-nobody", 0), ("-@dataclass(frozen=True)", 2)):
        with pytest.raises(LookupError, match=f"has {found} times, not once"):
            Mutant("moves", "domain/secret_labels.py", edit, "").source(ROOT / "lambdas")


def test_a_mutant_that_does_not_run_is_not_caught() -> None:
    test = "tests/unit/test_tags.py::test_what_is_absent_is_absent"
    for line in ("import nothing_of_that_name", "def broken(:", "nobody"):
        mutant = Mutant("cannot be imported", "domain/tags.py", f" import re\n+{line}", test)
        with checkout(mutant) as copy:
            verdict = judged([test], copy)
        assert not verdict.passed
        assert not verdict.caught, verdict.output


@pytest.mark.parametrize("tests", [NAMED_TESTS if PROVE else NAMED_TESTS[:1]], ids=["the named tests"])
def test_the_product_as_it_is_passes(tests: list[str]) -> None:
    with checkout() as copy:
        verdict = judged(tests, copy)
    assert verdict.passed, verdict.output


@pytest.mark.parametrize("mutant", some(MUTANTS, every=37), ids=lambda mutant: mutant.breaks)
def test_its_test_catches_it(mutant: Mutant, record_property: Record) -> None:
    with checkout(mutant) as copy:
        verdict = judged([mutant.caught_by], copy)
    assert verdict.caught, f"survived {mutant.caught_by}:\n{verdict.output}"
    record_property("mutants killed", 1)
