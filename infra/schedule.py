"""The schedule: starts the daily run, and keeps a start that could not be delivered."""

from typing import TypedDict

from aws_cdk import Aws, Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as targets
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra import policy
from infra.config import Config
from infra.policy import Permission


class Schedule(Construct):
    """An EventBridge schedule that asks the rotator to rotate, and to end a failed run with an error."""

    def __init__(  # noqa: PLR0913 - a construct's props are keywords, as the CDK's own are
        self,
        scope: Construct,
        construct_id: str,
        *,
        rotator: lambda_.IFunction,
        dead_letters: sqs.IQueue,
        config: Config,
        tour: sfn.IStateMachine | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self.may = [_touring(tour) if tour else _rotating(rotator), _keeping(dead_letters)]
        # The role below says all; the CDK's own grant would add every version of the function.
        role = self._create_role().without_policy_updates()
        # Retries are for a start that was not delivered; a run that failed is taken up by the next one.
        delivery = _Delivery(
            role=role, retry_attempts=5, max_event_age=Duration.hours(1), dead_letter_queue=dead_letters
        )
        request = scheduler.ScheduleTargetInput.from_object({"action": "rotate", "on_failure": "raise"})
        target = (
            targets.StepFunctionsStartExecution(tour, input=scheduler.ScheduleTargetInput.from_object({}), **delivery)
            if tour
            else targets.LambdaInvoke(rotator, input=request, **delivery)
        )
        self.schedule = scheduler.Schedule(
            self,
            "Schedule",
            description="Starts Keyturn's daily run",
            schedule=scheduler.ScheduleExpression.expression(config.schedule),
            time_window=_window(config.flexible_minutes),
            target=target,
        )

    def _create_role(self) -> iam.Role:
        # Only schedules of this account's default group may take the role (EventBridge Scheduler, confused deputy).
        ours = {
            "StringEquals": {
                "aws:SourceAccount": Aws.ACCOUNT_ID,
                "aws:SourceArn": policy.arn("scheduler", "schedule-group/default"),
            }
        }
        return iam.Role(
            self,
            "Role",
            description="Lets the schedule start Keyturn's runs",
            assumed_by=iam.ServicePrincipal("scheduler.amazonaws.com", conditions=ours),
            inline_policies={"StartRuns": policy.document(self.may)},
        )


class _Delivery(TypedDict):
    role: iam.IRole
    retry_attempts: int
    max_event_age: Duration
    dead_letter_queue: sqs.IQueue


def _rotating(rotator: lambda_.IFunction) -> Permission:
    return Permission(
        sid="StartRun",
        purpose="Invoke the rotator.",
        actions=["lambda:InvokeFunction"],
        resources=[rotator.function_arn],
    )


def _touring(tour: sfn.IStateMachine) -> Permission:
    return Permission(
        sid="StartTour",
        purpose="Start the state machine that asks the rotator for each account.",
        actions=["states:StartExecution"],
        resources=[tour.state_machine_arn],
    )


def _keeping(dead_letters: sqs.IQueue) -> Permission:
    return Permission(
        sid="KeepUndelivered",
        purpose="Put a start that could not be delivered into the dead-letter queue.",
        actions=["sqs:SendMessage"],
        resources=[dead_letters.queue_arn],
    )


def _window(minutes: int) -> scheduler.TimeWindow:
    return scheduler.TimeWindow.flexible(Duration.minutes(minutes)) if minutes else scheduler.TimeWindow.off()
