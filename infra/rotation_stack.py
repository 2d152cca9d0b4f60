"""The stack: composes the vault, the rotator with its schedule, the responder with its signals, and the alerts."""

import dataclasses

from aws_cdk import Aws, CfnCondition, CfnOutput, Duration, Fn, Stack
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra import permissions, policy, responder_permissions
from infra.alarms import Alarms
from infra.alerts import Alerts
from infra.config import Config
from infra.dashboard import Overview
from infra.keyturn_function import Duty, KeyturnFunction
from infra.letters import Letters
from infra.organization import member_role
from infra.organization.member_stack_set import MemberStackSet
from infra.organization.tour import ROSTER, ROUNDUP, Tour, listing_accounts
from infra.policy import Permission
from infra.responder_function import RESPONDER, Signals
from infra.rotator_function import ROTATOR
from infra.schedule import Schedule
from infra.secret_vault import SecretVault
from keyturn.settings import Keeper

# IAM has no regions; the samples of Health's events about its keys are from here (aws/aws-health-tools).
_HEALTH_REGION = "us-east-1"


class RotationStack(Stack):
    """Rotates the access keys of the account it is deployed to."""

    def __init__(self, scope: Construct, construct_id: str, *, config: Config, code: lambda_.Code) -> None:
        super().__init__(
            scope,
            construct_id,
            description="Keyturn rotates the access keys of IAM users",
            tags={"keyturn:stack": "rotation"},  # by which the command line finds it under any name
        )
        self.vault = SecretVault(
            self,
            "Vault",
            prefix=config.rotation.secret_prefix,
            customer_managed_key=config.customer_managed_key,
            organization_id=config.organization_id if config.rotation.secrets_in is Keeper.HUB else None,
        )
        self.alerts = Alerts(self, "Alerts", email=config.alarm_email)
        self.letters = self._create_letters(config.rotation.notify_from)
        self.dead_letters = self._create_dead_letters()
        self.bus = config.rotation.event_bus or "default"
        self.config, self.code = self._with_what_is_created(config), code
        self.rotator = self._create_function("Rotator", ROTATOR, self._rotating())
        self.responder = self._create_function("Responder", RESPONDER, self._responding())
        if config.member_units and config.rotation.external_id:
            MemberStackSet(
                self,
                "Members",
                config=config,
                external_id=config.rotation.external_id,
                parameters=self._for_members(),
            )
        self.tour = self._create_tour() if config.organization else None
        self.schedule = Schedule(
            self,
            "Daily",
            rotator=self.rotator.function,
            dead_letters=self.dead_letters,
            config=config,
            tour=self.tour.machine if self.tour else None,
        )
        alarms = Alarms(
            self,
            "Alarms",
            rotator=self.rotator.function,
            responder=self.responder.function,
            dead_letters=self.dead_letters,
            topic=self.alerts.topic,
            runbook_url=config.runbook_url,
            tour=self.tour,
        )
        self.dashboard = Overview(
            self, "Overview", alarms=alarms.all, max_age_days=config.rotation.max_age_days, tour=self.tour
        )
        Signals(self, "Signals", responder=self.responder.function, dead_letters=self.dead_letters)
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
            queue, "SQS3", "It is the dead-letter queue, of the functions, the schedule and the rule; people empty it."
        )
        return queue

    def _create_tour(self) -> Tour:
        listing = listing_accounts() if self.config.rotation.external_id else []
        roster = self._create_function("Roster", ROSTER, listing)
        roundup = self._create_function("Roundup", ROUNDUP, self.alerts.publishing())
        return Tour(
            self,
            "Tour",
            config=self.config,
            rotator=self.rotator.function,
            roster=roster.function,
            roundup=roundup,
        )

    def _create_letters(self, sender: str | None) -> Letters | None:
        if sender is None:
            return None
        return Letters(self, "Letters", sender=sender, topic=self.alerts.topic, publishing=self.alerts.publishing())

    def _with_what_is_created(self, config: Config) -> Config:
        settings = dataclasses.replace(
            config.rotation,
            kms_key_id=self.vault.key.key_arn if self.vault.key else None,
            event_bus=self.bus,
            topic_arn=self.alerts.topic.topic_arn,
            member_roles=member_role.ROLES if config.rotation.external_id else None,
            mail_configuration_set=self.letters.configuration_set.configuration_set_name if self.letters else None,
        )
        return dataclasses.replace(config, rotation=settings)

    def _rotating(self) -> list[Permission]:
        return [
            *permissions.surveying(),
            *permissions.rotating(self.config.rotation),
            *permissions.keeping_secrets(*self.vault.kept),
            *([permissions.admitting_readers(self.vault.of_members)] if self.vault.of_members else []),
            *self.vault.storing(),
            *self._telling(),
            *member_role.taking(self.config.rotation.external_id),
        ]

    def _for_members(self) -> dict[str, str]:
        """What a member's stack has to be told of this one."""
        told = {"RotatorRoleArn": self.rotator.role.role_arn}
        if self.vault.of_members and self.vault.key:
            told["VaultKeyArn"] = self.vault.key.key_arn
        return told

    def _responding(self) -> list[Permission]:
        return [*responder_permissions.responding(self.config.rotation, self.vault.secrets), *self._telling()]

    def _telling(self) -> list[Permission]:
        mailing = self.letters.sending() if self.letters else []
        return [*permissions.telling(self._bus_arn()), *self.alerts.publishing(), *mailing]

    def _create_function(self, construct_id: str, duty: Duty, may: list[Permission]) -> KeyturnFunction:
        return KeyturnFunction(
            self,
            construct_id,
            duty=duty,
            code=self.code,
            config=self.config,
            may=may,
            dead_letters=self.dead_letters,
        )

    def _bus_arn(self) -> str:
        return self.bus if self.bus.startswith("arn:") else policy.arn("events", f"event-bus/{self.bus}")

    def _tell_names(self) -> None:
        names = {
            "RotatorFunctionName": self.rotator.function.function_name,
            "ResponderFunctionName": self.responder.function.function_name,
            "ResponderFunctionArn": self.responder.function.function_arn,
            "RotatorRoleArn": self.rotator.role.role_arn,
            "ScheduleName": self.schedule.schedule.schedule_name,
            "ReadOwnSecretPolicyArn": self.vault.read_own_secret.managed_policy_arn,
            "TopicArn": self.alerts.topic.topic_arn,
            "DeadLetterQueueUrl": self.dead_letters.queue_url,
            "EventBusName": self.bus,
            "DashboardName": self.dashboard.name,
        }
        if self.tour:
            names |= {
                "RosterFunctionName": self.tour.roster.function_name,
                "RoundupFunctionName": self.tour.roundup.function.function_name,
                "TourStateMachineArn": self.tour.machine.state_machine_arn,
                "TourResultsBucketName": self.tour.results.bucket_name,
            }
        if self.vault.key:
            names["VaultKeyArn"] = self.vault.key.key_arn
        for name, value in names.items():
            CfnOutput(self, name, value=value)
        self._tell_what_is_missing()

    def _tell_what_is_missing(self) -> None:
        elsewhere = CfnCondition(
            self,
            "OutsideUsEast1",
            expression=Fn.condition_not(Fn.condition_equals(Aws.REGION, _HEALTH_REGION)),
        )
        CfnOutput(
            self,
            "ExposedKeysMissing",
            condition=elsewhere,
            value=(
                f"AWS Health tells of exposed keys in {_HEALTH_REGION}, so this stack learns of none by itself: "
                f"forward its events to {policy.arn('events', 'event-bus/default')} (docs/alarms.md, Exposed keys)"
            ),
        )
