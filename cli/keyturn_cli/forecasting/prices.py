"""What a deployment costs a month, at list prices."""

from typing import Final

# AWS's public price pages (aws.amazon.com/secrets-manager/pricing, /kms/pricing, /cloudwatch/pricing), region
# us-east-1, as generally known in November 2026, not looked up by this program; other regions may differ a little.
AS_OF: Final = "2026-11"
SOURCE: Final = "AWS list prices, us-east-1, as generally known in 2026-11; look up your region's"
A_SECRET: Final = 0.40
A_KMS_KEY: Final = 1.00
# The stack's metrics and alarms, some 15 at $0.30 and 8 at $0.10; what the free tier covers is not taken off.
CLOUDWATCH: Final = 5.30
TEN_THOUSAND_SECRET_CALLS: Final = 0.05
_SECRET_CALLS_A_ROTATION: Final = 8
_KMS_KEYS: Final = 2


def monthly(secrets: int, rotations_a_month: float) -> dict[str, float]:
    """Give the cost by what is paid for; Lambda, Scheduler and logs are cents."""
    calls = rotations_a_month * _SECRET_CALLS_A_ROTATION
    lines = {
        "secrets": secrets * A_SECRET,
        "kms_keys": _KMS_KEYS * A_KMS_KEY,
        "cloudwatch": CLOUDWATCH,
        "secrets_manager_calls": calls / 10_000 * TEN_THOUSAND_SECRET_CALLS,
    }
    return {name: round(cost, 2) for name, cost in {**lines, "total": sum(lines.values())}.items()}
