"""The checks that hold a user whatever its keys' ages: unreadable, exempt, or in a state that we don't make."""

from collections.abc import Mapping
from datetime import date, datetime

from keyturn.domain import tags as tag
from keyturn.domain.action import Hold
from keyturn.domain.lifecycle import Case
from keyturn.domain.reason import Reason
from keyturn.domain.understanding import not_understood

KEYS_PER_USER = 2


def exempt_until(tags: Mapping[str, str], now: datetime) -> date | None:
    """The last day (UTC) of an exemption that is still running.

    Raises:
        InvalidTag: when the tag's date can't be read; an exemption must not fail open.
    """
    until = tag.day(tags, tag.EXEMPT_UNTIL)
    return until if until is not None and now.date() <= until else None


def exempt(case: Case) -> Hold | None:
    """Hold a user through the last day of its exemption."""
    until = exempt_until(case.state.user.tags, case.now)
    if until is None:
        return None
    return Hold(reason=Reason.EXEMPT, message=f"exempt until the end of {until} (UTC) by tag {tag.EXEMPT_UNTIL}")


def quarantined(case: Case) -> Hold | None:
    """Hold a user that AWS has fenced in, exempt or not: whoever has its key may wait for the next one."""
    if (policy := case.state.user.quarantine) is None:
        return None
    return Hold(
        reason=Reason.KEY_EXPOSED,
        message=f"AWS has attached policy {policy}: a key of this user is exposed, so no new one is handed out; follow "
        "the AWS Support case, delete the exposed key, then detach the policy",
    )


def exposed(case: Case) -> Hold | None:
    """Hold a user with a key that was reported as exposed."""
    tags = case.secret.tags if case.secret else {}
    if (key := tags.get(tag.EXPOSED_KEY)) is None:
        return None
    return Hold(
        reason=Reason.KEY_EXPOSED,
        key=key,
        message=f"key {key} was reported as exposed ({tags.get(tag.EXPOSED_AT, 'time unknown')}), so no new one is "
        "handed out: find out what it was used for, delete it, then run 'aws secretsmanager untag-resource "
        f"--secret-id {case.secret_arn} --tag-keys {tag.EXPOSED_KEY} {tag.EXPOSED_AT}'",
    )


def unreadable(case: Case) -> Hold | None:
    """Hold when a fact could not be read: an error is not an answer."""
    if case.state.unreadable is None:
        return None
    return Hold(
        reason=Reason.THROTTLED if case.state.throttled else Reason.UNREADABLE,
        message=f"could not be read, so nothing is decided: {case.state.unreadable}; the next run tries again",
    )


def rival_secrets(case: Case) -> Hold | None:
    """Hold when several secrets claim the user: the labels of one would hide the keys of the other."""
    if case.state.truth is None or not case.state.truth.rivals:
        return None
    return Hold(
        reason=Reason.SECRET_AMBIGUOUS,
        message=f"several secrets carry tag {tag.USER_ID}={case.state.user.id} ({', '.join(case.state.truth.rivals)}): "
        "remove the tag from all but the one that the user's consumers read",
    )


def secret_scheduled_for_deletion(case: Case) -> Hold | None:
    """Hold while nothing can be stored."""
    if case.secret is None or case.secret.deleted is None:
        return None
    return Hold(
        reason=Reason.SECRET_SCHEDULED_FOR_DELETION,
        message=f"secret {case.secret.name} is scheduled for deletion: "
        f"run 'aws secretsmanager restore-secret --secret-id {case.secret.arn}'",
    )


def secret_of_another_user(case: Case) -> Hold | None:
    """Hold when the secret belongs to another UserId: a user was deleted and created anew under its name."""
    if case.secret is None or case.secret.tags.get(tag.USER_ID) == case.state.user.id:
        return None
    owner = case.secret.tags.get(tag.USER_ID, "nobody")
    return Hold(
        reason=Reason.SECRET_OF_ANOTHER_USER,
        message=f"secret {case.secret.name} belongs to {owner}, not to {case.state.user.id} "
        "(was the user created anew?): keep what is in it elsewhere, then run "
        f"'aws secretsmanager delete-secret --force-delete-without-recovery --secret-id {case.secret.arn}'",
    )


def state_not_understood(case: Case) -> Hold | None:
    """Hold when the secret says something that this release does not know."""
    said = not_understood(case.secret) if case.secret else None
    return Hold(reason=Reason.STATE_NOT_UNDERSTOOD, message=said) if said else None


def too_many_keys(case: Case) -> Hold | None:
    """Hold when the quota was overrun (it is racy): which of three keys matters is for its owner to say."""
    if len(case.keys) <= KEYS_PER_USER:
        return None
    return Hold(
        reason=Reason.TOO_MANY_KEYS,
        message=f"has {len(case.keys)} access keys ({', '.join(key.id for key in case.keys)}): "
        "delete those that are not needed until two are left",
    )


def expired_key(case: Case) -> Hold | None:
    """Hold on a status that IAM does not explain."""
    if (key := case.expired()) is None:
        return None
    return Hold(
        reason=Reason.EXPIRED_KEY,
        key=key.id,
        message=f"key {key.id} has status Expired, which Keyturn never touches: delete it if it is not needed",
    )


def known_tags(case: Case) -> None:
    """Hold a user with a tag of Keyturn's that is not known.

    Raises:
        InvalidTag: which the plan makes a hold of.
    """
    tag.only_known(case.state.user.tags)


def smtp_region(case: Case) -> None:
    """Hold a user whose SMTP password would be derived for a region that is none.

    Raises:
        InvalidTag: which the plan makes a hold of.
    """
    tag.region(case.state.user.tags, tag.SES_SMTP)


def no_key(case: Case) -> Hold | None:
    """Leave users without keys alone; one whose current key was taken away has been held before."""
    if case.keys:
        return None
    return Hold(reason=Reason.NO_KEY, message="has no access key, so there is nothing to rotate")


def current_key_taken_away(case: Case) -> Hold | None:
    """Hold when the key that consumers are given is gone or Inactive: a person did that, and knows why."""
    current = case.secret.current_key if case.secret else None
    if current is None or case.successor is not None:
        return None
    if any(key.id == current for key in case.keys):
        return Hold(
            reason=Reason.CURRENT_KEY_INACTIVE,
            key=current,
            message=f"key {current}, which the secret gives to consumers, was made Inactive by someone: reactivate it "
            f"('aws iam update-access-key --user-name {case.state.user.name} --access-key-id {current} "
            "--status Active'), or delete it",
        )
    return Hold(
        reason=Reason.CURRENT_KEY_GONE,
        key=current,
        message=f"key {current}, which the secret gives to consumers, was deleted by someone: store a key that works "
        "in the secret, or remove the label AWSCURRENT's key ID by "
        f"'aws secretsmanager update-secret-version-stage --secret-id {case.secret_arn} --version-stage {current} "
        f"--remove-from-version-id {_holder(case, current)}' to start afresh",
    )


def _holder(case: Case, label: str) -> str:
    version = case.secret.holder(label) if case.secret else None
    return version.id if version else ""
