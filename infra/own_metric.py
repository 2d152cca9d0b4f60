"""A metric of Keyturn's own, as its functions report it: one namespace, and the stack as the only dimension."""

from typing import Final

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

NAMESPACE: Final = "Keyturn"


def own_metric(
    scope: Construct, name: str, statistic: str, *, period: Duration, label: str | None = None
) -> cloudwatch.Metric:
    """Name a metric that docs/metrics.md explains."""
    return cloudwatch.Metric(
        namespace=NAMESPACE,
        metric_name=name,
        dimensions_map={"service": Stack.of(scope).stack_name},
        statistic=statistic,
        period=period,
        label=label,
    )
