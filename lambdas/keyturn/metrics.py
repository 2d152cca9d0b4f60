"""The metrics of a run, by name; users and keys are never dimensions."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from keyturn.domain import tags as tag
from keyturn.domain.access_key import User
from keyturn.domain.census import census
from keyturn.domain.outcome import Outcome, Result
from keyturn.domain.policy import Policy, PolicyDoesNotFit
from keyturn.domain.reason import Reason, Stage
from keyturn.domain.shortlist import Hints
from keyturn.domain.standing import exempt_until
from keyturn.report import RunReport, Status, went_wrong
from keyturn.survey import Survey
from keyturn.turn import Turn

_DONE = {
    "KeysRotated": "CreateKey",
    "KeysDeactivated": "DeactivateKey",
    "KeysDeleted": "DeleteKey",
    "KeysReactivated": "ReactivateKey",
    "OrphansHealed": "DiscardKey",
}
# Gauges that alarms watch for being above zero; accounts share the metrics, and the worst of them counts.
_ALARMING = ("KeysOverdue", "UsersBlocked", "KeysInUsePastDeadline")
# Why a key is held at its last day, if `in_use_at_deadline` says so.
_IN_USE = {Reason.KEY_IN_USE, Reason.SUCCESSOR_NOT_ADOPTED}


def of_outcomes(outcomes: Iterable[Outcome]) -> dict[str, float]:
    """What was done, of any run that acts."""
    done = [outcome.action.name for outcome in outcomes if outcome.result is Result.DONE]
    return {metric: done.count(action) for metric, action in _DONE.items()}


def of_failures(outcomes: Iterable[Outcome], *, everyone: bool) -> dict[str, float]:
    """How much failed; a run for some users can say that something did, and not that nothing does."""
    failed = sum(map(went_wrong, outcomes))
    return {"RotationsFailed": failed} if failed or everyone else {}


def of_everyone(report: RunReport, found: Survey, turns: Iterable[Turn], policy: Policy) -> dict[str, float]:
    """The state of all users in scope, and that a run went well: of runs that looked at everyone."""
    turns = tuple(turns)
    ages = _active_ages(found.hints, turns, report.started_at)
    judged = [(user, age, _policy(user, policy)) for user, each in ages for age in each]
    stages = census(found.hints, found.candidates, report.outcomes, policy)
    return {
        "UsersScanned": report.scanned,
        "KeysDue": report.remaining + sum(map(_rotates, report.outcomes)),
        "KeysOverdue": sum(age > own.max_age and not _exempt(user, report.started_at) for user, age, own in judged),
        "OldestActiveKeyAgeDays": max((age.days for _, age, _ in judged), default=0),
        "RunSucceeded": float(report.status is not Status.FAILED),
        **{f"Stage{stage}": stages.get(stage, 0) for stage in Stage},
        **_of_holds(report, turns, policy),
    }


def of_another_account(state: Mapping[str, float]) -> dict[str, float]:
    """What rings an alarm, of the state of another account's users; only of the own one it is said that all is well."""
    return {name: state[name] for name in _ALARMING if state.get(name)}


def _of_holds(report: RunReport, turns: Iterable[Turn], policy: Policy) -> dict[str, float]:
    """Who waits for somebody, and why; a run that did not get to everybody can't say that nobody does."""
    blocked = {(outcome.reason, outcome.user.id) for outcome in report.outcomes if outcome.reason.blocks}
    by_reason = Counter(reason for reason, _ in blocked)
    counted = {
        "UsersBlocked": len({user for _, user in blocked}),
        "KeysInUsePastDeadline": sum(_past_deadline(turn, policy, report.started_at) for turn in turns),
        **{f"Held{reason.label}": by_reason[reason] for reason in Reason if reason.blocks},
    }
    return {name: number for name, number in counted.items() if number or not report.remaining}


def _past_deadline(turn: Turn, policy: Policy, now: datetime) -> bool:
    """Whether a key is kept Active beyond its last day, for it is in use or nobody has fetched its successor."""
    ages = {key.id: now - key.created for key in turn.active or ()}
    return any(
        outcome.reason in _IN_USE
        and outcome.key in ages
        and ages[outcome.key] >= _policy(outcome.user, policy).deadline_age
        for outcome in turn.outcomes
    )


def _rotates(outcome: Outcome) -> bool:
    """Whether a rotation was begun or planned; one that has to wait for another run is among those that remain."""
    return outcome.action.name == "CreateKey" and outcome.reason not in {Reason.NO_TIME_LEFT, Reason.THROTTLED}


def _active_ages(hints: Hints, turns: Iterable[Turn], now: datetime) -> list[tuple[User, list[timedelta]]]:
    """Each user's Active keys' ages: as read, where they were, else as the credential report says."""
    read: Mapping[str, list[datetime]] = {
        turn.user_id: [key.created for key in turn.active] for turn in turns if turn.active is not None
    }
    reported = {
        user.id: [key.created for key in hints.keys.get(user.arn, ()) if key.active and key.created]
        for user in hints.users
    }
    return [(user, [now - created for created in read.get(user.id, reported[user.id])]) for user in hints.users]


def _policy(user: User, policy: Policy) -> Policy:
    try:
        return policy.for_user(user.tags)
    except (tag.InvalidTag, PolicyDoesNotFit):
        return policy


def _exempt(user: User, now: datetime) -> bool:
    try:
        return exempt_until(user.tags, now) is not None
    except tag.InvalidTag:
        return False
