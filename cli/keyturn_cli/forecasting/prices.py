"""What a deployment costs a month, at AWS's list prices for us-east-1; docs/costs.md says where they are published."""

from typing import Final

SOURCE: Final = (
    "AWS list prices, us-east-1, as published in 2026 (docs/costs.md), free tiers not taken off, "
    "KMS keys in their first year; look up your region's"
)
A_SECRET: Final = 0.40
TEN_THOUSAND_SECRET_CALLS: Final = 0.05
A_KMS_KEY: Final = 1.00
A_DASHBOARD: Final = 3.00
AN_ALARM: Final = 0.10
A_METRIC: Final = 0.30
# A tour through an organization; the functions run on ARM.
A_GB_SECOND: Final = 0.0000133334
A_MILLION_INVOCATIONS: Final = 0.20
A_THOUSAND_TRANSITIONS: Final = 0.025
A_MILLION_EVENTS: Final = 1.00
TEN_THOUSAND_KMS_REQUESTS: Final = 0.03
A_GB_OF_LOGS: Final = 0.50
A_THOUSAND_PUTS: Final = 0.005
# What the stack has, and what a run reports. A metric is paid for by the hour in which it is sent: one of a day.
KMS_KEYS: Final = 2
DASHBOARDS: Final = 1
ALARMS: Final = 9
METRICS: Final = 48
# What a tour through an organization has beyond that.
TOUR_ALARMS: Final = 5
TOUR_METRICS: Final = 7
_HOURS_A_DAY: Final = 24
_SECRET_CALLS_A_ROTATION: Final = 8


def monthly_of_a_tour() -> float:
    """Give what watching over tours costs, whatever the number of accounts."""
    return TOUR_ALARMS * AN_ALARM + TOUR_METRICS * A_METRIC / _HOURS_A_DAY


def monthly(secrets: int, rotations_a_month: float) -> dict[str, float]:
    """Give the cost by what is paid for; Lambda, Scheduler and logs are cents."""
    calls = rotations_a_month * _SECRET_CALLS_A_ROTATION
    lines = {
        "secrets": secrets * A_SECRET,
        "kms_keys": KMS_KEYS * A_KMS_KEY,
        "cloudwatch": DASHBOARDS * A_DASHBOARD + ALARMS * AN_ALARM + METRICS * A_METRIC / _HOURS_A_DAY,
        "secrets_manager_calls": calls / 10_000 * TEN_THOUSAND_SECRET_CALLS,
    }
    return {name: round(cost, 2) for name, cost in {**lines, "total": sum(lines.values())}.items()}
