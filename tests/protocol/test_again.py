"""A case that fails prints one line, and that line, pasted, fails in the same way."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutants.judging import checkout, environment, judged
from tests.mutants.table import MUTANTS

UNHEALED = next(mutant for mutant in MUTANTS if mutant.breaks == "a key stored and not promoted is left where it is")
SINGLE = "tests/protocol/test_crash_points.py::test_a_fault_at_any_call_loses_nothing_and_is_healed"
PAIR = "tests/protocol/test_pairs.py::test_a_fault_in_each_of_two_runs_loses_nothing_and_is_healed"


def paste(line: str, folder: Path) -> tuple[int, str]:
    """What a shell makes of a line."""
    where = environment()
    where["PATH"] = f"{Path(sys.executable).parent}:{where['PATH']}"
    ended = subprocess.run(["bash", "-c", line], cwd=folder, env=where, capture_output=True, text=True, check=False)
    return ended.returncode, ended.stdout + ended.stderr


@pytest.mark.parametrize("test", [f"{SINGLE}[a first rotation-1]", f"{PAIR}[a stored key's deletion]"])
def test_a_case_that_fails_prints_a_line_that_fails_in_the_same_way(test: str) -> None:
    with checkout(UNHEALED) as copy:
        printed = judged([test], copy).output
        line = re.search(r"PYTHONPATH=.* python -m tests\.protocol\.again .*", printed)
        assert line, printed
        code, found = paste(line[0], copy)
    assert code == 1, found
    assert "not reached" in found
    assert all(each in printed for each in found.splitlines())
    with checkout() as healthy:
        assert paste(line[0], healthy) == (0, "nothing is wrong\n")
