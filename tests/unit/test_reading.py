"""The truth about a user is read in one order, and no more of it than the decision needs."""

import pytest

from keyturn.request import Request
from tests.fakes.world import World
from tests.unit.running import due, performed

# In this order: keys from before another run with versions from after it would break the lock.
TRUTH = ["describe_secret", "list_secret_version_ids", "list_access_keys"]


@pytest.fixture
def world() -> World:
    """Alice was rotated a while ago."""
    world = World()
    due(world, "alice")
    performed(world)
    world.log.clear()
    return world


def read(world: World, user: str = "alice") -> list[str]:
    """What a dry run reads of a named user, beyond looking it up."""
    performed(world, Request(users=(user,), dry_run=True))
    operations = [call.operation for call in world.calls()]
    assert operations[:2] == ["get_user", "list_attached_user_policies"]
    return operations[2:]


def test_the_secret_and_its_versions_are_read_before_the_keys(world: World) -> None:
    assert read(world) == TRUTH


def test_without_a_secret_there_are_no_versions_to_read(world: World) -> None:
    due(world, "bob")
    assert read(world, "bob") == ["describe_secret", "list_secrets", "list_access_keys"]


def test_the_last_uses_are_read_when_grace_is_over_and_the_alarm_last(world: World) -> None:
    world.users["alice"].tags = {"keyturn:guard-alarm": "alice-is-unwell"}
    world.alarm("alice-is-unwell")
    world.sleep(14 * 86400)
    assert read(world) == [*TRUTH, "get_access_key_last_used", "get_access_key_last_used", "describe_alarms"]


def test_a_key_in_use_needs_no_look_at_the_alarm(world: World) -> None:
    world.users["alice"].tags = {"keyturn:guard-alarm": "alice-is-unwell"}
    world.sleep(14 * 86400)
    world.use(world.users["alice"].keys[0].id)
    assert "describe_alarms" not in read(world)


def test_an_exempt_user_is_not_read_at_all(world: World) -> None:
    world.users["alice"].tags = {"keyturn:exempt-until": "2099-12-31"}
    assert read(world) == []


def test_all_versions_are_read_however_many_pages_they_fill(world: World) -> None:
    world.page_cap, world.empty_pages = 1, True
    performed(world, Request(users=("alice",), dry_run=True))
    pages = [call for call in world.calls() if call.operation == "list_secret_version_ids"]
    assert len(pages) == 2 * len(world.secrets["keyturn/alice/access-key"].versions)
    assert {call.params["IncludeDeprecated"] for call in pages} == {True}


def test_a_renamed_user_s_secret_is_found_by_its_tag(world: World) -> None:
    world.admin.iam.update_user(UserName="alice", NewUserName="alicia")
    assert read(world, "alicia") == ["describe_secret", "list_secrets", *TRUTH]


def test_several_secrets_that_claim_a_renamed_user_are_not_read(world: World) -> None:
    world.admin.iam.update_user(UserName="alice", NewUserName="alicia")
    tags = [{"Key": "keyturn:user-id", "Value": world.users["alicia"].id}]
    world.admin.secretsmanager.create_secret(Name="keyturn/ally/access-key", Tags=tags)  # type: ignore[arg-type]
    assert read(world, "alicia") == ["describe_secret", "list_secrets"]
