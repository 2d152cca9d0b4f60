"""What an organization costs a month, at the list prices of `keyturn_cli.forecasting.prices`: thirty steady days."""

from typing import Final

from bench.organization.limits import Limits
from bench.organization.tour import Tour
from keyturn_cli.forecasting import prices

DAYS: Final = 30
_MB_A_GB: Final = 1_024
_VALUES: Final = ("create_secret", "put_secret_value")
_SECRET_CALLS: Final = (
    *_VALUES,
    "describe_secret",
    "list_secrets",
    "list_secret_version_ids",
    "tag_resource",
    "untag_resource",
    "update_secret_version_stage",
)
# Assumed: a data key is made or read for each value that is written, and one more for what is checked beside it.
_KMS_REQUESTS_A_VALUE: Final = 2
# Assumed: a user's line in the rotator's log, and an event in the state machine's.
_BYTES_A_LINE: Final = 1_000
_BYTES_A_STATE: Final = 1_500
_GB: Final = 1_000_000_000
# The manifest and a file for each way in which executions end (Step Functions developer guide, ResultWriter).
_FILES_A_TOUR: Final = 4


def monthly(steady: Tour, limits: Limits) -> dict[str, float]:
    """Give the cost of a month by what is paid for."""
    users = sum(visit.work.users for visit in steady.visits)
    fixed = prices.monthly(users, 0)
    lines = {
        "secrets": fixed["secrets"],
        # Each member's stack has a key for its secrets.
        "KMS keys": len(steady.visits) * prices.A_KMS_KEY + fixed["kms_keys"],
        "CloudWatch, but for logs": fixed["cloudwatch"] + prices.monthly_of_a_tour(),
    }
    return {**lines, **{name: DAYS * cost for name, cost in of_a_tour(steady, limits).items()}}


def of_a_tour(tour: Tour, limits: Limits) -> dict[str, float]:
    """Give the cost of one tour by what is paid for."""
    turns = sum(visit.turns.total() for visit in tour.visits)
    calls = [visit.calls for visit in tour.visits]
    return {
        "calls to Secrets Manager": sum(each[name] for each in calls for name in _SECRET_CALLS)
        / 10_000
        * prices.TEN_THOUSAND_SECRET_CALLS,
        "calls to KMS": sum(each[name] for each in calls for name in _VALUES)
        * _KMS_REQUESTS_A_VALUE
        / 10_000
        * prices.TEN_THOUSAND_KMS_REQUESTS,
        "Lambda": tour.billed * limits.memory / _MB_A_GB * prices.A_GB_SECOND
        + tour.runs / 1_000_000 * prices.A_MILLION_INVOCATIONS,
        "Step Functions": tour.entered / 1_000 * prices.A_THOUSAND_TRANSITIONS,
        "events": sum(each["put_events"] for each in calls) / 1_000_000 * prices.A_MILLION_EVENTS,
        "logs": (turns * _BYTES_A_LINE + tour.entered * _BYTES_A_STATE) / _GB * prices.A_GB_OF_LOGS,
        "results in S3": _FILES_A_TOUR / 1_000 * prices.A_THOUSAND_PUTS,
    }
