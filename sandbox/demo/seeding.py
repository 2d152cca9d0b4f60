"""Seeding: every key is created when it should have been created, by moving the clock there; no state is edited."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.demo.people import GUARD_ALARM, Person, SeedKey
from sandbox.local_aws import Credential, LocalAws

# What a program does with its key, apart from fetching it: something that any user may be allowed and AWS signs.
WORK = {"Effect": "Allow", "Action": "sqs:ListQueues", "Resource": "*"}
# A key that is Inactive on day 0 has been for these days.
INACTIVE_FOR = 5


@dataclass(frozen=True)
class _Event:
    days_ago: int
    happen: Callable[[], None]


def seed(aws: LocalAws, people: Iterable[Person], day_0: datetime) -> dict[str, list[Credential]]:
    """Create the users and live up to day 0; give each user's credentials, the oldest first."""
    credentials: dict[str, list[Credential]] = {}
    events: list[_Event] = []
    for person in people:
        credentials[person.name] = []
        _create_user(aws, person, day_0)
        for key in sorted(person.keys, key=lambda each: -each.age):
            events += _events_of(aws, person, key, credentials[person.name])
    for event in sorted(events, key=lambda each: -each.days_ago):
        aws.clock.move_to(day_0 - timedelta(days=event.days_ago))
        event.happen()
    aws.clock.move_to(day_0)
    return credentials


def _create_user(aws: LocalAws, person: Person, day_0: datetime) -> None:
    tags = dict(person.tags)
    if person.exempt_for is not None:
        tags["keyturn:exempt-until"] = f"{day_0 + timedelta(days=person.exempt_for):%Y-%m-%d}"
    iam = aws.client("iam")
    shown = [{"Key": name, "Value": value} for name, value in tags.items()]
    iam.create_user(UserName=person.name, Path=person.path, Tags=shown)
    iam.put_user_policy(UserName=person.name, PolicyName="work", PolicyDocument=json.dumps({"Statement": [WORK]}))
    if "keyturn:guard-alarm" in tags:
        _create_guard_alarm(aws)


def _create_guard_alarm(aws: LocalAws) -> None:
    aws.client("cloudwatch").put_metric_alarm(
        AlarmName=GUARD_ALARM,
        Namespace="Billing",
        MetricName="Errors",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="ignore",  # it stays as it is set: no errors are measured here
    )
    aws.client("cloudwatch").set_alarm_state(AlarmName=GUARD_ALARM, StateValue="OK", StateReason="all is well")


def _events_of(aws: LocalAws, person: Person, key: SeedKey, credentials: list[Credential]) -> list[_Event]:
    mine: list[Credential] = []

    def create() -> None:
        created = aws.client("iam").create_access_key(UserName=person.name)["AccessKey"]
        mine.append(Credential(created["AccessKeyId"], created["SecretAccessKey"]))
        credentials.append(mine[0])

    def use() -> None:
        work(aws, mine[0])

    def deactivate() -> None:
        aws.client("iam").update_access_key(UserName=person.name, AccessKeyId=mine[0].key_id, Status="Inactive")

    events = [_Event(key.age, create)]
    if key.used is not None:
        events.append(_Event(key.used, use))
    if key.inactive:
        events.append(_Event(INACTIVE_FOR, deactivate))
    return events


def work(aws: LocalAws, credential: Credential) -> None:
    """Sign a call as a program would: with the key, for the program's own purpose."""
    aws.client("sqs", credential).list_queues()
