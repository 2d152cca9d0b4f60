"""The dashboard: whether anything rings, then how old keys are, where they stand, and what the runs do about it."""

from collections.abc import Mapping, Sequence
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from infra.organization.tour import Tour
from infra.own_metric import own_metric
from keyturn.domain.reason import Reason, Stage

_DAY: Final = Duration.days(1)  # of UTC; the runs report once a day
_HALF, _WHOLE, _HEIGHT = 12, 24, 6
_LAMBDAS_LIMIT_SECONDS: Final = 900
_TOURS_LIMIT_HOURS: Final = 23


class Overview(Construct):
    """One page for whoever is on call. Its metrics are explained in docs/metrics.md."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        alarms: Sequence[cloudwatch.IAlarm],
        max_age_days: int,
        tour: Tour | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        dashboard = cloudwatch.Dashboard(self, "Dashboard", default_interval=Duration.days(90))
        dashboard.add_widgets(
            cloudwatch.AlarmStatusWidget(title="Alarms", alarms=alarms, width=_WHOLE, height=_HEIGHT // 2)
        )
        for row in self._of_the_organization(tour, max_age_days) if tour else []:
            dashboard.add_widgets(*row)
        dashboard.add_widgets(self._oldest_key(max_age_days), self._stages())
        dashboard.add_widgets(self._rotations(), self._holds())
        dashboard.add_widgets(self._calls(), self._duration())
        self.name = dashboard.dashboard_name

    def _of_the_organization(self, tour: Tour, max_age_days: int) -> list[list[cloudwatch.IWidget]]:
        """All accounts of the last tours, before the single account's rows, which a line of text leads over to."""
        accounts = {"AccountsToured": "toured", "AccountsNotWell": "of these, not well", "AccountsNotRun": "not run"}
        throttled = [*self._named({"ApiThrottles": "calls to AWS"}), _held(tour)]
        wants = {"OrganizationKeysOverdue": "keys overdue", "OrganizationUsersBlocked": "users blocked"}
        return [
            [
                self._graph("Accounts of the organization", accounts, "Maximum"),
                self._graph("What wants somebody, in all accounts", wants, "Maximum"),
            ],
            [
                self._oldest_key(
                    max_age_days, "Oldest Active key of all accounts", "OrganizationOldestActiveKeyAgeDays"
                ),
                _drawn("Duration of tours", [_hours(tour)], [_limit(_TOURS_LIMIT_HOURS, "ended by Step Functions")]),
            ],
            [
                _drawn("Ends of tours per day", _ends(tour)),
                _drawn("Throttled per day, in all accounts", throttled),
            ],
            [_not_well(tour)],
            [
                cloudwatch.TextWidget(
                    markdown="Below: the stack's own account. Rotations, calls and the longest run are all accounts'.",
                    width=_WHOLE,
                    height=1,
                )
            ],
        ]

    def _oldest_key(
        self, max_age_days: int, title: str = "Oldest Active key", metric: str = "OldestActiveKeyAgeDays"
    ) -> cloudwatch.GraphWidget:
        limit = _limit(max_age_days, f"max_age_days: {max_age_days}")
        return self._graph(title, {metric: "age in days"}, "Maximum", left_annotations=[limit])

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
        limit = _limit(_LAMBDAS_LIMIT_SECONDS, "Lambda's limit")
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
        return _drawn(title, self._named(labels, statistic), left_annotations, stacked=stacked)

    def _named(self, labels: Mapping[str, str], statistic: str = "Sum") -> list[cloudwatch.IMetric]:
        return [own_metric(self, name, statistic, period=_DAY, label=label) for name, label in labels.items()]


def _drawn(
    title: str,
    metrics: Sequence[cloudwatch.IMetric],
    limits: Sequence[cloudwatch.HorizontalAnnotation] = (),
    *,
    stacked: bool = False,
) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(
        title=title,
        left=list(metrics),
        left_y_axis=cloudwatch.YAxisProps(min=0, show_units=False),
        left_annotations=list(limits),
        legend_position=cloudwatch.LegendPosition.RIGHT,
        stacked=stacked,
        width=_HALF,
        height=_HEIGHT,
    )


def _limit(value: int, label: str) -> cloudwatch.HorizontalAnnotation:
    return cloudwatch.HorizontalAnnotation(value=value, label=label)


def _hours(tour: Tour) -> cloudwatch.IMetric:
    return cloudwatch.MathExpression(
        expression="milliseconds / 3600000",
        using_metrics={"milliseconds": tour.machine.metric_time(statistic="Maximum", period=_DAY)},
        label="longest tour, hours",
        period=_DAY,
    )


def _ends(tour: Tour) -> list[cloudwatch.IMetric]:
    machine = tour.machine
    return [
        machine.metric_started(period=_DAY, label="started"),
        machine.metric_succeeded(period=_DAY, label="came to their end"),
        machine.metric_failed(period=_DAY, label="failed"),
        machine.metric_timed_out(period=_DAY, label="timed out"),
        machine.metric_aborted(period=_DAY, label="aborted"),
    ]


def _held(tour: Tour) -> cloudwatch.IMetric:
    return tour.throttled(period=_DAY, label="steps of accounts' executions")


def _not_well(tour: Tour) -> cloudwatch.LogQueryWidget:
    return cloudwatch.LogQueryWidget(
        title="Accounts that are not well, and why",
        log_group_names=[tour.roundup.log_group.log_group_name],
        query_lines=[
            "fields @timestamp, account_stop.account as account, account_stop.status as status",
            "fields account_stop.trouble as reason",
            "filter ispresent(account_stop.account)",
            "sort @timestamp desc, account asc",
            "limit 1000",
        ],
        view=cloudwatch.LogQueryVisualizationType.TABLE,
        width=_WHOLE,
        height=_HEIGHT,
    )
