"""The tour: a state machine that asks the rotator for each account of the organization, wave after wave."""

from typing import Final

from aws_cdk import Aws, Duration, RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra import policy
from infra.config import LOG_RETENTION, Config
from infra.keyturn_function import Duty, KeyturnFunction
from infra.organization.tour_states import ACCOUNTS, definition
from infra.policy import Permission

ROSTER: Final = Duty(
    name="List",
    description="Lists the accounts of a tour through the organization",
    handler="keyturn.roster.handler",
    timeout=Duration.minutes(15),  # Lambda's limit: how fast Organizations lists thousands is not published
    retries=0,
)
ROUNDUP: Final = Duty(
    name="Tell",
    description="Tells people what became of the accounts of a tour",
    handler="keyturn.roundup.handler",
    timeout=Duration.minutes(10),
    retries=0,
)


def listing_accounts() -> list[Permission]:
    """Return what lists an organization's accounts."""
    return [
        Permission(
            sid="ListAccounts",
            purpose="List the organization's accounts, and those below the units that the settings name.",
            actions=[
                "organizations:ListAccounts",
                "organizations:ListAccountsForParent",
                "organizations:ListOrganizationalUnitsForParent",
            ],
            resources=["*"],
            wildcard="ListAccounts has no resources; the others' units are the settings' to name.",
        )
    ]


class Tour(Construct):
    """Lists the accounts, has each rotated in an execution of its own, and tells people once."""

    def __init__(  # noqa: PLR0913 - a construct's props are keywords, as the CDK's own are
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: Config,
        rotator: lambda_.IFunction,
        roster: lambda_.IFunction,
        roundup: KeyturnFunction,
    ) -> None:
        super().__init__(scope, construct_id)
        self.results = self._create_results(config)
        self.roster, self.roundup = roster, roundup
        self.may = self._touring(rotator, roster, roundup.function)
        log = logs.LogGroup(
            self, "Log", retention=LOG_RETENTION[config.log_retention_days], removal_policy=RemovalPolicy.RETAIN
        )
        role = self._create_role()
        self.definition = definition(
            config,
            rotator=rotator.function_arn,
            roster=roster.function_arn,
            roundup=roundup.function.function_arn,
            results=self.results.bucket_name,
        )
        machine = sfn.CfnStateMachine(
            self,
            "Machine",
            definition=self.definition,
            role_arn=role.role_arn,
            # No input or output: the log is for what happened, and the results say what came of it.
            logging_configuration=sfn.CfnStateMachine.LoggingConfigurationProperty(
                destinations=[
                    sfn.CfnStateMachine.LogDestinationProperty(
                        cloud_watch_logs_log_group=sfn.CfnStateMachine.CloudWatchLogsLogGroupProperty(
                            log_group_arn=log.log_group_arn
                        )
                    )
                ],
                level="ALL",
                include_execution_data=False,
            ),
            tracing_configuration=sfn.CfnStateMachine.TracingConfigurationProperty(enabled=True),
        )
        self.machine = sfn.StateMachine.from_state_machine_arn(self, "AsItIs", machine.attr_arn)
        self._let_it_run_its_own_children(role, machine.attr_arn)
        self._let_be_read(roundup)

    def throttled(self, *, period: Duration, label: str | None = None) -> cloudwatch.Metric:
        """Return how many steps of the accounts' executions Step Functions held back; the tour itself has few."""
        return cloudwatch.Metric(
            namespace="AWS/States",
            metric_name="ExecutionThrottled",
            dimensions_map={"StateMachineArn": f"{self.machine.state_machine_arn}/{ACCOUNTS}"},
            statistic="Sum",
            period=period,
            label=label,
        )

    def _create_results(self, config: Config) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            "Results",
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            lifecycle_rules=[s3.LifecycleRule(expiration=Duration.days(config.log_retention_days))],
            removal_policy=RemovalPolicy.RETAIN,  # the record of what was done, as the logs are
        )
        policy.acknowledge(
            bucket,
            "S1",
            "It holds counts and faults, no secret; who reads it is in CloudTrail's data events, if wanted.",
        )
        return bucket

    def _create_role(self) -> iam.Role:
        ours = {"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
        role = iam.Role(
            self,
            "Role",
            description="What Keyturn's tour through the organization may do",
            assumed_by=iam.ServicePrincipal("states.amazonaws.com", conditions=ours),
            inline_policies={"Tour": policy.document(self.may)},
        )
        policy.acknowledge_wildcards(role, self.may)
        return role

    def _touring(self, *functions: lambda_.IFunction) -> list[Permission]:
        return [
            Permission(
                sid="AskFunctions",
                purpose="Ask the rotator for an account, and the roster and the roundup for all of them.",
                actions=["lambda:InvokeFunction"],
                resources=[each.function_arn for each in functions],
            ),
            Permission(
                sid="WriteResults",
                purpose="Write what became of each account; a large file goes in parts.",
                actions=[
                    "s3:PutObject",
                    "s3:GetObject",
                    "s3:ListMultipartUploadParts",
                    "s3:AbortMultipartUpload",
                ],
                resources=[self.results.arn_for_objects("*")],
                wildcard="Every tour writes files of its own.",
            ),
            Permission(
                sid="DeliverLogs",
                purpose="Write the state machine's log, and send its traces.",
                actions=[
                    "logs:CreateLogDelivery",
                    "logs:GetLogDelivery",
                    "logs:UpdateLogDelivery",
                    "logs:DeleteLogDelivery",
                    "logs:ListLogDeliveries",
                    "logs:PutResourcePolicy",
                    "logs:DescribeResourcePolicies",
                    "logs:DescribeLogGroups",
                    "xray:PutTraceSegments",
                    "xray:PutTelemetryRecords",
                    "xray:GetSamplingRules",
                    "xray:GetSamplingTargets",
                ],
                resources=["*"],
                wildcard="Log deliveries and X-Ray have no resources (Service Authorization Reference).",
            ),
        ]

    def _let_it_run_its_own_children(self, role: iam.Role, machine_arn: str) -> None:
        # A policy of its own, since the machine's ARN is known only after the machine, which needs the role.
        self.running = Permission(
            sid="RunChildren",
            purpose="Run one execution for each account (Step Functions developer guide, Distributed Map, IAM).",
            actions=["states:StartExecution"],
            resources=[machine_arn],
        )
        iam.Policy(self, "Children", document=policy.document([self.running]), roles=[role])

    def _let_be_read(self, roundup: KeyturnFunction) -> None:
        self.reading = Permission(
            sid="ReadResults",
            purpose="Read what became of each account.",
            actions=["s3:GetObject"],
            resources=[self.results.arn_for_objects("*")],
            wildcard="Every tour writes files of its own.",
        )
        reading = iam.Policy(self, "Reading", document=policy.document([self.reading]), roles=[roundup.role])
        policy.acknowledge_wildcards(reading, [self.reading])
