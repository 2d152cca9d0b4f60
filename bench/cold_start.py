"""How long the function takes to begin, and how much memory it has by then, beside one that only imports boto3.

Each begins from the asset's own files. Unless these were compiled beforehand, each beginning compiles them, as in
Lambda, where nothing can be written beside them. Beginnings alternate, each in a process of its own.
"""

import json
import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PAIRS: Final = 10
# What Lambda does before the first event (the import), and what the first event adds (the clients).
PROGRAMS: Final = {
    "import boto3": ("import boto3", ""),
    "import boto3, and a client": ("import boto3", "boto3.client('iam')"),
    "the rotator": ("import keyturn.rotate", ""),
    "the rotator, and its clients": (
        "import keyturn.rotate; from keyturn.aws.clients import connect",
        "connect()",
    ),
    "the responder": ("import keyturn.respond", ""),
}
_MEASURED: Final = """
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[1])
began = time.perf_counter()
{}
{}
took = time.perf_counter() - began
(memory,) = [line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
assert sys.modules["boto3"].__file__.startswith(sys.argv[1])
print('{{"milliseconds": %f, "kilobytes": %s}}' % (took * 1000, memory))
"""


@dataclass(frozen=True)
class Begin:
    """What beginnings of one program took: milliseconds, and megabytes at most in use."""

    milliseconds: tuple[float, ...]
    megabytes: tuple[float, ...]

    @property
    def middle(self) -> float:
        """The median time."""
        return statistics.median(self.milliseconds)

    @property
    def quartiles(self) -> tuple[float, float]:
        """Between which half of the times lie."""
        first, _, third = statistics.quantiles(self.milliseconds, n=4)
        return first, third

    @property
    def memory(self) -> float:
        """The median memory."""
        return statistics.median(self.megabytes)


def begins(asset: Path, say: Callable[[str], None], programs: tuple[str, ...] = tuple(PROGRAMS)) -> dict[str, Begin]:
    """Begin each program so often, in turns."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in programs}
    for number in range(1, PAIRS + 1):
        for name, seen in taken.items():
            seen.append(_begin(asset, *PROGRAMS[name]))
        say(f"cold starts, {number} of {PAIRS}")
    return {
        name: Begin(tuple(each for each, _ in seen), tuple(each for _, each in seen)) for name, seen in taken.items()
    }


def _begin(asset: Path, imports: str, first_event: str) -> tuple[float, float]:
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", _MEASURED.format(imports, first_event), str(asset)],
        env={"AWS_DEFAULT_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "fake", "AWS_SECRET_ACCESS_KEY": "fake"},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    told = json.loads(done.stdout)
    return told["milliseconds"], told["kilobytes"] / 1024
