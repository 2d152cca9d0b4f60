"""The alerts' topic: where alarms and the run's digest go, encrypted, and reached by TLS only."""

from aws_cdk import Aws, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra import policy
from infra.policy import Permission


class Alerts(Construct):
    """A topic, the key that encrypts it, and perhaps a first subscriber."""

    def __init__(self, scope: Construct, construct_id: str, *, email: str | None) -> None:
        super().__init__(scope, construct_id)
        # A key of its own, since CloudWatch can't use the AWS-managed key aws/sns: its policy has no room for alarms.
        self.key = kms.Key(
            self,
            "Key",
            description="Encrypts the alerts of Keyturn in transit through SNS",
            enable_key_rotation=True,
            removal_policy=RemovalPolicy.DESTROY,  # nothing is kept under it
        )
        self.topic = sns.Topic(self, "Topic", display_name="Keyturn", master_key=self.key, enforce_ssl=True)
        self._admit_alarms()
        if email:
            self.topic.add_subscription(subscriptions.EmailSubscription(email))

    def publishing(self) -> list[Permission]:
        """Return what it takes to publish to the topic."""
        return [
            Permission(
                sid="PublishAlerts",
                purpose="Send the digest of a run, and what a user's owner has to know.",
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
            ),
            Permission(
                sid="EncryptAlerts",
                purpose="Have SNS encrypt what is sent.",
                actions=["kms:GenerateDataKey", "kms:Decrypt"],
                resources=[self.key.key_arn],
                conditions={"StringEquals": {"kms:ViaService": f"sns.{Aws.REGION}.amazonaws.com"}},
            ),
        ]

    def _admit_alarms(self) -> None:
        # A topic with a policy of its own has lost the default one, which would have let the account's alarms in.
        alarms = {
            "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
            "ArnLike": {"aws:SourceArn": policy.arn("cloudwatch", "alarm:*")},
        }
        cloudwatch = iam.ServicePrincipal("cloudwatch.amazonaws.com")
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AdmitAlarms",
                principals=[cloudwatch],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
                conditions=alarms,
            )
        )
        self.key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="EncryptForAlarms",
                principals=[cloudwatch],
                actions=["kms:Decrypt", "kms:GenerateDataKey*"],
                resources=["*"],  # in a key policy, "*" is this key
                conditions=alarms,
            )
        )
