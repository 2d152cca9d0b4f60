"""A hub that keeps its members' secrets: apart from its own, each with the one user that may read it."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.fakes.calls import Call, Killed
from tests.fakes.faults import at, killed_after, killed_before
from tests.fakes.vault import Secret
from tests.fakes.world import World
from tests.lambda_function import ENFORCE, LambdaFunction
from tests.unit.running import due

HOME, MEMBER = "111122223333", "444455556666"
NAME = f"keyturn-members/{MEMBER}/mary/access-key"
SETTINGS = {
    **ENFORCE,
    "KEYTURN_EXTERNAL_ID": "an-external-id",
    "KEYTURN_MEMBER_ROLES": "arn:aws:iam::*:role/keyturn-member",
    "KEYTURN_SECRETS_IN": "hub",
    "KEYTURN_KMS_KEY_ID": f"arn:aws:kms:eu-west-1:{HOME}:key/1234",
}
ROTATE = {"action": "rotate", "account": MEMBER}


@pytest.fixture
def hub() -> World:
    hub, member = World(), World()
    member.id = MEMBER
    due(hub, "henry")
    due(member, "mary")
    hub.members[MEMBER] = member
    return hub


def kept(hub: World) -> Secret:
    (secret,) = hub.secrets.values()
    assert secret.name == NAME
    return secret


def operations(world: World) -> list[str]:
    return [entry.call.operation for entry in world.log]


def lost(hub: World) -> list[str]:
    """The member's living keys that a run made and whose secret is not in the hub."""
    held = {key_id for one in hub.secrets.values() for version in one.versions.values() for key_id in version.holds}
    made = [key for key in hub.members[MEMBER].keys.values() if key.created_by.run and key.deleted_at is None]
    return [key.id for key in made if key.id not in held]


def test_the_secret_is_in_the_hub_under_its_key_and_names_its_one_reader(hub: World) -> None:
    report = LambdaFunction(hub, SETTINGS).invoke(ROTATE)

    assert report["totals"]["CreateKey"] == 1
    assert hub.members[MEMBER].secrets == {}
    assert kept(hub).kms_key_id == SETTINGS["KEYTURN_KMS_KEY_ID"]
    (statement,) = json.loads(kept(hub).policy)["Statement"]
    assert statement["Principal"] == {"AWS": f"arn:aws:iam::{MEMBER}:root"}
    assert statement["Condition"] == {"StringEquals": {"aws:userid": hub.members[MEMBER].users["mary"].id}}
    assert "secretsmanager:PutSecretValue" not in statement["Action"]
    assert lost(hub) == []


def test_the_reader_is_admitted_before_there_is_a_key_to_read(hub: World) -> None:
    LambdaFunction(hub, SETTINGS).invoke(ROTATE)

    done = operations(hub)
    assert done.index("create_secret") < done.index("put_resource_policy") < done.index("put_secret_value")
    (put,) = [entry.call for entry in hub.log if entry.call.operation == "put_resource_policy"]
    assert put.params["BlockPublicPolicy"] is True


def test_the_session_in_the_member_can_touch_no_secret_there(hub: World) -> None:
    LambdaFunction(hub, SETTINGS).invoke(ROTATE)

    (lent,) = hub.lent
    assert "iam:CreateAccessKey" in lent.narrowed
    assert "secretsmanager" not in lent.narrowed
    assert "kms" not in lent.narrowed


def test_people_s_own_policy_survives_the_second_rotation(hub: World) -> None:
    rotator = LambdaFunction(hub, SETTINGS)
    rotator.invoke(ROTATE)
    kept(hub).policy = "people's own"
    member = hub.members[MEMBER]
    oldest = next(iter(member.keys.values()))
    member.admin.iam.delete_access_key(UserName="mary", AccessKeyId=oldest.id)
    again = rotator.invoke({**ROTATE, "force": True, "users": ["mary"]})

    assert again["totals"]["CreateKey"] == 1

    assert kept(hub).policy == "people's own"
    assert operations(hub).count("put_resource_policy") == 1


def test_runs_for_the_hub_s_own_users_do_not_see_its_members_secrets(hub: World) -> None:
    rotator = LambdaFunction(hub, SETTINGS)
    rotator.invoke(ROTATE)

    report = rotator.invoke({"action": "rotate"})

    assert [line["user"] for line in report["users"]] == ["henry"]
    assert {secret.name for secret in hub.secrets.values()} == {NAME, "keyturn/henry/access-key"}
    assert hub.secrets["keyturn/henry/access-key"].policy == "", "it is read in its own account"
    assert all(secret.deletion_at is None for secret in hub.secrets.values())


def test_the_secret_of_a_member_s_user_that_is_gone_is_retired(hub: World) -> None:
    rotator = LambdaFunction(hub, SETTINGS)
    rotator.invoke(ROTATE)
    member = hub.members[MEMBER]
    for key in [key for key in member.keys.values() if key.deleted_at is None]:
        member.admin.iam.delete_access_key(UserName="mary", AccessKeyId=key.id)
    member.admin.iam.delete_user(UserName="mary")

    report = rotator.invoke(ROTATE)

    assert [(line["user"], line["action"]) for line in report["users"]] == [("mary", "RetireSecret")]
    assert kept(hub).deletion_at is not None


@pytest.mark.parametrize("where", ["hub", "member"])
@pytest.mark.parametrize("how", [killed_before, killed_after])
def test_a_crash_at_any_call_in_either_account_loses_nothing(
    where: str, how: Callable[[Call], BaseException | None]
) -> None:
    for number in range(1, 30):
        hub, member = World(), World()
        member.id = MEMBER
        due(member, "mary")
        hub.members[MEMBER] = member
        world = hub if where == "hub" else member
        world.intercept.append(at(number, how))
        rotator = LambdaFunction(hub, SETTINGS)
        try:
            rotator.invoke(ROTATE)
        except Killed:
            pass
        else:
            assert number > 3, "the run ends before so many calls"
            return
        world.intercept.clear()
        for hours in (1, 25, 25):
            hub.now = member.now = max(hub.now, member.now) + timedelta(hours=hours)
            rotator.invoke(ROTATE)
        assert lost(hub) == [], f"call {number}"
        current = kept(hub).holder("AWSCURRENT")
        assert current is not None, f"call {number}"
        assert current.holds, f"call {number}"
        assert "ReadOwnSecret" in kept(hub).policy, f"call {number}"
        assert len(member.users["mary"].living) == 2, f"call {number}"
    pytest.fail("the run makes more calls than were tried")
