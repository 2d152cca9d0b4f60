"""The summary: the figures of the whole time, and what is still too old and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rich.table import Table

from sandbox.demo import promises
from sandbox.demo.life import MAX_AGE, Day, Life
from sandbox.local_aws import LocalAws


@dataclass(frozen=True)
class Figure:
    """One line of the summary."""

    what: str
    value: str


def figures(life: Life, last: Day, seconds: float) -> Iterator[Figure]:
    """Give the figures, the promised zeros among them."""
    calls = rotator_calls(life)
    yield Figure("days lived, one scheduled run each", str(last.number))
    yield Figure("users in scope", str(sum(person.in_scope for person in life.people)))
    yield Figure("keys rotated", str(life.actions["CreateKey"]))
    yield Figure("keys deactivated", str(life.actions["DeactivateKey"]))
    yield Figure("keys deleted", str(life.actions["DeleteKey"]))
    yield Figure("keys lost", str(len(life.lost)))
    yield Figure("users locked out", str(len(life.locked_out)))
    work = sum(program.calls for program in life.programs)
    yield Figure("errors seen by programs", f"{len(life.program_errors)} of {work} days of work")
    yield Figure("Active keys older than 90 days", str(sum(len(keys) for _, keys, _ in too_old(life, last))))
    yield Figure("API calls by the rotator", f"{calls} ({calls / last.number:.1f} a run)")
    yield Figure("time", f"{seconds:.0f} s")


def too_old(life: Life, last: Day) -> list[tuple[str, list[str], str]]:
    """Give the users with keys that are too old, the keys, and what holds them."""
    excuses = {
        person.name: person.may_be_overdue or "not held by anything" for person in life.people if person.in_scope
    }
    found = [(user, promises.overdue(last.sights[user], last.at, MAX_AGE), excuse) for user, excuse in excuses.items()]
    return [each for each in found if each[1]]


def table(life: Life, last: Day, seconds: float) -> Table:
    """Show the figures."""
    shown = Table(box=None, padding=(0, 2), show_header=False)
    for figure in figures(life, last, seconds):
        shown.add_row(figure.what, figure.value)
    for user, keys, excuse in too_old(life, last):
        shown.add_row(f"  too old: {user}", f"{len(keys)} ({excuse})")
    return shown


def rotator_calls(life: Life) -> int:
    """Count what the rotator asked of AWS: as its role, and with each new key to verify it."""
    role = _role(life.deployment.aws, life.deployment.outputs["RotatorFunctionName"])
    return sum(_is_the_rotators(call, role) for call in life.deployment.aws.calls())


def _role(aws: LocalAws, function: str) -> str:
    arn: str = aws.client("lambda").get_function_configuration(FunctionName=function)["Role"]
    return arn.rsplit("/", 1)[-1]


def _is_the_rotators(call: dict[str, Any], role: str) -> bool:
    caller = call["caller"] or ""
    # Programs of the demo do not ask who they are, and the witness is marked: who else does is the rotator.
    verification = call["action"] == "sts:GetCallerIdentity" and ":user/" in caller and not call["observer"]
    return f":assumed-role/{role}/" in caller or verification
