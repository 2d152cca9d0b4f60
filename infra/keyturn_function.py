"""What both Lambda functions have in common: the code, a role and a log group of their own, settings, dead letters."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra import permissions, policy
from infra.config import LOG_RETENTION, Config
from infra.own_metric import NAMESPACE
from infra.policy import Permission
from keyturn.settings import PREFIX, Settings

MEMORY_MB: Final = 512


@dataclass(frozen=True, kw_only=True)
class Duty:
    """What one function is for; `name` names its policy, `retries` are Lambda's own, of a run that ended in error."""

    name: str
    description: str
    handler: str
    timeout: Duration
    retries: int


class KeyturnFunction(Construct):
    """Runs one of Keyturn's handlers."""

    def __init__(  # noqa: PLR0913 - a construct's props are keywords, as the CDK's own are
        self,
        scope: Construct,
        construct_id: str,
        *,
        duty: Duty,
        code: lambda_.Code,
        config: Config,
        may: Sequence[Permission],
        dead_letters: sqs.IQueue,
    ) -> None:
        super().__init__(scope, construct_id)
        self.log_group = logs.LogGroup(
            self,
            "Logs",
            retention=LOG_RETENTION[config.log_retention_days],
            # The reports are the record of what was done to whose key: they outlive the stack until they expire.
            removal_policy=RemovalPolicy.RETAIN,
        )
        self.may = [*may, *self._running(dead_letters)]
        self.role = self._create_role(duty)
        self.function = lambda_.Function(
            self,
            "Function",
            description=duty.description,
            code=code,
            handler=duty.handler,
            runtime=lambda_.Runtime.PYTHON_3_14,
            architecture=lambda_.Architecture.ARM_64,
            memory_size=MEMORY_MB,
            timeout=duty.timeout,
            role=iam.Role.from_role_arn(self, "RoleAsItIs", self.role.role_arn, mutable=False),
            log_group=self.log_group,
            tracing=lambda_.Tracing.ACTIVE,
            environment={
                **environment(config.rotation),
                "POWERTOOLS_SERVICE_NAME": Stack.of(self).stack_name,
                "POWERTOOLS_METRICS_NAMESPACE": NAMESPACE,
            },
            retry_attempts=duty.retries,
            max_event_age=Duration.hours(1),
            on_failure=destinations.SqsDestination(dead_letters),
        )

    def _create_role(self, duty: Duty) -> iam.Role:
        role = iam.Role(
            self,
            "Role",
            description=f"What Keyturn's {self.node.id.lower()} may do",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            inline_policies={duty.name: policy.document(self.may)},
        )
        policy.acknowledge_wildcards(role, self.may)
        return role

    def _running(self, dead_letters: sqs.IQueue) -> list[Permission]:
        return permissions.running(log_group_arn=self.log_group.log_group_arn, dead_letters_arn=dead_letters.queue_arn)


def environment(settings: Settings) -> dict[str, str]:
    """Return every setting that has a value as the variable that the Lambda reads."""
    values = dataclasses.asdict(settings).items()
    return {PREFIX + name.upper(): _text(value) for name, value in values if value is not None}


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
