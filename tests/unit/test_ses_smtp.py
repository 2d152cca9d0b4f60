"""An SMTP password is what AWS's published algorithm makes of the key, stands beside it, and is nowhere else."""

import json
from typing import Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyturn.domain import tags as tag
from keyturn.domain.reason import Reason
from keyturn.domain.ses_smtp import smtp_password
from keyturn.request import Request, Verb
from tests.fakes import ses
from tests.fakes.calls import Call
from tests.fakes.faults import at, response_lost
from tests.fakes.world import World
from tests.unit.running import due, performed

NAME = "keyturn/alice/access-key"
REGIONS = [
    region
    for partition in boto3.Session().get_available_partitions()
    for region in boto3.Session().get_available_regions("ec2", partition)
]


@pytest.fixture
def world() -> World:
    """Alice's key is due."""
    world = World()
    due(world, "alice")
    return world


def stored(world: World) -> dict[str, Any]:
    """What consumers are given."""
    current = world.secrets[NAME].holder("AWSCURRENT")
    assert current is not None
    value: dict[str, Any] = json.loads(current.value)
    return value


@pytest.mark.parametrize(
    ("secret", "region", "password"),
    [  # published with the AWS provider of Terraform, whose users send mail with them
        ("some+secret+key", "eu-central-1", "BMXhUYlu5Z3gSXVQORxlVa7XPaz91aGWdfHxvkOZdWZ2"),
        ("another+secret+key", "eu-central-1", "BBbphbrQmrKMx42d1N6+C7VINYEBGI5v9VsZeTxwskfh"),
        ("some+secret+key", "us-west-1", "BH+jbMzper5WwlwUar9E1ySBqHa9whi0GPo+sJ0mVYJj"),
    ],
)
def test_the_password_is_the_known_one(secret: str, region: str, password: str) -> None:
    assert smtp_password(secret, region) == password


@given(st.text(min_size=1, max_size=64), st.sampled_from(REGIONS))
def test_the_password_is_what_the_sdks_own_signer_makes_of_any_key(secret: str, region: str) -> None:
    assert smtp_password(secret, region) == ses.smtp_password(secret, region)


@pytest.mark.parametrize("region", ["eu-west-1", "us-gov-west-1"])
def test_who_is_tagged_gets_the_password_beside_the_key(world: World, region: str) -> None:
    world.users["alice"].tags[tag.SES_SMTP] = region
    performed(world)
    (_, new) = world.users["alice"].keys
    assert stored(world) == {
        "Version": 1,
        "AccessKeyId": new.id,
        "SecretAccessKey": new.secret,
        "UserName": "alice",
        "CreateDate": "2030-01-01T06:00:00Z",
        "SesSmtpPassword": ses.smtp_password(new.secret, region),
    }


def test_who_is_not_tagged_gets_none(world: World) -> None:
    performed(world)
    assert set(stored(world)) == {"Version", "AccessKeyId", "SecretAccessKey", "UserName", "CreateDate"}


def test_a_tag_that_comes_later_takes_effect_at_the_next_rotation(world: World) -> None:
    performed(world)
    before = stored(world)
    world.users["alice"].tags[tag.SES_SMTP] = "eu-west-1"
    performed(world)
    assert stored(world) == before
    world.admin.iam.delete_access_key(UserName="alice", AccessKeyId=world.users["alice"].keys[0].id)
    performed(world, Request(users=("alice",), force=True))
    assert stored(world)["SesSmtpPassword"] == ses.smtp_password(stored(world)["SecretAccessKey"], "eu-west-1")


def test_storing_it_again_stores_the_same_even_if_the_tag_changes_meanwhile(world: World) -> None:
    alice = world.users["alice"]
    alice.tags[tag.SES_SMTP] = "eu-west-1"

    def retag(call: Call) -> None:
        if call.operation == "put_secret_value":
            alice.tags[tag.SES_SMTP] = "eu-west-2"

    world.intercept += [retag, at(2, response_lost, operation="put_secret_value")]
    assert performed(world).lines == {"alice": ("CreateKey", "Done")}
    assert stored(world)["SesSmtpPassword"] == ses.smtp_password(stored(world)["SecretAccessKey"], "eu-west-1")


@pytest.mark.parametrize("region", REGIONS)
def test_every_region_that_the_sdk_knows_is_a_region(region: str) -> None:
    assert tag.region({"x": region}, "x") == region


def test_a_region_that_opens_later_is_one_too() -> None:
    for region in ("pl-north-1", "eusc-de-west-2", "us-isoz-southeast-11"):
        assert tag.region({"x": region}, "x") == region


@pytest.mark.parametrize(
    "text",
    ["", "eu-west-1a", "EU-WEST-1", "eu-west", "euwest1", "eu-wset-1", "eu-west-0", "eu-west-1 ", "eu-west-1\n", "*"],
)
def test_what_is_no_region_holds_the_user_before_anything_is_done(world: World, text: str) -> None:
    world.users["alice"].tags[tag.SES_SMTP] = text
    run = performed(world)
    (line,) = run.report.outcomes
    assert (line.reason, line.result.value) == (Reason.INVALID_TAG, "Held")
    assert f"tag keyturn:ses-smtp is {text!r}: allowed is a region of AWS such as eu-west-1" in line.message
    assert len(world.users["alice"].keys) == 1
    assert world.secrets == {}


def test_it_is_told_at_every_run_and_long_before_the_key_is_due() -> None:
    world = World()
    world.key(world.user("alice", tags={tag.SES_SMTP: "europe"}), age_days=3)
    for _ in range(2):
        assert performed(world).reason("alice") == "InvalidTag"


def test_it_keeps_nobody_from_a_rollback(world: World) -> None:
    performed(world)
    world.users["alice"].tags[tag.SES_SMTP] = "europe"
    run = performed(world, Request(verb=Verb.ROLLBACK, users=("alice",)))
    assert run.reason("alice") == "PredecessorActive"


def test_a_password_that_gets_out_is_found(world: World) -> None:
    world.users["alice"].tags[tag.SES_SMTP] = "eu-west-1"
    performed(world)
    assert world.audit().leaks == ()
    world.messages.append({"Message": f"log in with {stored(world)['SesSmtpPassword']}"})
    assert world.audit().leaks == ("a message",)
