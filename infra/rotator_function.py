"""The rotator: the function that rotates keys."""

from typing import Final

from aws_cdk import Duration

from infra.keyturn_function import Duty

# No reserved concurrency: a user's secret is the lock against a second run, and with a reserve of one a person who
# invokes the function during a run would be refused with 429.
ROTATOR: Final = Duty(
    name="Rotate",
    description="Rotates the access keys of IAM users",
    handler="keyturn.rotate.handler",
    timeout=Duration.minutes(15),  # Lambda's limit; the run stops starting users in time before it
    # Running again is the retry, and that is the next run's: Lambda's own would come while a lease still holds.
    retries=0,
)
