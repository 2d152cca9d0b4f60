"""Undoes deactivations when the guard alarm of their user rings."""

from dataclasses import replace
from typing import Final

from keyturn.desk import Desk
from keyturn.domain import tags as tag
from keyturn.domain.access_key import User
from keyturn.domain.action import Action
from keyturn.domain.refusal import NotFound
from keyturn.domain.secret_labels import Secret, arn_from_tag, user_name_of
from keyturn.domain.shortlist import Candidate
from keyturn.domain.state import AlarmState, UserState
from keyturn.doors import Run
from keyturn.plan import Ask, plan_guard
from keyturn.scope import out_of_scope
from keyturn.signals import AlarmRang
from keyturn.survey import side_by_side
from keyturn.turn import Slots, Turns

# An alarm's action may come before all of CloudWatch's servers show the alarm's new state.
_WAITS: Final = (1.0, 2.0, 3.0, 5.0)
_RESERVE: Final = 30.0


def undo(alarm: AlarmRang, desk: Desk) -> None:
    """Find the users whose guard the alarm is, and reactivate what was deactivated in the last guard hours.

    The signal only names the alarm. CloudWatch says whether it rings, the user's own tag whether it guards the user.

    Raises:
        AwsError: when secrets, users or the alarm can't be read.
    """
    run = desk.run
    secrets = run.doors.secrets.guarded_by(alarm.name, run.settings.secret_prefix)
    if not secrets:
        desk.note(f"alarm {alarm.name!r} guards no user's key")
    elif not _rings(alarm.name, run):
        desk.note(f"alarm {alarm.name!r} does not ring now, whatever was sent, so nothing is undone")
    else:
        found = side_by_side(lambda secret: _guarded(secret, alarm.name, desk), secrets, run)
        users = {user.id: user for user in found if user}
        turns = Turns(run, lambda state: _decide(state, run), Slots(0), desk.tell, act=desk.act)
        side_by_side(lambda user: turns.take(Candidate(user)), users.values(), run)


def _rings(name: str, run: Run) -> bool:
    states = (run.doors.alarms.state(name) for _ in run.deadline.attempts(_WAITS, _RESERVE))
    return AlarmState.ALARM in states


def _decide(state: UserState, run: Run) -> Action | Ask:
    # The alarm was read a moment ago; another of CloudWatch's servers might still deny that it rings.
    return plan_guard(replace(state, alarm=AlarmState.ALARM), run.settings.policy, run.now)


def _guarded(secret: Secret, alarm: str, desk: Desk) -> User | None:
    arn = arn_from_tag(secret.tags.get(tag.USER_ARN, ""))
    name = arn.rsplit("/", 1)[-1] or user_name_of(secret.name, desk.run.settings.secret_prefix)
    try:
        user = desk.run.doors.iam.user(name)
    except NotFound:
        desk.note(f"secret {secret.name} names user {name!r}, which is gone")
        return None
    bound = user.id == secret.tags.get(tag.USER_ID) and user.tags.get(tag.GUARD_ALARM) == alarm
    unbound = f"has no tag {tag.GUARD_ALARM} that names alarm {alarm!r}"
    trouble = out_of_scope(user, desk.run.settings) if bound else unbound
    if trouble:
        desk.note(f"user {user.name} {trouble}")
        return None
    return user
