"""The letters to owners: what may send them, and who learns that one was not delivered."""

from collections.abc import Iterator

from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ses as ses
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra import policy
from infra.policy import Permission

_UNDELIVERED = {
    ses.EmailSendingEvent.BOUNCE: "Email Bounced",
    ses.EmailSendingEvent.COMPLAINT: "Email Complaint Received",
    ses.EmailSendingEvent.REJECT: "Email Rejected",
    ses.EmailSendingEvent.RENDERING_FAILURE: "Email Rendering Failed",
}


class Letters(Construct):
    """Sends from one address, whose identity is verified in SES by other means, and tells the topic of bounces."""

    def __init__(
        self, scope: Construct, construct_id: str, *, sender: str, topic: sns.ITopic, publishing: list[Permission]
    ) -> None:
        super().__init__(scope, construct_id)
        self._sender = sender
        self.configuration_set = ses.ConfigurationSet(self, "Set")
        self.configuration_set.add_event_destination(
            "Undelivered",
            # SES sends to the default bus only (developer guide, EventBridge destinations).
            destination=ses.EventDestination.event_bus(events.EventBus.from_event_bus_name(self, "Bus", "default")),
            events=list(_UNDELIVERED),
        )
        self.may_tell = publishing
        self._tell(topic)

    def sending(self) -> list[Permission]:
        """Return what it takes to send a letter."""
        return [
            Permission(
                sid="MailOwners",
                purpose="Send letters to users' owners, from the address in the setting notify_from and from no other.",
                actions=["ses:SendRawEmail"],
                resources=[
                    *(policy.arn("ses", f"identity/{identity}") for identity in _identities(self._sender)),
                    policy.arn("ses", f"configuration-set/{self.configuration_set.configuration_set_name}"),
                ],
                conditions={"StringEquals": {"ses:FromAddress": self._sender}},
            )
        ]

    def _tell(self, topic: sns.ITopic) -> None:
        # A role of this account's, and not a topic that admits EventBridge, which serves other accounts, too.
        role = iam.Role(
            self,
            "Role",
            description="What EventBridge may do with word of a letter that was not delivered",
            assumed_by=iam.ServicePrincipal("events.amazonaws.com"),
            inline_policies={"Tell": policy.document(self.may_tell)},
        )
        set_name = self.configuration_set.configuration_set_name
        events.Rule(
            self,
            "Undelivered",
            description="Tells people of letters of Keyturn's that were not delivered",
            event_pattern=events.EventPattern(
                source=["aws.ses"],
                detail_type=list(_UNDELIVERED.values()),
                detail={"mail": {"tags": {"ses:configuration-set": [set_name]}}},
            ),
            targets=[
                targets.SnsTopic(
                    topic,
                    role=iam.Role.from_role_arn(self, "RoleAsItIs", role.role_arn, mutable=False),
                    message=events.RuleTargetInput.from_text(_sentence()),
                )
            ],
        )


def _sentence() -> str:
    event, letter, to = (
        events.EventField.from_path(f"$.{path}")
        for path in ("detail-type", "detail.mail.commonHeaders.subject", "detail.mail.destination")
    )
    return (
        f"Keyturn: SES reports '{event}' for the letter '{letter}' to {to}. No key is affected. Correct the tag "
        "keyturn:owner of the IAM user that the letter is about, or take the address off SES's suppression list."
    )


def _identities(sender: str) -> Iterator[str]:
    """Name what may be verified in SES so that the address may be sent from: itself, its domain, or one above that."""
    yield sender
    labels = sender.partition("@")[2].split(".")
    yield from (".".join(labels[above:]) for above in range(len(labels) - 1))
