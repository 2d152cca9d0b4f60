"""What a rotation of alice's key leaves in her secret, step by step, as her consumers meet it."""

import json

from tests.consumer.laptop import SECRET
from tests.fakes.world import World


def begin(world: World) -> None:
    """An intent is written: the secret exists, and on a first rotation AWSCURRENT is on the intent itself."""
    secrets = world.admin.secretsmanager
    if SECRET not in {secret.name for secret in world.secrets.values()}:
        tags = [{"Key": "keyturn:user-id", "Value": world.users["alice"].id}]
        secrets.create_secret(Name=SECRET, Tags=tags)  # type: ignore[arg-type] # the stubs want a TypedDict
    intent = json.dumps({"Status": "RotationInProgress", "RunId": "a run", "UserName": "alice"})
    secrets.put_secret_value(SecretId=SECRET, SecretString=intent, VersionStages=["AWSPENDING"])


def finish(world: World) -> str:
    """The successor is created, stored and promoted; its ID."""
    key_id = world.key("alice")
    store(
        world,
        {
            "Version": 1,
            "AccessKeyId": key_id,
            "SecretAccessKey": world.keys[key_id].secret,
            "UserName": "alice",
            "CreateDate": "2030-01-01T06:00:00Z",
        },
    )
    return key_id


def store(world: World, value: object) -> None:
    """Something becomes the secret's current value."""
    world.admin.secretsmanager.put_secret_value(SecretId=SECRET, SecretString=json.dumps(value))


def rotate(world: World) -> str:
    """A whole rotation; the successor's ID."""
    begin(world)
    return finish(world)


def set_status(world: World, key_id: str, status: str) -> None:
    """A key is deactivated, or comes back."""
    world.admin.iam.update_access_key(
        UserName="alice",
        AccessKeyId=key_id,
        Status=status,  # type: ignore[arg-type] # the stubs want a literal
    )
