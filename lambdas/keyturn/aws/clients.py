"""The boto3 clients, made once and shared by all threads of a run."""

import functools
import logging
import os
import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, Protocol

import boto3
from botocore.config import Config

from keyturn.aws.tally import Tally
from keyturn.aws.translation import asking
from keyturn.domain.member_role import MemberRole

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_ses import SESClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sts import STSClient

# The modes and counts are set here and not left to the SDK or its environment variables: its defaults have changed
# between versions. Reads and idempotent writes are retried by the SDK, which also sends less for a while once AWS has
# throttled a client (mode `adaptive`): each account's calls have clients of their own, as IAM has buckets for each.
RETRIED: Final = Config(
    retries={"mode": "adaptive", "total_max_attempts": 5},
    connect_timeout=5,
    read_timeout=20,
    max_pool_connections=64,
    user_agent_extra="keyturn",
)
# `total_max_attempts` counts requests. An SDK retry of CreateAccessKey after a lost response makes a second key, or
# hides the first behind LimitExceeded.
_ONCE: Final = RETRIED.merge(Config(retries={"mode": "standard", "total_max_attempts": 1}))
# A letter is worth less time than a key.
_BRIEFLY: Final = RETRIED.merge(
    Config(retries={"mode": "standard", "total_max_attempts": 2}, connect_timeout=3, read_timeout=5)
)
# The longest that one role's session may take another role for (STS, role chaining); a run lasts a quarter of it.
_AN_HOUR: Final = 3600


class StsFactory(Protocol):
    """Makes an STS client that signs with a given key."""

    def __call__(self, access_key_id: str, secret_access_key: str) -> "STSClient":
        """Make the client."""


@dataclass(frozen=True)
class Clients:
    """One client a service; `iam_once` sends every request once, `sts` signs with the key that it is given.

    Attributes:
        member: takes the role that a member account lends, and gives these clients with those of what is the account's
            own signed by it: its users, its secrets, its alarms. Raises AwsError.
        tally: counts what they all send.
    """

    iam: "IAMClient"
    iam_once: "IAMClient"
    secretsmanager: "SecretsManagerClient"
    cloudwatch: "CloudWatchClient"
    events: "EventBridgeClient"
    sns: "SNSClient"
    ses: "SESClient"
    sts: StsFactory
    member: "Callable[[MemberRole], Clients]"
    tally: Tally = field(default_factory=Tally)


def connect() -> Clients:
    """Make the clients, in the Lambda's region and with its role; kept for the invocations that follow."""
    return _connect(tuple(sorted((name, text) for name, text in os.environ.items() if name.startswith("AWS_"))))


# A client keeps the region, endpoint and credentials of the environment in which it was made.
@functools.lru_cache(maxsize=1)
def _connect(_environment: tuple[tuple[str, str], ...]) -> Clients:
    session, tally = boto3.session.Session(), Tally()
    tally.listen(session)
    making = threading.Lock()  # a session is not safe for threads that make clients

    def sts(access_key_id: str, secret_access_key: str) -> "STSClient":
        with making:
            return session.client(
                "sts", aws_access_key_id=access_key_id, aws_secret_access_key=secret_access_key, config=_ONCE
            )

    def member(role: MemberRole) -> Clients:
        with making:
            own = session.client("sts", config=RETRIED)
        with asking("AssumeRole"):
            lent = own.assume_role(
                RoleArn=role.arn,
                RoleSessionName=role.session_name,
                ExternalId=role.external_id,
                Policy=role.narrowed,
                DurationSeconds=_AN_HOUR,
            )["Credentials"]
        signing: dict[str, Any] = {
            "aws_access_key_id": lent["AccessKeyId"],
            "aws_secret_access_key": lent["SecretAccessKey"],
            "aws_session_token": lent["SessionToken"],
        }
        with making:
            return replace(
                clients,
                iam=session.client("iam", config=RETRIED, **signing),
                iam_once=session.client("iam", config=_ONCE, **signing),
                secretsmanager=session.client("secretsmanager", config=RETRIED, **signing),
                cloudwatch=session.client("cloudwatch", config=RETRIED, **signing),
            )

    clients = Clients(
        iam=session.client("iam", config=RETRIED),
        iam_once=session.client("iam", config=_ONCE),
        secretsmanager=session.client("secretsmanager", config=RETRIED),
        cloudwatch=session.client("cloudwatch", config=RETRIED),
        events=session.client("events", config=RETRIED),
        sns=session.client("sns", config=RETRIED),
        ses=session.client("ses", config=_BRIEFLY),
        sts=sts,
        member=member,
        tally=tally,
    )
    hold_down_debug_logs()
    return clients


def _no_debug(record: logging.LogRecord) -> bool:
    return record.levelno > logging.DEBUG


def hold_down_debug_logs() -> None:
    """Keep the SDK from logging at DEBUG, whatever level anybody sets.

    At DEBUG botocore prints the body of CreateAccessKey's response and the parameters of PutSecretValue (read in
    botocore 1.44.5, parsers.py and endpoint.py). The level serves loggers yet to come; it could be lowered again by
    anybody, while a filter stays.
    """
    logging.getLogger("botocore").setLevel(logging.INFO)
    for name in [*logging.root.manager.loggerDict, "botocore", "boto3", "urllib3"]:
        if name.split(".")[0] in {"botocore", "boto3", "urllib3", "s3transfer"}:
            logging.getLogger(name).addFilter(_no_debug)
