"""Events as the emulated EventBridge delivers them are what their schema says, and the page's patterns find them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from sandbox.local_aws import Deployment, LocalAws
from tests.e2e.test_rotation import a_user, turn
from tests.e2e.waiting import eventually
from tests.event_samples import DETAIL_TYPES, file_of
from tests.fakes.delivered import hold_to_schema

PAGE = (Path(__file__).parents[2] / "docs/events.md").read_text(encoding="utf-8")
# Under "Patterns", each after the sentence that says what it finds.
PATTERNS = dict(
    re.findall(r"^([A-Z][^\n]+):\n\n```json\n(.*?)```$", PAGE.partition("## Patterns")[2], re.MULTILINE | re.DOTALL)
)
SAMPLES = {name: json.loads(file_of(name).read_text(encoding="utf-8")) for name in DETAIL_TYPES}


def test_what_a_rule_delivers_is_what_the_schema_says(stack: Deployment) -> None:
    events, queues = stack.aws.client("events"), stack.aws.client("sqs")
    queue = queues.create_queue(QueueName="told")["QueueUrl"]
    arn = queues.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name="told", EventPattern='{"source": ["keyturn"], "detail": {"user": ["ulla"]}}')
    events.put_targets(Rule="told", Targets=[{"Id": "queue", "Arn": arn}])
    a_user(stack, "ulla", age=80)
    line = turn(stack, "ulla")

    def received() -> list[dict[str, Any]]:
        return [json.loads(each["Body"]) for each in queues.receive_message(QueueUrl=queue).get("Messages", [])]

    (event,) = eventually(received)
    hold_to_schema(event)
    assert event["detail-type"] == "Access Key Rotated"
    assert event["detail"]["key"] == line["key"]
    assert event["resources"] == [f"arn:aws:iam::{event['account']}:user/ulla"]
    assert event.keys() == SAMPLES["Access Key Rotated"].keys()
    assert event["detail"].keys() == SAMPLES["Access Key Rotated"]["detail"].keys()


FOUND = {
    "Everything": set(DETAIL_TYPES),
    "What somebody has to see to": {"Rotation Held", "Rotation Failed"},
    "One user's new keys": {"Access Key Rotated"},
    "All users below an IAM path": set[str](),
    "What was switched off or held because a key is exposed, or held because it is still in use": {"Rotation Held"},
}


def matches(account: LocalAws, pattern: str, event: object) -> bool:
    answer = account.client("events").test_event_pattern(EventPattern=pattern, Event=json.dumps(event))
    return bool(answer["Result"])


def test_the_page_has_these_patterns_and_no_other() -> None:
    assert list(PATTERNS) == list(FOUND)


@pytest.mark.parametrize("caption", PATTERNS)
def test_a_pattern_of_the_page_finds_what_it_says(account: LocalAws, caption: str) -> None:
    found = {name for name, event in SAMPLES.items() if matches(account, PATTERNS[caption], event)}
    assert found == FOUND[caption]


def test_a_path_finds_those_below_it(account: LocalAws) -> None:
    below = {**SAMPLES["Access Key Deleted"], "resources": ["arn:aws:iam::111122223333:user/services/mail/alice"]}
    assert matches(account, PATTERNS["All users below an IAM path"], below)
    other = {**below, "resources": ["arn:aws:iam::111122223333:user/people/alice"]}
    assert not matches(account, PATTERNS["All users below an IAM path"], other)


def test_an_exposed_key_is_found_by_its_reason(account: LocalAws) -> None:
    exposed = SAMPLES["Access Key Deactivated"]
    exposed = {**exposed, "detail": {**exposed["detail"], "reason": "KeyExposed"}}
    caption = "What was switched off or held because a key is exposed, or held because it is still in use"
    assert matches(account, PATTERNS[caption], exposed)
