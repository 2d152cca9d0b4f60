"""The checks that take a second key out of use: an idle predecessor, an unused key, and in the end an Inactive one."""

from dataclasses import replace

from keyturn.domain import guarding
from keyturn.domain.access_key import AccessKey
from keyturn.domain.action import Action, DeactivateKey, DeleteKey, Hold, RecordInactive
from keyturn.domain.lifecycle import Case, day, days
from keyturn.domain.policy import WANDER, AtDeadline
from keyturn.domain.reason import Reason

# The services with which a consumer comes to know its next key; using them with the old key is no use of the old key.
FETCHING = ("sts", "secretsmanager")


def inactive_key(case: Case) -> Action | None:
    """Wait for the recovery period of an Inactive key, then delete it; an alarm in the guard hours reactivates it."""
    inactive = [key for key in case.keys if not key.active]
    active = [key for key in case.keys if key.active]
    if not inactive:
        return None
    if not active:
        return Hold(
            reason=Reason.NO_ACTIVE_KEY,
            key=inactive[-1].id,
            message="has no Active access key, so there is nothing to rotate: reactivate one, or delete them",
        )
    return _recovery(case, inactive[0])


def _recovery(case: Case, key: AccessKey) -> Action:
    if undone := guarding.undo(case, key):
        return undone
    since = case.recorded_inactive_since(key)
    if since is None:
        return RecordInactive(
            reason=Reason.FOUND_INACTIVE,
            key=key.id,
            message=f"key {key.id} was found Inactive: its recovery period of {days(case.policy.recovery)} begins now",
            next_review=case.now + case.policy.recovery,
        )
    over = since + case.policy.recovery
    if case.now < over:
        return Hold(
            reason=Reason.RECOVERY_RUNNING,
            key=key.id,
            message=f"key {key.id} is Inactive since {day(since)}; it can be reactivated until {day(over)}, "
            "then it is deleted",
            next_review=over,
        )
    used = case.last_use(key).at
    if used is not None and used > since:
        return RecordInactive(
            reason=Reason.USED_SINCE_DEACTIVATION,
            key=key.id,
            message=f"key {key.id} was reactivated by someone, used at {day(used)} and made Inactive again: "
            "its recovery period begins anew",
            next_review=case.now + case.policy.recovery,
        )
    other = case.other(key)
    return case.held_by_guard(key, "deleted") or DeleteKey(
        reason=Reason.RECOVERY_OVER,
        key=key.id,
        message=f"key {key.id} has been Inactive since {day(since)} without being missed",
        next_review=other.created + case.policy.due_age if other else None,
    )


def predecessor(case: Case) -> Action | None:
    """Deactivate a promoted key's predecessor when grace is over, it is idle, and its successor is in its place."""
    successor = case.successor
    if successor is None or case.secret is None or (key := case.other(successor)) is None:
        return None
    if not case.secret.knows(key.id):
        return None  # made by a person: unused_key() decides
    if case.now < case.grace_over_at - WANDER:
        return Hold(
            reason=Reason.GRACE_RUNNING,
            key=key.id,
            message=f"key {key.id} stays Active beside its successor {successor.id} until {day(case.grace_over_at)}",
            next_review=case.grace_over_at,
        )
    decided = _idle_and_adopted(case, key, successor)
    if isinstance(decided, Hold) and _deadline_cuts(case, key):
        decided = DeactivateKey(
            reason=Reason.DEADLINE_REACHED,
            key=key.id,
            message=f"{decided.message}; it is {days(case.age(key))} old and the setting in_use_at_deadline says "
            "deactivate",
            next_review=decided.next_review,
        )
    if isinstance(decided, Hold):
        return decided
    return (
        guarding.rang_twice(case, key)
        or case.held_by_guard(key, "deactivated")
        or replace(decided, next_review=case.now + case.policy.recovery)
    )


def _deadline_cuts(case: Case, key: AccessKey) -> bool:
    return case.policy.at_deadline is AtDeadline.DEACTIVATE and case.age(key) >= case.policy.deadline_age


def _idle_and_adopted(case: Case, key: AccessKey, successor: AccessKey) -> Hold | DeactivateKey:
    last = case.last_use(key)
    successor_works = case.last_use(successor).by_other_than("sts")
    fetching_only = last.service in FETCHING and successor_works
    if case.used_within(key, case.policy.idle) and not fetching_only:
        return Hold(
            reason=Reason.KEY_IN_USE,
            key=key.id,
            message=f"key {key.id} is still in use (last by {last.service} in {last.region}, at "
            f"{day(last.at or case.now)}): its consumer should take {successor.id} from secret {case.secret_name}",
        )
    if case.used_within(key, case.policy.unused) and not (successor_works or _fetched(case, successor)):
        return Hold(
            reason=Reason.SUCCESSOR_NOT_ADOPTED,
            key=key.id,
            message=f"key {key.id} is idle, but nobody has fetched its successor {successor.id} from secret "
            f"{case.secret_name} yet, and it was used in the last {days(case.policy.unused)}: "
            "its consumer may be one that runs seldom; let it take the successor from there",
        )
    return DeactivateKey(
        reason=Reason.PREDECESSOR_IDLE,
        key=key.id,
        message=f"key {key.id} is idle{f' since {day(last.at)}' if last.at else ', never used'}, and its successor "
        f"{successor.id} is in its place",
    )


def _fetched(case: Case, successor: AccessKey) -> bool:
    # LastAccessedDate is a date (Secrets Manager's service model), so it is compared as one.
    version = case.secret.holder(successor.id) if case.secret else None
    if version is None or version.last_accessed is None:
        return False
    return version.created is None or version.last_accessed.date() >= version.created.date()


def unused_key(case: Case) -> Action | None:
    """Free a slot of two Active keys of which one is unused; two in use are for their owner to sort out."""
    if len(case.keys) != 2 or not all(key.active for key in case.keys):  # noqa: PLR2004 - IAM's quota of keys a user
        return None
    for key in case.keys:
        other = case.other(key)
        if key == case.successor or other is None or not _unused(case, key):
            continue
        # What remains has to be a key that its owner has.
        if other == case.successor or _in_use(case, other):
            return _held_after_reactivation(case, key) or DeactivateKey(
                reason=Reason.KEY_UNUSED,
                key=key.id,
                message=f"key {key.id} was not used in the last {days(case.policy.unused)}, and key {other.id} is "
                "in use: it is deactivated to free the second slot",
                next_review=case.now + case.policy.recovery,
            )
    if case.force or any(case.due(key) for key in case.keys):
        return Hold(
            reason=Reason.TWO_KEYS_IN_USE,
            message=f"has two Active keys ({', '.join(key.id for key in case.keys)}) and neither can be shown to be "
            "unneeded, so there is no slot for a successor: deactivate or delete the one that is not needed",
        )
    return None


def _held_after_reactivation(case: Case, key: AccessKey) -> Hold | None:
    """Hold a key that a rollback or a guard alarm gave back a while ago, or that a guard alarm keeps."""
    until = case.given_back_at + case.policy.grace if case.given_back_at else None
    if until and case.now < until - WANDER:
        return Hold(
            reason=Reason.GRACE_RUNNING,
            key=key.id,
            message=f"key {key.id} is unused, but it was reactivated and stays Active until {day(until)}",
            next_review=until,
        )
    return guarding.rang_twice(case, key) or case.held_by_guard(key, "deactivated")


def _in_use(case: Case, key: AccessKey) -> bool:
    # A use by sts alone may be a run's own verification of a key that its owner does not have yet.
    return case.used_within(key, case.policy.idle) and case.last_use(key).by_other_than("sts")


def _unused(case: Case, key: AccessKey) -> bool:
    return case.age(key) >= case.policy.unused and not case.used_within(key, case.policy.unused)
