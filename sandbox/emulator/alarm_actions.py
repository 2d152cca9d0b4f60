"""What a change of an alarm's state sets off: Lambda functions named as actions, and an event on the default bus."""

import json
import time
from collections.abc import Callable

from sandbox.emulator.upstream import Record, cloudwatch, eventbridge, extend, lambda_svc, replace, responses

ACTIONS = {"ALARM": "AlarmActions", "OK": "OKActions", "INSUFFICIENT_DATA": "InsufficientDataActions"}


def mend() -> None:
    """Do after SNS what ministack leaves out, and invoke the targets of events as asynchronously as AWS does."""
    extend(cloudwatch, "_dispatch_alarm_actions", _dispatch)
    replace(eventbridge, "_dispatch_to_lambda", _invoke)


def _dispatch(former: Callable[..., None], alarm: Record, old: str, new: str, reason: str) -> None:
    if old == new:
        return
    former(alarm, old, new, reason)
    data = {
        "alarmName": alarm["AlarmName"],
        "state": {"value": new, "reason": reason, "timestamp": _now()},
        "previousState": {"value": old, "timestamp": _now()},
        "configuration": _configuration(alarm),
    }
    eventbridge._dispatch_event(_event(alarm, data))
    if alarm.get("ActionsEnabled", True):
        for action in alarm.get(ACTIONS[new]) or []:
            if ":lambda:" in action:
                _invoke(action, json.dumps(_payload(alarm, data)))


def _invoke(function_arn: str, payload: str) -> None:
    """Invoke a function as an event source does: with its retries, and its destination for failures."""
    record, config, _ = lambda_svc._get_func_record_for_ref(function_arn)
    if record and config:
        lambda_svc.invoke_async_with_retry(lambda_svc._execution_record_for_config(record, config), json.loads(payload))


def _payload(alarm: Record, data: Record) -> Record:
    """Give what CloudWatch sends to a function (user guide, alarms and Lambda actions)."""
    return {
        "source": "aws.cloudwatch",
        "alarmArn": alarm["AlarmArn"],
        "accountId": responses.get_account_id(),
        "time": _now(),
        "region": responses.get_region(),
        "alarmData": data,
    }


def _event(alarm: Record, data: Record) -> Record:
    return {
        "EventId": responses.new_uuid(),
        "Source": "aws.cloudwatch",
        "DetailType": "CloudWatch Alarm State Change",
        "Detail": json.dumps(data),
        "EventBusName": "default",
        "Time": time.time(),
        "Resources": [alarm["AlarmArn"]],
        "Account": responses.get_account_id(),
        "Region": responses.get_region(),
    }


def _configuration(alarm: Record) -> Record:
    described = {"description": alarm["AlarmDescription"]} if alarm.get("AlarmDescription") else {}
    if "AlarmRule" in alarm:
        return {**described, "alarmRule": alarm["AlarmRule"]}
    dimensions = {each["Name"]: each["Value"] for each in alarm.get("Dimensions") or []}
    metric = {"namespace": alarm.get("Namespace"), "name": alarm.get("MetricName"), "dimensions": dimensions}
    stat = {"metric": metric, "period": alarm.get("Period"), "stat": alarm.get("Statistic")}
    return {**described, "metrics": [{"id": "m1", "metricStat": stat, "returnData": True}]}


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.000+0000", time.gmtime())
