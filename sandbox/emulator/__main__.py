"""`python -m sandbox.emulator`: ministack with every mend in place, serving until its standard input closes."""

import os
import shutil
import signal
import threading

from sandbox.emulator import (
    access_keys,
    alarm_actions,
    alarm_states,
    credential_report,
    embedded_metrics,
    functions,
    mail_calls,
    map_results,
    observers,
    organization_policies,
    other_accounts,
    passing_time,
    policy_variables,
    principals,
    resource_arns,
    secret_labels,
    secret_lists,
    secret_stages,
    secret_values,
    service_events,
    signed_calls,
    stacks,
    stopped_executions,
    throttles,
    user_lists,
    user_names,
)
from sandbox.emulator.upstream import app

MENDS = (
    observers,
    signed_calls,
    resource_arns,
    policy_variables,
    principals,
    organization_policies,
    access_keys,
    credential_report,
    user_lists,
    user_names,  # it wraps what the others of IAM's answer
    throttles,  # and it all of them: what is throttled is not looked at
    secret_labels,
    secret_lists,
    secret_values,
    secret_stages,
    other_accounts,  # last of Secrets Manager's: it wraps what the others answer
    alarm_states,
    alarm_actions,
    service_events,
    mail_calls,
    passing_time,
    embedded_metrics,
    functions,
    map_results,
    stopped_executions,
    stacks,
)


def _end_with_the_parent() -> None:
    # The parent holds the other end: when it dies, however it dies, nothing of the sandbox stays behind.
    while os.read(0, 1):
        pass
    shutil.rmtree(os.environ["SANDBOX_PLACE"], ignore_errors=True)
    os.killpg(os.getpgid(0), signal.SIGKILL)


if __name__ == "__main__":
    for mended in MENDS:
        mended.mend()
    threading.Thread(target=_end_with_the_parent, daemon=True).start()
    app.main()
