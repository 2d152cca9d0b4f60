"""What each reason means for people: who acts, what comes next, and for a blocked user the one thing that unblocks it.

Where a message of the rotator's carries its own command, made of what it has read, that one is given.
"""

import re
import shlex
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from keyturn.domain import tags as tag
from keyturn.domain.reason import Reason


class Who(StrEnum):
    """Who acts next."""

    OWNER = "owner"
    PLATFORM = "platform"
    TIME = "nobody: time"
    RUN = "nobody: the next run"


@dataclass(frozen=True)
class Advice:
    """What a reason means for people.

    Attributes:
        after: what comes next, by itself or once somebody has acted.
        change: what unblocks, as a sentence; empty where nothing is blocked.
        command: the same as a command, if one does it; braces hold what is known of the user.
    """

    who: Who
    after: str
    change: str = ""
    command: str = ""


@dataclass(frozen=True)
class Known:
    """What is known of a user, for its commands."""

    user: str
    key: str | None
    secret: str
    message: str


_FETCH: Final = "let the key's consumer read its credential from the secret, and use no other"
_DELETE: Final = "aws iam delete-access-key --user-name {user} --access-key-id {key}"
_GOES_ON: Final = "the next run goes on"
_MOVE_FORTH: Final = (
    "aws secretsmanager update-secret-version-stage --secret-id {secret} --version-stage AWSCURRENT "
    '--move-to-version-id {version} --remove-from-version-id "$(aws secretsmanager list-secret-version-ids '
    "--secret-id {secret} --query 'Versions[?contains(VersionStages, `AWSCURRENT`)].VersionId' --output text)\""
)

_ADVICE: Final = {
    Reason.NO_TIME_LEFT: Advice(Who.RUN, "the next run rotates"),
    Reason.THROTTLED: Advice(Who.RUN, _GOES_ON),
    Reason.NO_KEY: Advice(Who.TIME, "nothing: it has no key"),
    Reason.NO_ACTIVE_KEY: Advice(Who.TIME, "nothing, as long as it has no Active key"),
    Reason.NOT_DUE: Advice(Who.TIME, "a successor is created"),
    Reason.EXEMPT: Advice(Who.TIME, "its keys are looked at again when the exemption ends"),
    Reason.ANOTHER_RUN_AT_WORK: Advice(Who.RUN, _GOES_ON),
    Reason.INTENT_CLOSED: Advice(Who.RUN, _GOES_ON),
    Reason.QUARANTINE_RUNNING: Advice(Who.TIME, "the suspected orphan is deleted, if it stays unused"),
    Reason.NOTHING_TO_UNDO: Advice(Who.TIME, "nothing"),
    Reason.GRACE_RUNNING: Advice(Who.TIME, "the old key is deactivated, if it is idle"),
    Reason.RECOVERY_RUNNING: Advice(Who.TIME, "the old key is deleted"),
    Reason.PREDECESSOR_ACTIVE: Advice(Who.TIME, "the old key is deactivated, if it is idle"),
    Reason.UNREADABLE: Advice(
        Who.PLATFORM,
        "the next run tries again",
        "mend what the message names; doctor shows whether permissions have drifted",
        "keyturn doctor",
    ),
    Reason.INVALID_TAG: Advice(
        Who.PLATFORM,
        _GOES_ON,
        "correct or remove the user's tag",
        "aws iam untag-user --user-name {user} --tag-keys {tag}",
    ),
    Reason.SETTINGS_DO_NOT_FIT: Advice(
        Who.PLATFORM,
        _GOES_ON,
        "raise the user's maximum age or shorten its grace period, or remove both tags",
        f"aws iam untag-user --user-name {{user}} --tag-keys {tag.MAX_AGE_DAYS} {tag.GRACE_DAYS}",
    ),
    Reason.SECRET_SCHEDULED_FOR_DELETION: Advice(
        Who.PLATFORM, _GOES_ON, "restore the secret", "aws secretsmanager restore-secret --secret-id {secret}"
    ),
    Reason.SECRET_OF_ANOTHER_USER: Advice(
        Who.PLATFORM,
        _GOES_ON,
        "keep what is in the former user's secret elsewhere, then delete it",
        "aws secretsmanager delete-secret --force-delete-without-recovery --secret-id {secret}",
    ),
    Reason.STATE_NOT_UNDERSTOOD: Advice(
        Who.PLATFORM,
        _GOES_ON,
        "deploy the newer release that wrote it again, or take the mark that the message names off the secret",
        "aws secretsmanager describe-secret --secret-id {secret}",
    ),
    Reason.KEY_EXPOSED: Advice(
        Who.PLATFORM,
        "the user gets a new key when it is due",
        "find out what the exposed key was used for, delete it, then lift the mark",
        "aws iam detach-user-policy --user-name {user} --policy-arn arn:aws:iam::aws:policy/{policy}",
    ),
    Reason.SECRET_AMBIGUOUS: Advice(
        Who.PLATFORM,
        _GOES_ON,
        "remove the tag from all secrets but the one that the user's consumers read",
        f"aws secretsmanager untag-resource --secret-id {{rival}} --tag-keys {tag.USER_ID}",
    ),
    Reason.TOO_MANY_KEYS: Advice(
        Who.OWNER, _GOES_ON, "delete the keys that are not needed until two are left", _DELETE
    ),
    Reason.EXPIRED_KEY: Advice(Who.OWNER, _GOES_ON, "delete the key, if it is not needed", _DELETE),
    Reason.CURRENT_KEY_GONE: Advice(
        Who.OWNER,
        "a rotation starts afresh",
        "store a key that works in the secret, or take the gone key's label off",
        "aws secretsmanager describe-secret --secret-id {secret}",
    ),
    Reason.CURRENT_KEY_INACTIVE: Advice(
        Who.OWNER,
        _GOES_ON,
        "make the key that consumers are given Active again, or delete it",
        "aws iam update-access-key --user-name {user} --access-key-id {key} --status Active",
    ),
    Reason.CURRENT_MOVED_BACK: Advice(
        Who.OWNER, _GOES_ON, "move AWSCURRENT to the newer key's version, or delete that key", _MOVE_FORTH
    ),
    Reason.LAST_ACTIVE_KEY: Advice(
        Who.OWNER, _GOES_ON, "use the key once, if it is yours; if nobody has its secret, delete it", _DELETE
    ),
    Reason.TWO_KEYS_IN_USE: Advice(
        Who.OWNER,
        "the other key gets a successor when it is due",
        "deactivate the key that is not needed",
        "aws iam update-access-key --user-name {user} --access-key-id {key} --status Inactive",
    ),
    Reason.KEY_IN_USE: Advice(Who.OWNER, "the old key is deactivated once it is idle", _FETCH),
    Reason.SUCCESSOR_NOT_ADOPTED: Advice(Who.OWNER, "the old key is deactivated once the secret was read", _FETCH),
    Reason.GUARD_ALARM_RINGING: Advice(
        Who.OWNER,
        "the old key is deactivated once the alarm is quiet",
        "find out why the guard alarm rings, and mend it",
        "aws cloudwatch describe-alarm-history --alarm-name {alarm}",
    ),
    Reason.GUARD_ALARM_MISSING: Advice(
        Who.OWNER,
        "the old key is deactivated once it is idle",
        "create the alarm that the tag names, or remove the tag",
        f"aws iam untag-user --user-name {{user}} --tag-keys {tag.GUARD_ALARM}",
    ),
    Reason.GUARD_RANG_TWICE: Advice(
        Who.OWNER,
        "the old key is deactivated once more",
        "give the consumer the successor, then take the count off",
        f"aws secretsmanager untag-resource --secret-id {{secret}} --tag-keys {tag.GUARD_UNDONE}",
    ),
    Reason.PREDECESSOR_GONE: Advice(
        Who.OWNER,
        "nothing: there is no old key",
        "use the credential that is in the secret's version AWSCURRENT",
        "aws secretsmanager get-secret-value --secret-id {secret} --version-stage AWSCURRENT",
    ),
    Reason.KEY_DUE: Advice(Who.RUN, "a successor is created, stored and promoted"),
    Reason.FORCED: Advice(Who.RUN, "a successor is created, stored and promoted"),
    Reason.SUSPECTED_ORPHAN: Advice(Who.RUN, "the suspected orphan is made Inactive"),
    Reason.ORPHAN_UNUSED: Advice(Who.RUN, "the orphan is deleted"),
    Reason.STORED_NOT_PROMOTED: Advice(Who.RUN, "the key that nobody was given is deleted, and a new one made"),
    Reason.PREDECESSOR_IDLE: Advice(Who.RUN, "the old key is deactivated"),
    Reason.DEADLINE_REACHED: Advice(Who.RUN, "the old key is deactivated"),
    Reason.KEY_UNUSED: Advice(Who.RUN, "the unused key is deactivated"),
    Reason.FOUND_INACTIVE: Advice(Who.RUN, "the Inactive key's recovery period begins"),
    Reason.USED_SINCE_DEACTIVATION: Advice(Who.RUN, "the Inactive key's recovery period begins anew"),
    Reason.RECOVERY_OVER: Advice(Who.RUN, "the old key is deleted"),
    Reason.ROLLBACK_REQUESTED: Advice(Who.RUN, "the old key is Active again, for a new grace period"),
    Reason.TEST_MAIL_REQUESTED: Advice(Who.TIME, "nothing: no key is looked at"),
    Reason.USER_GONE: Advice(Who.RUN, "the secret of the user that is gone is scheduled for deletion"),
}
_BY_LABEL: Final = {reason.label: reason for reason in Reason}
_GIVEN: Final = re.compile(r"'(aws [^']+)'")
_KEY: Final = re.compile(r"\bA[KS]IA[A-Z0-9]{12,124}\b")
_FOUND: Final = {
    "tag": re.compile(r"\btag (keyturn:[\w+=.@:/-]+)"),
    "policy": re.compile(r"\bpolicy (AWSCompromisedKeyQuarantine\w*)"),
    "version": re.compile(r"\bto version ([^\s,]+)"),
    "rival": re.compile(r"\((arn:[^,)\s]+)"),
    "alarm": re.compile(r"\bguard alarm '([^']+)'"),
}


def reason_of(label: str) -> Reason | None:
    """Find a reason by the name that it has in reports; None when a newer function names one that is not known here."""
    return _BY_LABEL.get(label)


def advice_of(reason: Reason) -> Advice:
    """Give what a reason means for people."""
    return _ADVICE[reason]


def command_for(reason: Reason, known: Known) -> str:
    """Give the one command that unblocks a user; empty where none does, and the change has to be made elsewhere.

    A key that the report leaves open stands as the first that its message names: which of them, its owner knows.
    """
    if not reason.blocks:
        return ""
    if given := _GIVEN.search(known.message):
        return given[1]
    names = {name: found[1] for name, pattern in _FOUND.items() if (found := pattern.search(known.message))}
    key = known.key or next(iter(_KEY.findall(known.message)), "")
    values = {"user": known.user, "key": key, "secret": known.secret, **names}
    quoted = {name: shlex.quote(value) for name, value in values.items()}
    try:
        return advice_of(reason).command.format_map(quoted)
    except KeyError:  # a message that does not name what the command needs
        return ""
