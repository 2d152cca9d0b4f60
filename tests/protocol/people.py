"""What people do to a user, its keys and its secret, at any moment and without asking anybody."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from botocore.exceptions import ClientError

from tests.fakes.identities import User
from tests.protocol.life import Life

Act = Callable[[Life, User], None]
NAME = "keyturn/alice/access-key"
# Nobody acts in the very moment of a call: what comes later has a later date.
MOMENT = timedelta(milliseconds=1)


def create_key(life: Life, alice: User) -> None:
    life.world.admin.iam.create_access_key(UserName=alice.name)


def create_key_and_use_it(life: Life, alice: User) -> None:
    key = life.world.admin.iam.create_access_key(UserName=alice.name)["AccessKey"]["AccessKeyId"]
    life.world.use(key)


def set_oldest(status: str) -> Act:
    def act(life: Life, alice: User) -> None:
        _set(life, alice, 0, status)

    return act


def set_newest(status: str) -> Act:
    def act(life: Life, alice: User) -> None:
        _set(life, alice, -1, status)

    return act


def _set(life: Life, alice: User, number: int, status: str) -> None:
    key = alice.living[number]
    life.world.admin.iam.update_access_key(
        UserName=alice.name, AccessKeyId=key.id, Status="Active" if status == "Active" else "Inactive"
    )


def delete_oldest(life: Life, alice: User) -> None:
    life.world.admin.iam.delete_access_key(UserName=alice.name, AccessKeyId=alice.living[0].id)


def delete_newest(life: Life, alice: User) -> None:
    life.world.admin.iam.delete_access_key(UserName=alice.name, AccessKeyId=alice.living[-1].id)


def tag_user(**tags: str) -> Act:
    def act(life: Life, alice: User) -> None:
        life.world.admin.iam.tag_user(
            UserName=alice.name,
            Tags=[{"Key": f"keyturn:{key.replace('_', '-')}", "Value": value} for key, value in tags.items()],
        )

    return act


def untag_secret(*keys: str) -> Act:
    def act(life: Life, _alice: User) -> None:
        life.world.admin.secretsmanager.untag_resource(SecretId=NAME, TagKeys=list(keys))

    return act


def delete_secret(life: Life, _alice: User) -> None:
    life.world.admin.secretsmanager.delete_secret(SecretId=NAME)


def restore_secret(life: Life, _alice: User) -> None:
    life.world.admin.secretsmanager.restore_secret(SecretId=NAME)


def write_secret(life: Life, _alice: User) -> None:
    life.world.admin.secretsmanager.put_secret_value(SecretId=NAME, SecretString='{"by": "hand"}')


def move_current_back(life: Life, alice: User) -> None:
    secret = life.world.secret_of(alice)
    holder, former = (secret.holder(label) if secret else None for label in ("AWSCURRENT", "AWSPREVIOUS"))
    if holder and former:
        life.world.admin.secretsmanager.update_secret_version_stage(
            SecretId=NAME, VersionStage="AWSCURRENT", MoveToVersionId=former.id, RemoveFromVersionId=holder.id
        )


def rename_user(life: Life, alice: User) -> None:
    life.world.admin.iam.update_user(UserName=alice.name, NewUserName="alicia")


def recreate_user(life: Life, alice: User) -> None:
    """Delete Alice with her keys, and make another user of her name, with a key that is used."""
    iam, name, tags = life.world.admin.iam, alice.name, dict(alice.tags)
    for key in alice.living:
        iam.delete_access_key(UserName=name, AccessKeyId=key.id)
    iam.delete_user(UserName=name)
    life.world.user(name, tags=tags, age_days=0)
    create_key_and_use_it(life, life.world.users[name.lower()])


def lift(*tags: str) -> Act:
    def act(life: Life, alice: User) -> None:
        life.world.admin.iam.untag_user(UserName=alice.name, TagKeys=[f"keyturn:{tag}" for tag in tags])

    return act


def claim_secret(life: Life, alice: User) -> None:
    life.world.admin.secretsmanager.tag_resource(
        SecretId=NAME,
        Tags=[{"Key": "keyturn:user-id", "Value": alice.id}, {"Key": "keyturn:user-arn", "Value": alice.arn}],
    )


def quietly(act: Act) -> Act:
    """The act, unless AWS refuses it."""

    def attempt(life: Life, alice: User) -> None:
        life.world.advance(MOMENT)
        try:
            act(life, alice)
        except (ClientError, IndexError):
            return

    return attempt


def _named(acts: Mapping[str, Act]) -> Mapping[str, Act]:
    return {name: quietly(act) for name, act in acts.items()}


ACTS = _named(
    {
        "creates a key": create_key,
        "creates a key and uses it": create_key_and_use_it,
        "deactivates the oldest key": set_oldest("Inactive"),
        "deactivates the newest key": set_newest("Inactive"),
        "reactivates the oldest key": set_oldest("Active"),
        "reactivates the newest key": set_newest("Active"),
        "deletes the oldest key": delete_oldest,
        "deletes the newest key": delete_newest,
        "exempts the user": tag_user(exempt_until="2030-12-31"),
        "misspells an exemption": tag_user(exempt_until="never"),
        "asks for a shorter age": tag_user(max_age_days="60"),
        "names a guard alarm that does not exist": tag_user(guard_alarm="nowhere"),
        "takes the clock off the secret": untag_secret("keyturn:deactivated-key", "keyturn:deactivated-at"),
        "takes the times off the secret": untag_secret("keyturn:next-review", "keyturn:grace-from"),
        "takes the owner off the secret": untag_secret("keyturn:user-id", "keyturn:user-arn"),
        "deletes the secret": delete_secret,
        "writes the secret by hand": write_secret,
        "moves AWSCURRENT back": move_current_back,
        "renames the user": rename_user,
        "creates the user anew": recreate_user,
    }
)
# What people do when they have read what Keyturn tells them.
AMENDS = _named(
    {
        "lifts the exemption": lift("exempt-until"),
        "takes the tags off the user": lift("exempt-until", "max-age-days", "guard-alarm"),
        "restores the secret": restore_secret,
        "puts the owner on the secret": claim_secret,
    }
)
