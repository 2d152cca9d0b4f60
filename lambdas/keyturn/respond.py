"""The responder's handler: an alarm or an exposed key comes in, a report of what was done goes out."""

import os
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from keyturn.aws.clients import connect
from keyturn.deadline import Deadline
from keyturn.domain.outcome import Outcome
from keyturn.doors import Run
from keyturn.membership import home
from keyturn.report import Status, line
from keyturn.response import respond
from keyturn.settings import Settings
from keyturn.signals import ALLOWED, InvalidSignal, Unknown, signals

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

logger = Logger()
metrics = Metrics(namespace="Keyturn")


class ResponseFailed(Exception):
    """A signal could not be followed to its end; following it again does no harm, so AWS may send it again."""


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: Any, context: "LambdaContext") -> dict[str, Any]:  # noqa: ANN401 - it may be anything: that is checked
    """Undo deactivations whose guard alarm rings, and take exposed keys out of use.

    Raises:
        InvalidSettings: naming each variable at fault; nothing was touched.
        InvalidSignal: when something came that is not listened to; what came beside it was followed.
        ResponseFailed: when a signal could not be followed.
    """
    settings = Settings.from_environment(os.environ).of_account(home(context.invoked_function_arn))
    received = signals(event)
    deadline = Deadline(lambda: context.get_remaining_time_in_millis() / 1000, time.sleep)
    run = Run.begin(settings, connect(), datetime.now(UTC), deadline)
    logger.append_keys(run_id=run.id)
    response = respond(received, run, tell=_log)
    answer = response.report.as_dict()
    logger.info("signals followed", extra={"report": {key: value for key, value in answer.items() if key != "users"}})
    for name, value in response.metrics.items():
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)
    if response.failures or response.report.status is not Status.OK:
        raise ResponseFailed("; ".join(response.failures) or f"run {run.id} could not do all, see its log")
    if unknown := [signal.what for signal in received if isinstance(signal, Unknown)]:
        raise InvalidSignal(f"{'; '.join(unknown[:10])}: {ALLOWED}")
    return answer


def _log(outcome: Outcome) -> None:
    say = logger.warning if outcome.reason.blocks else logger.info
    say(outcome.message, extra={"user_turn": line(outcome)})
