"""Reads the truth about one user, a fact at a time, as the plan asks for it."""

from collections.abc import Callable
from dataclasses import replace

from keyturn.domain import tags as tag
from keyturn.domain.action import Action
from keyturn.domain.refusal import AwsError, Throttled
from keyturn.domain.secret_labels import secret_name
from keyturn.domain.shortlist import Candidate
from keyturn.domain.state import Fact, GuardAlarm, LastUseOf, TheTruth, Truth, UserState
from keyturn.doors import Run
from keyturn.plan import Ask

Decide = Callable[[UserState], Action | Ask]


def read_and_decide(
    candidate: Candidate, decide: Decide, run: Run, deleted: frozenset[str] = frozenset()
) -> tuple[UserState, Action]:
    """Let the plan ask until it can decide; what can't be read is part of the state, and holds the user.

    Keys that this run has `deleted` are left out, since ListAccessKeys may go on to show them: IAM is eventually
    consistent, within no documented bound (user guide, troubleshooting).
    """
    state = UserState(candidate.user)
    while isinstance(answer := decide(state), Ask):
        try:
            state = _read(answer.fact, state, candidate, run, deleted)
        except AwsError as error:
            state = replace(state, unreadable=str(error), throttled=isinstance(error, Throttled))
    return state, answer


def _read(fact: Fact, state: UserState, candidate: Candidate, run: Run, deleted: frozenset[str]) -> UserState:
    match fact:
        case TheTruth():
            return replace(state, truth=_truth(candidate, run, deleted))
        case LastUseOf(key_id):
            return state.with_last_use(key_id, run.doors.iam.last_use(key_id))
        case GuardAlarm(name):
            return replace(state, alarm=run.doors.alarms.state(name))


def _truth(candidate: Candidate, run: Run, deleted: frozenset[str]) -> Truth:
    user, secrets = candidate.user, run.doors.secrets
    # By its tag, since users get renamed; else by the name that it would have.
    secret = None if candidate.secret_arns else secrets.read(secret_name(run.settings.secret_prefix, user.name))
    claims = candidate.secret_arns
    if claims is None and (secret is None or secret.tags.get(tag.USER_ID) != user.id):
        claims = tuple(sorted(claim.arn for claim in secrets.claiming(user.id)))
    if claims and len(claims) > 1:
        return Truth(keys=(), secret=None, rivals=claims)
    if claims:
        secret = secrets.read(claims[0])
    keys = run.doors.iam.keys(user.name)
    return Truth(keys=tuple(key for key in keys if key.id not in deleted), secret=secret)
