"""States of metric alarms: by the alarm's own dimensions and periods, missing data treated as the alarm says."""

import operator
import time
from collections.abc import Callable
from typing import Any

from sandbox.emulator.upstream import Record, cloudwatch, replace

COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


def mend() -> None:
    """Evaluate alarms by this module when a metric comes; as time passes, `passing_time` has them looked at."""
    replace(cloudwatch, "_evaluate_alarm", _evaluate)


def _evaluate(alarm: Record) -> None:
    if not alarm.get("MetricName"):
        return
    former, state = alarm["StateValue"], _state(alarm)
    if state in (None, former):
        return
    reason = f"Threshold Crossed: {alarm['MetricName']} {alarm['ComparisonOperator']} {alarm['Threshold']}"
    alarm.update(StateValue=state, StateReason=reason, StateUpdatedTimestamp=int(time.time()))
    cloudwatch._record_history(alarm["AlarmName"], former, state, reason)
    cloudwatch._dispatch_alarm_actions(alarm, former, state, reason)
    cloudwatch._evaluate_parent_alarms(alarm)


def _state(alarm: Record) -> str | None:
    """Give the state that the data asks for, None for the one it has (user guide, alarm evaluation)."""
    treatment = alarm.get("TreatMissingData") or "missing"
    datapoints = [_datapoint(alarm, index) for index in range(alarm.get("EvaluationPeriods") or 1)]
    if treatment in ("missing", "ignore") and all(each is None for each in datapoints):
        return None if treatment == "ignore" else "INSUFFICIENT_DATA"
    breaches = COMPARISONS[alarm["ComparisonOperator"]]
    breaching = [
        treatment == "breaching" if each is None else breaches(each, alarm["Threshold"]) for each in datapoints
    ]
    return "ALARM" if sum(breaching) >= (alarm.get("DatapointsToAlarm") or len(datapoints)) else "OK"


def _datapoint(alarm: Record, periods_ago: int) -> float | None:
    period = alarm.get("Period") or 60
    until = time.time() - periods_ago * period
    points = [point for point in _points(alarm) if until - period < point["Timestamp"] <= until]
    if not points:
        return None
    statistic = alarm.get("ExtendedStatistic") or alarm.get("Statistic") or "Average"
    stats = cloudwatch._calc_stats(points)
    value: float | None = cloudwatch._stat_value(stats, statistic, points)
    return value


def _points(alarm: Record) -> list[Any]:
    dimensions = {each["Name"]: each["Value"] for each in alarm.get("Dimensions") or []}
    key = (alarm["Namespace"], alarm["MetricName"], cloudwatch._dims_key(dimensions))
    return list(cloudwatch._metrics.get(key) or [])
