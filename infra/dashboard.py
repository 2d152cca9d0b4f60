"""The dashboard: whether anything rings, then how old keys are, where they stand, and what the runs do about it."""

from collections.abc import Mapping, Sequence
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from infra.own_metric import own_metric
from keyturn.domain.reason import Reason, Stage

_DAY: Final = Duration.days(1)  # of UTC; the runs report once a day
_HALF, _WHOLE, _HEIGHT = 12, 24, 6
_LAMBDAS_LIMIT_SECONDS: Final = 900


class Overview(Construct):
    """One page for whoever is on call. Its metrics are explained in docs/metrics.md."""

    def __init__(
        self, scope: Construct, construct_id: str, *, alarms: Sequence[cloudwatch.IAlarm], max_age_days: int
    ) -> None:
        super().__init__(scope, construct_id)
        dashboard = cloudwatch.Dashboard(self, "Dashboard", default_interval=Duration.days(90))
        dashboard.add_widgets(
            cloudwatch.AlarmStatusWidget(title="Alarms", alarms=alarms, width=_WHOLE, height=_HEIGHT // 2)
        )
        dashboard.add_widgets(self._oldest_key(max_age_days), self._stages())
        dashboard.add_widgets(self._rotations(), self._holds())
        dashboard.add_widgets(self._calls(), self._duration())
        self.name = dashboard.dashboard_name

    def _oldest_key(self, max_age_days: int) -> cloudwatch.GraphWidget:
        limit = cloudwatch.HorizontalAnnotation(value=max_age_days, label=f"max_age_days: {max_age_days}")
        ages = {"OldestActiveKeyAgeDays": "age in days"}
        return self._graph("Oldest Active key", ages, "Maximum", left_annotations=[limit])

    def _stages(self) -> cloudwatch.GraphWidget:
        return self._graph("Keys by stage", {f"Stage{stage}": stage.value for stage in Stage}, "Maximum", stacked=True)

    def _rotations(self) -> cloudwatch.GraphWidget:
        deeds = ("rotated", "deactivated", "deleted", "reactivated")
        return self._graph("Rotations per day", {f"Keys{deed.title()}": deed for deed in deeds}, "Sum")

    def _holds(self) -> cloudwatch.GraphWidget:
        labels = [reason.label for reason in Reason if reason.blocks]
        holds = {f"Held{label}": label for label in labels}
        return self._graph("Users held until somebody acts, by reason", holds, "Maximum", stacked=True)

    def _calls(self) -> cloudwatch.GraphWidget:
        calls = {"ApiCalls": "calls to AWS", "ApiThrottles": "of these, throttled"}
        return self._graph("API calls per day", calls, "Sum")

    def _duration(self) -> cloudwatch.GraphWidget:
        limit = cloudwatch.HorizontalAnnotation(value=_LAMBDAS_LIMIT_SECONDS, label="Lambda's limit")
        return self._graph("Duration", {"RunSeconds": "longest run, seconds"}, "Maximum", left_annotations=[limit])

    def _graph(
        self,
        title: str,
        labels: Mapping[str, str],
        statistic: str,
        *,
        stacked: bool = False,
        left_annotations: Sequence[cloudwatch.HorizontalAnnotation] = (),
    ) -> cloudwatch.GraphWidget:
        return cloudwatch.GraphWidget(
            title=title,
            left=[own_metric(self, name, statistic, period=_DAY, label=label) for name, label in labels.items()],
            left_y_axis=cloudwatch.YAxisProps(min=0, show_units=False),
            left_annotations=list(left_annotations),
            legend_position=cloudwatch.LegendPosition.RIGHT,
            stacked=stacked,
            width=_HALF,
            height=_HEIGHT,
        )
