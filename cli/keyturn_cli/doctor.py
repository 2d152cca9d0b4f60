"""`keyturn doctor`: is the deployment healthy, and if not, what to do."""

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import click

from keyturn_cli.options import exit_code_option, output_options, stack_options
from keyturn_cli.output import Column, Output
from keyturn_cli.progress import working
from keyturn_cli.stack import Connect, Stack
from keyturn_cli.trouble import FAILED, FINDINGS

if TYPE_CHECKING:
    from keyturn_cli.checkup.finding import Check, Finding

_COLUMNS: Final = (
    Column("check", "Check"),
    Column("state", "State"),
    Column("message", "Found"),
    Column("do", "Do this"),
)


@click.command("doctor", short_help="Check whether the deployment is healthy.")
@exit_code_option
@output_options
@stack_options
def command(*, exit_code: bool, output: Output, connect: Connect) -> int:
    """Check whether the deployment is healthy: stack, schedule, runs, alarms, permissions, KMS key, secrets, tools.

    Everything is only read. It ends with 1 if something has to be mended; with --exit-code, 3 says that there are
    warnings.

    \b
    Examples:
      keyturn doctor
      keyturn doctor --output json
    """
    stack = connect()
    with working("examining the deployment"):
        findings = _examine(stack)
    rows = [vars(finding) for finding in findings]
    states = Counter(str(finding.state) for finding in findings)
    output.answer({"kind": "keyturn doctor", "schema": 1, "stack": stack.name, "findings": rows}, rows, _COLUMNS)
    output.line(f"\n{states['ok']} ok, {states['warn']} warnings, {states['fail']} to mend.")
    if states["fail"]:
        return FAILED
    return FINDINGS if exit_code and states["warn"] else 0


def _examine(stack: Stack) -> "list[Finding]":
    # The checks know botocore's errors, which is not loaded for --help.
    from keyturn_cli.checkup import deployment, permissions, runs, vault, workplace  # noqa: PLC0415 - as said above
    from keyturn_cli.checkup.finding import Patient, examined  # noqa: PLC0415 - as said above

    checks: dict[str, Check] = {
        "stack": deployment.stack,
        "functions": deployment.functions,
        "mode": deployment.mode,
        "schedule": deployment.schedule,
        "last good run": runs.last_good_run,
        "alarms": runs.alarms,
        "dead letters": runs.dead_letters,
        "subscribers": runs.subscribers,
        "permissions": permissions.permissions,
        "KMS key": vault.encryption,
        "secrets": vault.secrets,
        "readers": vault.readers,
        "Node": workplace.node,
        "CDK": workplace.cdk,
    }
    patient = Patient(stack, datetime.now(UTC))
    return [finding for name, check in checks.items() for finding in examined(name, check, patient)]
