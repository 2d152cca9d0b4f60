"""The stack: composes the vault, the rotator, its schedule and its alerts."""

import dataclasses

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra import permissions, policy
from infra.alarms import Alarms
from infra.alerts import Alerts
from infra.config import Config
from infra.rotator_function import RotatorFunction
from infra.schedule import Schedule
from infra.secret_vault import SecretVault


class RotationStack(Stack):
    """Rotates the access keys of the account it is deployed to."""

    def __init__(self, scope: Construct, construct_id: str, *, config: Config, code: lambda_.Code) -> None:
        super().__init__(scope, construct_id, description="Keyturn rotates the access keys of IAM users")
        self.vault = SecretVault(
            self, "Vault", prefix=config.rotation.secret_prefix, customer_managed_key=config.customer_managed_key
        )
        self.alerts = Alerts(self, "Alerts", email=config.alarm_email)
        self.dead_letters = self._create_dead_letters()
        self.bus = config.rotation.event_bus or "default"
        self.rotator = self._create_rotator(config, code)
        self.schedule = Schedule(
            self,
            "Daily",
            rotator=self.rotator.function,
            dead_letters=self.dead_letters,
            config=config,
        )
        Alarms(
            self,
            "Alarms",
            rotator=self.rotator.function,
            dead_letters=self.dead_letters,
            topic=self.alerts.topic,
        )
        self._tell_names()

    def _create_dead_letters(self) -> sqs.Queue:
        queue = sqs.Queue(
            self,
            "DeadLetters",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=Duration.days(14),
        )
        policy.acknowledge(
            queue, "SQS3", "It is the dead-letter queue, of the function and of the schedule; people empty it."
        )
        return queue

    def _create_rotator(self, config: Config, code: lambda_.Code) -> RotatorFunction:
        settings = dataclasses.replace(
            config.rotation,
            kms_key_id=self.vault.key.key_arn if self.vault.key else None,
            event_bus=self.bus,
            topic_arn=self.alerts.topic.topic_arn,
        )
        may = [
            *permissions.surveying(),
            *permissions.rotating(settings),
            *permissions.keeping_secrets(self.vault.secrets),
            *self.vault.storing(),
            *permissions.telling(self._bus_arn()),
            *self.alerts.publishing(),
        ]
        return RotatorFunction(
            self,
            "Rotator",
            code=code,
            config=dataclasses.replace(config, rotation=settings),
            may=may,
            dead_letters=self.dead_letters,
        )

    def _bus_arn(self) -> str:
        return self.bus if self.bus.startswith("arn:") else policy.arn("events", f"event-bus/{self.bus}")

    def _tell_names(self) -> None:
        names = {
            "RotatorFunctionName": self.rotator.function.function_name,
            "ScheduleName": self.schedule.schedule.schedule_name,
            "ReadOwnSecretPolicyArn": self.vault.read_own_secret.managed_policy_arn,
            "TopicArn": self.alerts.topic.topic_arn,
            "DeadLetterQueueUrl": self.dead_letters.queue_url,
            "EventBusName": self.bus,
        }
        if self.vault.key:
            names["VaultKeyArn"] = self.vault.key.key_arn
        for name, value in names.items():
            CfnOutput(self, name, value=value)
