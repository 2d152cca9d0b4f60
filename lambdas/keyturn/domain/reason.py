"""Why an action is taken or a user held: one member a reason, unchanged from plan to log, metric, event and report."""

from enum import Enum, StrEnum


class Stage(StrEnum):
    """Where a user's keys are in their life."""

    NO_KEY = "NoKey"
    CURRENT = "Current"
    DUE = "Due"
    ROTATING = "Rotating"
    GRACE = "Grace"
    RECOVERY = "Recovery"
    EXEMPT = "Exempt"
    BLOCKED = "Blocked"


class Reason(Enum):
    """A reason, the stage it belongs to, and whether a person has to act before anything goes on."""

    def __init__(self, label: str, stage: Stage, blocks: bool = False) -> None:  # noqa: FBT001, FBT002 - Enum unpacks
        self.label = label
        self.stage = stage
        self.blocks = blocks

    # Nothing to do yet: time or another run moves these on.
    NO_TIME_LEFT = ("NoTimeLeft", Stage.DUE)
    THROTTLED = ("Throttled", Stage.DUE)
    NO_KEY = ("NoKey", Stage.NO_KEY)
    NO_ACTIVE_KEY = ("NoActiveKey", Stage.NO_KEY)
    NOT_DUE = ("NotDue", Stage.CURRENT)
    EXEMPT = ("Exempt", Stage.EXEMPT)
    ANOTHER_RUN_AT_WORK = ("AnotherRunAtWork", Stage.ROTATING)
    INTENT_CLOSED = ("IntentClosed", Stage.ROTATING)
    QUARANTINE_RUNNING = ("QuarantineRunning", Stage.ROTATING)
    NOTHING_TO_UNDO = ("NothingToUndo", Stage.CURRENT)
    GRACE_RUNNING = ("GraceRunning", Stage.GRACE)
    RECOVERY_RUNNING = ("RecoveryRunning", Stage.RECOVERY)
    PREDECESSOR_ACTIVE = ("PredecessorActive", Stage.GRACE)

    # Held until a person, or the key's consumer, does something.
    UNREADABLE = ("Unreadable", Stage.BLOCKED, True)
    INVALID_TAG = ("InvalidTag", Stage.BLOCKED, True)
    SETTINGS_DO_NOT_FIT = ("SettingsDoNotFit", Stage.BLOCKED, True)
    SECRET_SCHEDULED_FOR_DELETION = ("SecretScheduledForDeletion", Stage.BLOCKED, True)
    SECRET_OF_ANOTHER_USER = ("SecretOfAnotherUser", Stage.BLOCKED, True)
    STATE_NOT_UNDERSTOOD = ("StateNotUnderstood", Stage.BLOCKED, True)
    KEY_EXPOSED = ("KeyExposed", Stage.BLOCKED, True)
    SECRET_AMBIGUOUS = ("SecretAmbiguous", Stage.BLOCKED, True)
    TOO_MANY_KEYS = ("TooManyKeys", Stage.BLOCKED, True)
    EXPIRED_KEY = ("ExpiredKey", Stage.BLOCKED, True)
    CURRENT_KEY_GONE = ("CurrentKeyGone", Stage.BLOCKED, True)
    CURRENT_KEY_INACTIVE = ("CurrentKeyInactive", Stage.BLOCKED, True)
    CURRENT_MOVED_BACK = ("CurrentMovedBack", Stage.BLOCKED, True)
    LAST_ACTIVE_KEY = ("LastActiveKey", Stage.BLOCKED, True)
    TWO_KEYS_IN_USE = ("TwoKeysInUse", Stage.BLOCKED, True)
    KEY_IN_USE = ("KeyInUse", Stage.GRACE, True)
    SUCCESSOR_NOT_ADOPTED = ("SuccessorNotAdopted", Stage.GRACE, True)
    GUARD_ALARM_RINGING = ("GuardAlarmRinging", Stage.GRACE, True)
    GUARD_ALARM_MISSING = ("GuardAlarmMissing", Stage.GRACE, True)
    GUARD_RANG_TWICE = ("GuardRangTwice", Stage.GRACE, True)
    PREDECESSOR_GONE = ("PredecessorGone", Stage.CURRENT, True)

    # Something is done.
    KEY_DUE = ("KeyDue", Stage.DUE)
    FORCED = ("Forced", Stage.DUE)
    SUSPECTED_ORPHAN = ("SuspectedOrphan", Stage.ROTATING)
    ORPHAN_UNUSED = ("OrphanUnused", Stage.ROTATING)
    STORED_NOT_PROMOTED = ("StoredNotPromoted", Stage.ROTATING)
    PREDECESSOR_IDLE = ("PredecessorIdle", Stage.GRACE)
    DEADLINE_REACHED = ("DeadlineReached", Stage.GRACE)
    KEY_UNUSED = ("KeyUnused", Stage.DUE)
    FOUND_INACTIVE = ("FoundInactive", Stage.RECOVERY)
    USED_SINCE_DEACTIVATION = ("UsedSinceDeactivation", Stage.RECOVERY)
    RECOVERY_OVER = ("RecoveryOver", Stage.RECOVERY)
    ROLLBACK_REQUESTED = ("RollbackRequested", Stage.RECOVERY)
    USER_GONE = ("UserGone", Stage.NO_KEY)
    # No key was looked at, so the report tells no stage.
    TEST_MAIL_REQUESTED = ("TestMailRequested", Stage.CURRENT)
