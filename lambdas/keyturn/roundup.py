"""The roundup's handler: tells people once what became of all accounts of a tour."""

import os
from typing import TYPE_CHECKING, Any, Final

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from keyturn import chat
from keyturn.aws.clients import connect
from keyturn.aws.results import Results
from keyturn.aws.topic import Topic
from keyturn.domain.tour import measured, missing, roundup, stop
from keyturn.request import InvalidRequest
from keyturn.settings import Settings

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

logger = Logger()
metrics = Metrics(namespace="Keyturn")

_LONGEST: Final = 1000
_FIELDS: Final = {"tour": str, "waves": list, "notes": list, "written": list}


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:  # noqa: ARG001 - Lambda passes both
    """Read what the tour has written of each account, tell people, and name the accounts that are not well.

    Raises:
        InvalidRequest: saying what is allowed.
        InvalidSettings: naming each variable at fault.
        AwsError: when the results can't be read, or people not be told.
    """
    if not _is_a_tours_end(event):
        raise InvalidRequest(
            f"event is {repr(event)[:200]}: allowed is what the tour's state machine sends, with {', '.join(_FIELDS)}"
        )
    settings = Settings.from_environment(os.environ)
    results = Results.connect()
    written = [each["ResultWriterDetails"] for each in event["written"]]
    stops = [stop(record) for each in written for record in results.of(each["Bucket"], each["Key"])]
    stops += missing((account for wave in event["waves"] for account in wave), stops)
    subject, text = roundup(stops, event["notes"])
    unwell = [each.account for each in stops if each.status != "OK"]
    for each in stops:
        if each.status != "OK":  # a line an account, for the dashboard's query
            told = {"account": each.account, "status": each.status, "trouble": each.trouble[:_LONGEST]}
            logger.warning("account is not well", extra={"account_stop": told})
    logger.info("tour ended", extra={"accounts": len(stops), "unwell": unwell[:1000]})
    figures = measured(stops)
    # An account whose run came to its end has told of its failures itself.
    for name, value in {**figures, "RotationsFailed": figures["AccountsNotRun"]}.items():
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)
    note = chat.notification(subject, text, thread=f"keyturn-tour-{event['tour']}", event_type="Run Digest")
    Topic(connect(), settings.topic_arn).send(subject, text, note)
    return {"accounts": len(stops), "unwell": len(unwell), "named": unwell[:100]}


def _is_a_tours_end(event: object) -> bool:
    return isinstance(event, dict) and all(isinstance(event.get(name), kind) for name, kind in _FIELDS.items())
