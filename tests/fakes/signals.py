"""The signals around the keys: CloudWatch's alarms, EventBridge's bus and SNS's topics."""

import json
from typing import Any

from tests.fakes import delivered
from tests.fakes.account import Account, Alarm
from tests.fakes.calls import Caller, Params, Response, ServiceError, operation

MAX_SUBJECT = 100


@operation("cloudwatch")
def describe_alarms(account: Account, _caller: Caller, params: Params) -> Response:
    """Composite alarms are told of only when asked for (DescribeAlarms, CloudWatch API reference)."""
    types, names = params.get("AlarmTypes", ["MetricAlarm"]), params.get("AlarmNames")
    alarms = [
        alarm
        for alarm in account.alarms.values()
        if (names is None or alarm.name in names)
        and alarm.name.startswith(params.get("AlarmNamePrefix", ""))
        and params.get("StateValue", alarm.state) == alarm.state
    ]
    return {
        "MetricAlarms": [_alarm(account, one) for one in alarms if not one.composite and "MetricAlarm" in types],
        "CompositeAlarms": [_alarm(account, one) for one in alarms if one.composite and "CompositeAlarm" in types],
    }


def _alarm(account: Account, alarm: Alarm) -> dict[str, Any]:
    return {
        "AlarmName": alarm.name,
        "AlarmArn": f"arn:aws:cloudwatch:{account.region}:{account.id}:alarm:{alarm.name}",
        "StateValue": alarm.state,
        "StateUpdatedTimestamp": alarm.since,
        "StateTransitionedTimestamp": alarm.since,
    }


@operation("events", mutating=True)
def put_events(account: Account, _caller: Caller, params: Params) -> Response:
    """Each entry is taken or refused by itself; the call succeeds either way."""
    answers = [_event(account, entry) for entry in params["Entries"]]
    return {"FailedEntryCount": sum("ErrorCode" in answer for answer in answers), "Entries": answers}


def _event(account: Account, entry: dict[str, Any]) -> dict[str, str]:
    if not all(entry.get(member) for member in ("Source", "DetailType", "Detail")):
        return {"ErrorCode": "InvalidArgument", "ErrorMessage": "Source, DetailType and Detail are required."}
    try:
        detail = json.loads(entry["Detail"])
    except ValueError:
        return {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
    envelope = delivered.envelope(account, entry, detail)
    if entry["Source"] == "keyturn":
        delivered.hold_to_schema(envelope)
    account.events.append({**entry, "Detail": detail})
    account.delivered.append(envelope)
    return {"EventId": f"fake-event-{len(account.events)}"}


@operation("sns", mutating=True)
def publish(account: Account, _caller: Caller, params: Params) -> Response:
    subject = params.get("Subject", "-")
    if not 0 < len(subject) <= MAX_SUBJECT or "\n" in subject or not subject.isascii():
        raise ServiceError("InvalidParameter", "Invalid parameter: Subject")
    if not params["Message"]:
        raise ServiceError("InvalidParameter", "Invalid parameter: Empty message")
    account.messages.append(dict(params))
    return {"MessageId": f"fake-message-{len(account.messages)}"}
