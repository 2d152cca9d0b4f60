"""Deploys an ECS service anew when a user's new key is in its secret, since a task reads secrets only at its start."""

from aws_cdk import Acknowledgment, Duration, RemovalPolicy, Stack, Validations
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct


class RedeployService(Construct):
    """A rule for AWSCURRENT moving in one secret, and a state machine of one step, which no code has to be kept for."""

    def __init__(self, scope: Construct, construct_id: str, *, secret_name: str, cluster: str, service: str) -> None:
        super().__init__(scope, construct_id)
        self.state_machine = self._create_state_machine(cluster, service)
        self.rule = events.Rule(
            self,
            "Rule",
            description=f"A new access key is in {secret_name}: deploy {service} anew",
            event_pattern=events.EventPattern(
                source=["aws.secretsmanager"],
                detail_type=["Secret Label Updated"],
                detail={"name": [secret_name], "labelUpdated": ["AWSCURRENT"]},
            ),
            targets=[targets.SfnStateMachine(self.state_machine)],
        )

    def _create_state_machine(self, cluster: str, service: str) -> sfn.StateMachine:
        deploy = tasks.CallAwsService(
            self,
            "Deploy",
            service="ecs",
            action="updateService",
            iam_action="ecs:UpdateService",
            parameters={"Cluster": cluster, "Service": service, "ForceNewDeployment": True},
            iam_resources=[
                Stack.of(self).format_arn(service="ecs", resource="service", resource_name=f"{cluster}/{service}")
            ],
            # Of the answer, which describes the whole service, nothing is needed.
            result_path=sfn.JsonPath.DISCARD,
        )
        # Both keys work for the whole grace period, so there is time to be patient with ECS.
        deploy.add_retry(interval=Duration.seconds(30), backoff_rate=2, max_attempts=6)
        log_group = logs.LogGroup(
            self, "Log", retention=logs.RetentionDays.ONE_YEAR, removal_policy=RemovalPolicy.DESTROY
        )
        machine = sfn.StateMachine(
            self,
            "Machine",
            comment=f"Deploys {service} anew, so that its tasks start with the new access key",
            definition_body=sfn.DefinitionBody.from_chainable(deploy),
            timeout=Duration.hours(1),
            logs=sfn.LogOptions(destination=log_group, level=sfn.LogLevel.ALL),
            tracing_enabled=True,
        )
        Validations.of(machine.role).acknowledge(
            Acknowledgment(
                id="AwsSolutions-IAM5[Resource::*]",
                reason="Log deliveries and X-Ray's traces have no resources (Service Authorization Reference).",
            )
        )
        return machine
