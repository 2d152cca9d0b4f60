"""Owners' mail as it is received, and what people read on the topic, from the deployed stack in its account."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import fastjsonschema

from sandbox.demo.seeding import work
from sandbox.local_aws import Deployment
from tests.e2e.surroundings import SENDER
from tests.e2e.test_responder import both_active, exposure, fail, guarded
from tests.e2e.test_rotation import a_user, fetched, turn
from tests.e2e.waiting import eventually
from tests.unit.chat_schema import CUSTOM_NOTIFICATION

SECONDS = 10


def owned_by(stack: Deployment, user: str) -> str:
    """Give a user an owner."""
    owner = f"{user}-owner@example.com"
    stack.aws.client("iam").tag_user(UserName=user, Tags=[{"Key": "keyturn:owner", "Value": owner}])
    return owner


def received(stack: Deployment, owner: str, number: int = 1) -> list[EmailMessage]:
    """Wait for so many letters, and give all that came."""

    def look() -> list[EmailMessage]:
        letters = stack.aws.mailbox.mail_to(owner)
        return letters if len(letters) >= number else []

    letters = eventually(look, SECONDS)
    assert len(letters) == number, [letter["Subject"] for letter in letters]
    return letters


def parts(letter: EmailMessage) -> tuple[str, str]:
    """What a letter says, as text and as HTML."""
    assert letter.get_content_type() == "multipart/alternative"
    text, html = letter.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    return text.get_content(), html.get_content()


def test_an_owner_is_mailed_through_a_whole_rotation(stack: Deployment) -> None:
    old = a_user(stack, "petra", age=80)
    owner = owned_by(stack, "petra")
    turn(stack, "petra")
    (letter,) = received(stack, owner)
    assert (letter["From"], letter["To"]) == (SENDER, owner)
    assert letter["Subject"] == "New access key for IAM user petra"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert abs(letter["Date"].datetime - stack.aws.clock.now()) < timedelta(minutes=5)
    assert letter["Message-ID"]
    secret = stack.aws.client("secretsmanager").describe_secret(SecretId="keyturn/petra/access-key")["ARN"]
    new = fetched(stack, "petra", old)
    for part in parts(letter):
        assert secret in part
        assert "until" in part
        for credential in (old, new):
            assert credential.key_id not in part
            assert credential.secret not in part
        assert f"AKIA…{new.key_id[-4:]}" in part
    _, html = parts(letter)
    assert '<html lang="en">' in html

    stack.aws.clock.move_by(timedelta(days=7))
    work(stack.aws, old)
    turn(stack, "petra")
    reminder = received(stack, owner, 2)[-1]
    assert reminder["Subject"] == "Old access key of IAM user petra is still in use, 7 days left"
    assert "by service sqs in region us-east-1" in parts(reminder)[0]

    work(stack.aws, new)
    stack.aws.clock.move_by(timedelta(days=8))
    assert turn(stack, "petra")["action"] == "DeactivateKey"
    off = received(stack, owner, 3)[-1]
    assert off["Subject"] == "Old access key of IAM user petra is deactivated"
    assert '{"action": "rollback", "users": ["petra"]}' in parts(off)[0]

    assert turn(stack, "petra", "rollback")["action"] == "ReactivateKey"
    back = received(stack, owner, 4)[-1]
    assert back["Subject"] == "Old access key of IAM user petra is Active again"
    assert "a rollback was asked for" in parts(back)[0]


def test_a_reactivation_by_an_alarm_reaches_the_owner(stack: Deployment) -> None:
    user = guarded(stack, "quinn", stack.outputs["ResponderFunctionArn"])
    owner = owned_by(stack, "quinn")
    fail(stack, user)
    eventually(both_active(stack, user), SECONDS)
    (letter,) = received(stack, owner)
    assert letter["Subject"] == "Old access key of IAM user quinn is Active again"
    text, html = parts(letter)
    assert "guard alarm 'quinn-is-unwell' went to ALARM" in text
    assert "guard alarm &#x27;quinn-is-unwell&#x27; went to ALARM" in html
    assert user.old.key_id not in text + html


def test_an_exposed_key_and_a_blocked_user_reach_the_owner(stack: Deployment) -> None:
    kept = a_user(stack, "rosa", age=80)
    owner = owned_by(stack, "rosa")
    event = exposure(kept.key_id)
    entry = {"Source": event["source"], "DetailType": event["detail-type"], "Detail": json.dumps(event["detail"])}
    stack.aws.observer("events").put_events(Entries=[entry])
    (letter,) = received(stack, owner)
    assert letter["Subject"] == "Access key of IAM user rosa was exposed and is deactivated"

    first, second = a_user(stack, "sven", age=0), stack.aws.client("iam").create_access_key(UserName="sven")
    stack.aws.clock.move_by(timedelta(days=80))
    work(stack.aws, first)
    key = second["AccessKey"]
    stack.aws.client("iam").get_user(UserName="sven")
    work(stack.aws, type(first)(key["AccessKeyId"], key["SecretAccessKey"]))
    owner = owned_by(stack, "sven")
    assert turn(stack, "sven")["reason"] == "TwoKeysInUse"
    (letter,) = received(stack, owner)
    assert letter["Subject"] == "Access key rotation of IAM user sven waits for somebody"
    assert "deactivate or delete the one that is not needed" in parts(letter)[0]


def test_a_test_letter_comes_on_request_and_touches_no_key(stack: Deployment) -> None:
    a_user(stack, "tilo", age=80)
    owner = owned_by(stack, "tilo")
    line = turn(stack, "tilo", "notify_test")
    assert (line["action"], line["outcome"]) == ("SendTestMail", "Done")
    (letter,) = received(stack, owner)
    assert letter["Subject"] == "Test letter about IAM user tilo"
    assert len(stack.aws.client("iam").list_access_keys(UserName="tilo")["AccessKeyMetadata"]) == 1


def test_a_letter_that_ses_refuses_is_noted_and_the_key_is_rotated(stack: Deployment) -> None:
    a_user(stack, "letters-ulla", age=80)
    owned_by(stack, "letters-ulla")
    ses = stack.aws.client("ses")
    ses.delete_identity(Identity=SENDER)
    try:
        line = turn(stack, "letters-ulla")
    finally:
        ses.verify_email_identity(EmailAddress=SENDER)
    assert (line["action"], line["outcome"]) == ("CreateKey", "Done")
    assert "SendRawEmail: MessageRejected (Email address is not verified." in line["notes"][0]


@contextmanager
def subscribed(stack: Deployment, protocol: str) -> Iterator[list[dict[str, Any]]]:
    """Somebody who reads the topic over HTTP; the emulator takes a plain endpoint for either protocol."""
    heard: list[dict[str, Any]] = []

    class Reader(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            """Print nothing."""

    server = HTTPServer(("127.0.0.1", 0), Reader)
    Thread(target=server.serve_forever, daemon=True).start()
    sns, topic = stack.aws.client("sns"), stack.outputs["TopicArn"]
    endpoint = f"http://127.0.0.1:{server.server_port}/"
    subscription = sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint=endpoint, ReturnSubscriptionArn=True)
    (asked,) = eventually(lambda: [each for each in heard if each["Type"] == "SubscriptionConfirmation"], SECONDS)
    sns.confirm_subscription(TopicArn=topic, Token=asked["Token"])
    heard.clear()
    try:
        yield heard
    finally:
        sns.unsubscribe(SubscriptionArn=subscription["SubscriptionArn"])
        server.shutdown()
        server.server_close()


def test_a_chat_application_gets_the_one_shape_that_it_shows_and_others_get_text(stack: Deployment) -> None:
    a_user(stack, "letters-vera", age=80)
    fits = fastjsonschema.compile(CUSTOM_NOTIFICATION)
    with subscribed(stack, "https") as chat, subscribed(stack, "http") as plain:
        line = turn(stack, "letters-vera")
        eventually(lambda: chat and plain, SECONDS)
    note = fits(json.loads(chat[0]["Message"]))
    assert note["content"]["title"] == chat[0]["Subject"] == "Keyturn OK: 1 done"
    assert line["key"] not in json.dumps(note)
    assert f"AKIA…{line['key'][-4:]}" in note["content"]["description"]
    assert plain[0]["Message"].startswith("Run ")
    assert line["key"] in plain[0]["Message"]


def test_a_letter_that_bounces_is_told_to_people_in_a_sentence(stack: Deployment) -> None:
    """SES sends such events for its configuration set; here somebody plays SES."""
    function = stack.aws.client("lambda").get_function_configuration(FunctionName=stack.outputs["RotatorFunctionName"])
    letters = function["Environment"]["Variables"]["KEYTURN_MAIL_CONFIGURATION_SET"]

    def bounce(configuration_set: str) -> dict[str, Any]:
        mail = {
            "destination": ["wanda-owner@example.com"],
            "commonHeaders": {"subject": "New access key for IAM user wanda"},
            "tags": {"ses:configuration-set": [configuration_set]},
        }
        detail = json.dumps({"eventType": "Bounce", "mail": mail, "bounce": {"bounceType": "Permanent"}})
        return {"Source": "aws.ses", "DetailType": "Email Bounced", "Detail": detail}

    with subscribed(stack, "http") as heard:
        stack.aws.observer("events").put_events(Entries=[bounce("of-somebody-else"), bounce(letters)])
        eventually(lambda: heard, SECONDS)
    (told,) = heard
    assert (
        "Keyturn: SES reports 'Email Bounced' for the letter 'New access key for IAM user wanda' to "
        "[wanda-owner@example.com]. No key is affected."
    ) in told["Message"]
