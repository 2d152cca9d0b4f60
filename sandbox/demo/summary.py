"""The summary: the figures of the whole time, and what is still too old and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from sandbox.demo import promises
from sandbox.demo.life import MAX_AGE, Day, Life
from sandbox.demo.people import Person
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
    yield Figure("Active keys older than 90 days", str(sum(map(len, too_old(life, last).values()))))
    yield Figure("letters to owners", str(len(life.deployment.aws.mailbox.mail())))
    yield Figure("API calls by the rotator", f"{calls} ({calls / last.number:.1f} a run)")
    yield Figure("time", f"{seconds:.0f} s")


def too_old(life: Life, last: Day) -> dict[Person, list[str]]:
    """Give the users in scope with keys that are too old, and the keys."""
    found = {person: promises.overdue(last.sights[person.name], last.at, MAX_AGE) for person in life.people}
    return {person: keys for person, keys in found.items() if keys and person.in_scope}


def show(console: Console, life: Life, last: Day, seconds: float) -> None:
    """Show the figures, and below them who has a key that is too old, and what holds it."""
    table = Table(box=None, padding=(0, 2), show_header=False)
    for figure in figures(life, last, seconds):
        table.add_row(figure.what, figure.value)
    console.print(table)
    for excuse in excuses(life, last):
        console.print(f"    {excuse}")


def excuses(life: Life, last: Day) -> Iterator[str]:
    """Say of each user with keys that are too old what holds them."""
    for person, keys in too_old(life, last).items():
        yield f"{person.name}: {len(keys)} too old ({person.may_be_overdue or 'its grace period runs'})"


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
