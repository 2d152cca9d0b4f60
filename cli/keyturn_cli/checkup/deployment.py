"""Checks of the stack, its functions and its schedule."""

from collections.abc import Iterator
from typing import Final

from keyturn.settings import Mode
from keyturn_cli.checkup.finding import Finding, Patient, fail, ok, warn
from keyturn_cli.stack import ROTATOR

_GOOD: Final = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"}
_FUNCTIONS: Final = {"rotator": ROTATOR, "responder": "ResponderFunctionName"}


def stack(patient: Patient) -> Iterator[Finding]:
    """Is the stack in a good state."""
    it = patient.stack
    where = f"{it.name} in account {it.account}, region {it.region}: {it.status}"
    if it.status in _GOOD:
        yield ok("stack", where)
    elif it.status.endswith("_IN_PROGRESS"):
        yield warn("stack", where, "wait until the deployment has ended, then look again")
    else:
        yield fail("stack", where, "see the stack's events in CloudFormation, then 'make deploy'")


def functions(patient: Patient) -> Iterator[Finding]:
    """Can the functions be invoked."""
    client = patient.stack.client("lambda")
    for name, output in _FUNCTIONS.items():
        configuration = patient.stack.configuration(output)
        reserved = client.get_function_concurrency(FunctionName=patient.stack.output(output))
        state, update = configuration.get("State", "Active"), configuration.get("LastUpdateStatus", "Successful")
        if reserved.get("ReservedConcurrentExecutions") == 0:
            yield fail(name, "is switched off: its reserved concurrency is 0", "remove the reserved concurrency")
        elif state not in {"Active", "Inactive"} or update == "Failed":
            yield fail(name, f"is in state {state}, its last update {update}", "'make deploy'")
        else:
            yield ok(name, f"can be invoked ({configuration.get('Runtime')})")


def mode(patient: Patient) -> Iterator[Finding]:
    """Does the rotator act."""
    if patient.stack.settings().mode is Mode.ENFORCE:
        yield ok("mode", "enforce: due keys are rotated")
    else:
        yield warn(
            "mode",
            "observe: plans are made and nothing is changed",
            'look at \'keyturn plan\', then set "mode": "enforce" in cdk.json and deploy',
        )


def schedule(patient: Patient) -> Iterator[Finding]:
    """Will there be a next run."""
    name = patient.stack.output("ScheduleName")
    client = patient.stack.client("scheduler")
    try:
        found = client.get_schedule(Name=name)
    except client.exceptions.ResourceNotFoundException:
        yield fail("schedule", f"schedule {name} is gone: no run will start by itself", "'make deploy' makes it anew")
        return
    if found["State"] == "ENABLED":
        yield ok("schedule", f"enabled, {found['ScheduleExpression']}")
    else:
        yield fail("schedule", f"{found['State'].lower()}: no run will start by itself", f"enable schedule {name}")
