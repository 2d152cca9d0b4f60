"""Retires the secrets of users that are gone, after making sure that neither user nor key is left."""

from keyturn.apply import apply
from keyturn.domain import tags as tag
from keyturn.domain.access_key import User
from keyturn.domain.action import Hold, RetireSecret
from keyturn.domain.outcome import Outcome, Result
from keyturn.domain.reason import Reason
from keyturn.domain.refusal import AwsError, NotFound, Throttled
from keyturn.domain.secret_labels import Secret, arn_from_tag, user_name_of
from keyturn.domain.state import Truth, UserState
from keyturn.domain.understanding import not_understood
from keyturn.doors import Run
from keyturn.turn import unexpected


def retire(listed: Secret, run: Run, *, act: bool) -> Outcome | None:
    """Schedule the deletion of a secret whose user is gone; None when the list of secrets was wrong about it."""
    try:
        return _retire(listed, run, act=act)
    except Exception as error:  # noqa: BLE001 - one secret's failure, foreseen or not, never costs the run its report
        return unexpected(_former_user(listed, run), error)


def _retire(listed: Secret, run: Run, *, act: bool) -> Outcome | None:
    throttled = False
    try:
        secret = run.doors.secrets.read(listed.arn)
        if secret is None or secret.deleted or secret.tags.get(tag.USER_ID) != listed.tags.get(tag.USER_ID):
            return None
        left = not_understood(secret) or _what_is_left(secret, run)
    except AwsError as error:
        left, secret, throttled = str(error), listed, isinstance(error, Throttled)
    state = UserState(_former_user(secret, run), Truth(keys=(), secret=secret))
    if left is not None:
        hold = Hold(
            reason=Reason.THROTTLED if throttled else Reason.UNREADABLE,
            message=f"secret {secret.name} seems to have lost its user, but: {left}",
        )
        return Outcome.of(state.user, hold, Result.HELD, secret_arn=secret.arn)
    action = RetireSecret(
        reason=Reason.USER_GONE,
        message=f"secret {secret.name} has lost its user {state.user.id}: it is deleted in 30 days, and can be "
        f"restored until then by 'aws secretsmanager restore-secret --secret-id {secret.arn}'",
    )
    return apply(action, state, run) if act else Outcome.of(state.user, action, Result.PLANNED)


def _what_is_left(secret: Secret, run: Run) -> str | None:
    try:
        user = run.doors.iam.user(_former_user(secret, run).name)
    except NotFound:
        pass
    else:
        return f"IAM knows a user {user.name} ({user.id})"
    for version in secret.versions:
        if version.key_id and (owner := run.doors.iam.owner(version.key_id)):
            return f"key {version.key_id} is still there, at user {owner}"
    return None


def _former_user(secret: Secret, run: Run) -> User:
    arn = arn_from_tag(secret.tags.get(tag.USER_ARN, ""))
    account = secret.arn.split(":")[4]
    path, _, name = arn.partition(":user")[2].rpartition("/")
    return User(
        name=name or user_name_of(secret.name, run.settings.secret_prefix),
        id=secret.tags.get(tag.USER_ID, ""),
        arn=arn or f"arn:aws:iam::{account}:user/",
        path=f"{path}/",
        created=run.now,
    )
