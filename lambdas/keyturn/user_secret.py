"""A user's secret: found or made, with what it says about its user."""

from collections.abc import Mapping
from typing import Final

from keyturn.domain import tags as tag
from keyturn.domain.access_key import User
from keyturn.domain.secret_labels import arn_as_tag, secret_name
from keyturn.domain.state import UserState
from keyturn.doors import Run

_TAG_VALUE: Final = 256  # characters, Secrets Manager's limit


def mirrored_tags(user: User) -> dict[str, str]:
    """What a secret says about its user: whose it is, and those of the user's tags by which it has to be found."""
    mirrored = {key: user.tags[key] for key in (tag.GUARD_ALARM, tag.OWNER) if key in user.tags}
    arn = arn_as_tag(user.arn)
    # A long path, or a name of many commas, makes an ARN that no tag can hold; the secret's name tells the user's, too.
    return {tag.USER_ID: user.id, **({tag.USER_ARN: arn} if len(arn) <= _TAG_VALUE else {}), **mirrored}


def secret_arn(state: UserState, run: Run, tags: Mapping[str, str] | None = None) -> str:
    """Find the user's secret, or create it without a value, with further tags.

    Raises:
        AlreadyExists: when another run has created it a moment ago.
    """
    if state.secret is not None:
        return state.secret.arn
    name = secret_name(run.settings.secret_prefix, state.user.name)
    return run.doors.secrets.create(name, {**mirrored_tags(state.user), **(tags or {})})
