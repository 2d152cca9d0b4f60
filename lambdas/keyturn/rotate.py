"""The rotator's handler: an event comes in, a run report goes out."""

import os
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.validation import SchemaValidationError, validate

from keyturn.aws.clients import connect
from keyturn.deadline import Deadline
from keyturn.domain.outcome import Outcome
from keyturn.doors import Run
from keyturn.membership import enter, home
from keyturn.report import RunReport, Status, line, went_wrong
from keyturn.request import SCHEMA, InvalidRequest, OnFailure, Request, means_rotate_all, parse
from keyturn.run import acts, perform
from keyturn.settings import Settings

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

logger = Logger()
metrics = Metrics(namespace="Keyturn")

# How much of a faulty value, and how many failed users, an error message shows; the log has them all.
_SHOWN: Final = 200
_NAMED: Final = 10


class RunFailed(Exception):
    """A run that was asked to raise has failed for some users; everything else was done."""


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: Any, context: "LambdaContext") -> dict[str, Any]:  # noqa: ANN401 - it may be anything: that is checked
    """Rotate keys, tell their status or roll back, as the event asks.

    Raises:
        InvalidSettings: naming each variable at fault; nothing was touched.
        InvalidRequest: naming the field, its value and what is allowed; nothing was touched.
        AccountUnreachable: when another account, which the event names, lends no role; nothing was touched.
        RunFailed: when the event says `"on_failure": "raise"` and a user's turn failed.
    """
    settings = Settings.from_environment(os.environ)
    own = home(context.invoked_function_arn)
    request = _at_home(read(event), own)
    settings = settings.of_account(request.account or own)
    deadline = Deadline(lambda: context.get_remaining_time_in_millis() / 1000, time.sleep)
    clients = connect()
    if request.account:
        settings, clients = enter(request.account, settings, clients, acts=acts(request, settings))
    run = Run.begin(settings, clients, datetime.now(UTC), deadline)
    logger.append_keys(run_id=run.id)
    report = perform(request, run, tell=_log, measure=_measure)
    answer = report.in_brief() if request.brief else report.as_dict()
    logger.info("run ended", extra={"report": {key: value for key, value in answer.items() if key != "users"}})
    if report.status is Status.FAILED and request.on_failure is OnFailure.RAISE:
        raise RunFailed(_summary(report))
    return answer


def _at_home(request: Request, own: str) -> Request:
    """Leave the account out of a request if it is the function's own: its role needs nobody's leave there."""
    return replace(request, account=None) if request.account == own else request


def read(event: Any) -> Request:  # noqa: ANN401 - it may be anything: that is checked
    """Validate and parse an event.

    Raises:
        InvalidRequest: naming the field, its value and what is allowed.
    """
    if means_rotate_all(event):
        return Request()
    try:
        validate(event=event, schema=SCHEMA)
    except SchemaValidationError as error:
        raise InvalidRequest(_fault(error)) from None
    except RecursionError:  # of Powertools, which writes the faulty value into its message
        raise InvalidRequest("request is nested too deeply: allowed is what docs/requests.md shows") from None
    return parse(event)


def _fault(error: SchemaValidationError) -> str:
    name = error.name or "data"
    rule = (error.validation_message or "is not valid").removeprefix(name).strip()
    allowed = f" (allowed are {', '.join(SCHEMA['properties'])})" if error.rule == "additionalProperties" else ""
    return f"{name.replace('data', 'request', 1)} {_cut(rule)}{allowed}, and is {_cut(repr(error.value))}"


def _cut(text: str) -> str:
    return text[:_SHOWN] + "…" * (len(text) > _SHOWN)


def _log(outcome: Outcome) -> None:
    say = logger.error if went_wrong(outcome) else logger.warning if outcome.reason.blocks else logger.info
    say(outcome.message, extra={"user_turn": line(outcome)})


def _measure(values: dict[str, float]) -> None:
    for name, value in values.items():
        unit = MetricUnit.Seconds if name.endswith("Seconds") else MetricUnit.Count
        metrics.add_metric(name=name, unit=unit, value=value)


def _summary(report: RunReport) -> str:
    faults = [f"{outcome.user.name}: {outcome.message}" for outcome in report.outcomes if went_wrong(outcome)]
    more = f"; and {len(faults) - _NAMED} more" if len(faults) > _NAMED else ""
    return f"run {report.run_id} failed for {len(faults)} users: {'; '.join(faults[:_NAMED])}{more}"
