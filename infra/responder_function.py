"""The responder: the function that undoes deactivations and takes exposed keys out of use, and who may invoke it."""

from typing import Final

from aws_cdk import Aws, Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra import policy
from infra.keyturn_function import Duty

RESPONDER: Final = Duty(
    name="Respond",
    description="Undoes deactivations whose guard alarm rings, and takes exposed access keys out of use",
    handler="keyturn.respond.handler",
    timeout=Duration.minutes(2),
    retries=2,  # following a signal again does no harm
)


class Signals(Construct):
    """What reaches the responder without anybody's wiring: the account's alarms, and AWS Health's word of its keys."""

    def __init__(
        self, scope: Construct, construct_id: str, *, responder: lambda_.IFunction, dead_letters: sqs.IQueue
    ) -> None:
        super().__init__(scope, construct_id)
        # One permission for all alarms: a team that names the responder as its alarm's action has no more to do.
        responder.add_permission(
            "Alarms",
            principal=iam.ServicePrincipal("lambda.alarms.cloudwatch.amazonaws.com"),
            source_account=Aws.ACCOUNT_ID,
            source_arn=policy.arn("cloudwatch", "alarm:*"),
        )
        events.Rule(
            self,
            "ExposedKeys",
            description="Tells Keyturn's responder of access keys that AWS Health reports as exposed",
            event_pattern=events.EventPattern(
                account=[Aws.ACCOUNT_ID],
                source=["aws.health"],
                detail_type=["AWS Health Event"],
                detail={"service": ["RISK"], "eventTypeCode": events.Match.prefix("AWS_RISK_CREDENTIALS_")},
            ),
            targets=[
                targets.LambdaFunction(
                    responder,
                    dead_letter_queue=dead_letters,
                    retry_attempts=185,
                    max_event_age=Duration.hours(24),
                )
            ],
        )
