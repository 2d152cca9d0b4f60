"""Takes a key out of use that AWS Health reports as exposed."""

from dataclasses import replace
from typing import Final

from keyturn.desk import Desk
from keyturn.domain import tags as tag
from keyturn.domain.access_key import User
from keyturn.domain.action import DeactivateKey, Hold
from keyturn.domain.outcome import Outcome, Result
from keyturn.domain.reason import Reason
from keyturn.domain.refusal import AwsError
from keyturn.scope import out_of_scope
from keyturn.settings import Exposure
from keyturn.signals import KeyExposed

# The responder may create no secret. AWS's quarantine policy holds the user as well, where AWS has attached it.
_UNMARKED: Final = (
    "the user has no secret yet that could be marked, so unless AWS has attached its quarantine policy, exempt the "
    f"user by the tag {tag.EXEMPT_UNTIL} as long as it shall get no new key"
)


def take_out_of_use(exposed: KeyExposed, desk: Desk) -> None:
    """Deactivate the key at once, or only tell people, as the setting says; either way no new key is handed out.

    Raises:
        AwsError: when the key's user can't be found out, or the key can't be deactivated.
    """
    doors = desk.run.doors
    name = doors.iam.owner(exposed.key_id)
    if name is None:
        desk.note(f"key {exposed.key_id} ({exposed.kind}) is no key of this account's users")
        return
    user = doors.iam.user(name)
    if trouble := out_of_scope(user, desk.run.settings):
        desk.tell(_left_alone(user, exposed, f"but the user {trouble}"))
    elif desk.run.settings.exposure_response is Exposure.ALERT:
        alerted = _left_alone(user, exposed, "and the setting exposure_response says alert")
        desk.tell(_marked(alerted, exposed, desk))
    elif not desk.act:
        desk.tell(Outcome.of(user, _deactivation(exposed), Result.PLANNED))
    else:
        # First of all the key: whoever found it may be using it. That it is marked only keeps new ones from being made.
        doors.iam.deactivate(user.name, exposed.key_id)
        desk.tell(_marked(Outcome.of(user, _deactivation(exposed), Result.DONE), exposed, desk))


def _deactivation(exposed: KeyExposed) -> DeactivateKey:
    return DeactivateKey(
        reason=Reason.KEY_EXPOSED,
        key=exposed.key_id,
        message=f"AWS Health reports key {exposed.key_id} as exposed ({exposed.kind}): it is deactivated, and this "
        "user gets no new key until somebody has looked",
    )


def _left_alone(user: User, exposed: KeyExposed, why: str) -> Outcome:
    hold = Hold(
        reason=Reason.KEY_EXPOSED,
        key=exposed.key_id,
        message=f"AWS Health reports key {exposed.key_id} as exposed ({exposed.kind}), {why}: deactivate it by "
        f"'aws iam update-access-key --user-name {user.name} --access-key-id {exposed.key_id} --status Inactive'",
    )
    return Outcome.of(user, hold, Result.HELD)


def _marked(outcome: Outcome, exposed: KeyExposed, desk: Desk) -> Outcome:
    """Mark the user's secret, so that the rotator holds the user."""
    if not desk.act:
        return outcome
    marks = {tag.EXPOSED_KEY: exposed.key_id, tag.EXPOSED_AT: tag.written(desk.run.now)}
    try:
        secrets = [each for each in desk.run.doors.secrets.claiming(outcome.user.id) if not each.deleted]
        for secret in secrets:
            desk.run.doors.secrets.tag(secret.arn, marks)
    except AwsError as error:
        return replace(outcome, notes=(*outcome.notes, f"the user's secret could not be marked: {error}"))
    if not secrets:
        return replace(outcome, message=f"{outcome.message}; {_UNMARKED}")
    return replace(outcome, secret_arn=secrets[0].arn)
