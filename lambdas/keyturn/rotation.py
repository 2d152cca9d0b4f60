"""The protocol that cannot lose a key: intent, create, store, verify, promote.

Each step leaves behind what the next run needs to go on from there:

    after            a crash leaves                          the next run
    the intent       an open intent, no key                  makes a new attempt
    the create       an open intent, a key nobody knows      quarantines it, deletes it a day later, tries anew
    the store        the key stored, AWSCURRENT elsewhere    deletes it: nobody was given it; tries anew
    the promotion    a finished rotation                     retires the predecessor when its time comes

The predecessor is not touched at all.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from keyturn.aws.identity import Caller
from keyturn.domain import tags as tag
from keyturn.domain.access_key import NewKey
from keyturn.domain.action import CreateKey
from keyturn.domain.outcome import Outcome, Result
from keyturn.domain.reason import Reason
from keyturn.domain.refusal import AlreadyExists, Ambiguous, AwsError, Refused, Throttled
from keyturn.domain.secret_labels import CURRENT, PENDING, before, intent_token, store_token
from keyturn.domain.state import UserState
from keyturn.doors import Run
from keyturn.settling import settle
from keyturn.user_secret import secret_arn

# Seconds between attempts. What has to be left for the steps that follow is kept back.
_CREATE_WAITS: Final = (1.0, 2.0, 4.0, 8.0)
# IAM's answer may take the client's read timeout of 20 s, and the secret has to be stored after it.
_CREATE_RESERVE: Final = 45.0
_STORE_WAITS: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0, 8.0)
_STORE_RESERVE: Final = 15.0
# A new key is refused by STS for some seconds; IAM documents no bound, and others wait up to two minutes.
_VERIFY_WAITS: Final = (1.0, 1.0, 2.0, 3.0, 5.0, 8.0, 10.0, 10.0, 10.0, 10.0, 10.0)
_VERIFY_RESERVE: Final = 10.0
# What one rotation needs even when AWS is slow: no user is started with less time left.
SECONDS_NEEDED: Final = 120.0


class Rotation:
    """One rotation of one user's key."""

    def __init__(self, state: UserState, action: CreateKey, run: Run) -> None:
        self._state = state
        self._user = state.user
        self._run = run
        self._doors = run.doors
        self._outcome = Outcome.of(state.user, action, Result.DONE)
        self._intent = intent_token(state.user.id, state.secret)
        # Read before anything is done: nothing between the create and the store may have a reason to fail.
        self._smtp_region = tag.region(state.user.tags, tag.SES_SMTP)
        self._arn = ""
        self._current: str | None = None

    def perform(self) -> Outcome:
        """Go through the steps; whatever goes wrong is told in the outcome, with what it leaves behind."""
        if self._run.deadline.remaining() < _CREATE_RESERVE:  # the reads before may have been slow
            return self._outcome.held(
                Reason.NO_TIME_LEFT, "too little time is left to rotate safely; the next run does"
            )
        try:
            self._declare()
        except AlreadyExists:
            return self._outcome.held(
                Reason.ANOTHER_RUN_AT_WORK, "another run is rotating this user's key at this moment; no key was created"
            )
        except AwsError as error:
            return self._outcome.broken_off(error, f"the secret cannot be written, so no key was created: {error}")
        notes = tuple(self._sweep())
        try:
            key = self._create()
        except Ambiguous as error:
            return settle(error, self._outcome, self._arn, self._state, self._run)
        except Refused as error:
            return self._outcome.broken_off(error, f"no key was created: {error}{self._close_intent()}")
        outcome = self._keep(key)
        return replace(outcome, notes=(*notes, *outcome.notes), key=key.id)

    def _declare(self) -> None:
        """Win the intent: proof that the secret can be written now, write-ahead record and lock in one call."""
        # A new secret says at once when it is to be looked at: an intent that stays open is found without that.
        self._arn = secret_arn(self._state, self._run, self._review)
        self._outcome = replace(self._outcome, secret_arn=self._arn)
        if self._is_new_to_its_reader:
            self._doors.secrets.admit(self._arn, self._user)
        first = self._doors.secrets.put_intent(
            self._arn,
            self._intent,
            labels=[before(key.id) for key in self._state.keys],
            value={
                "Status": "RotationInProgress",
                "RunId": self._run.id,
                "UserName": self._user.name,
                "Started": tag.written(self._run.now),
            },
        )
        holder = self._state.secret.holder(CURRENT) if self._state.secret else None
        self._current = self._intent if first else (holder.id if holder else None)

    @property
    def _is_new_to_its_reader(self) -> bool:
        """Whether the secret is kept in another account than the user's, and has not given it a key yet.

        From then on its policy is people's, who may have let others read it, too.
        """
        elsewhere = self._arn.split(":")[4] != self._user.account
        return elsewhere and (self._state.secret is None or self._state.secret.current_key is None)

    def _sweep(self) -> Iterator[str]:
        """Take off the labels of keys that are gone, since a secret may carry 20; only a won intent proves the read."""
        present = frozenset(key.id for key in self._state.keys)
        secret = self._state.secret
        for label, version in secret.labels_of_keys_other_than(present) if secret else ():
            try:
                self._doors.secrets.drop(self._arn, label, version.id)
            except AwsError as error:
                yield f"label {label} of a key that is gone could not be taken off: {error}"

    def _create(self) -> NewKey:
        throttled: Throttled | None = None
        pace = self._run.pace
        for _ in self._run.deadline.attempts(_CREATE_WAITS, _CREATE_RESERVE):
            if not pace.wait(self._run.deadline, _CREATE_RESERVE):
                break
            try:
                key = self._doors.iam.create_key(self._user.name)
            except Throttled as error:  # surely not executed: the one failure after which the call may be repeated
                throttled = error
                pace.slow_down()
            else:
                pace.speed_up()
                return key
        raise throttled or Refused("CreateAccessKey", "NoTimeLeft")

    def _close_intent(self) -> str:
        """No key came of the intent: take AWSPENDING off, so that no later run takes a person's key for our orphan."""
        try:
            self._doors.secrets.drop(self._arn, PENDING, self._intent)
        except AwsError as error:
            return f"; its intent stays open: {error}"
        return ""

    def _keep(self, key: NewKey) -> Outcome:
        """Store, verify and promote a key that this very run created."""
        version = store_token(self._user.id, key.id)
        if error := self._store(key, version):
            return self._give_up(key, error, f"could not be stored ({error})")
        outcome = replace(self._outcome, version_id=version)
        try:
            caller = self._verify(key)
        except AwsError as error:
            return outcome.broken_off(
                error,
                f"key {key.id} is stored but AWS does not accept it ({error}); it is not promoted, and the next run "
                "deletes it",
            )
        if (caller.account, caller.arn, caller.user_id) != (self._user.account, self._user.arn, self._user.id):
            # Nobody would find it in this secret, and no later run would look for it there.
            stranger = Refused("GetCallerIdentity", "AnotherUser")
            return self._give_up(key, stranger, f"belongs to {caller.arn} ({caller.user_id}), not to {self._user.id}")
        try:
            self._doors.secrets.promote(self._arn, to=version, holder=self._current)
        except AwsError as error:
            return outcome.broken_off(
                error, f"key {key.id} is stored but could not be promoted: {error}; the next run goes on"
            )
        outcome = replace(
            outcome, message=f"{outcome.message}; its successor {key.id} is stored, verified and promoted"
        )
        return self._note_review(outcome)

    def _store(self, key: NewKey, version: str) -> AwsError | None:
        error: AwsError | None = None
        for _ in self._run.deadline.attempts(_STORE_WAITS, _STORE_RESERVE):
            try:
                self._doors.secrets.store(self._arn, version, key, smtp_region=self._smtp_region)
            except AwsError as refusal:
                error = refusal
            else:
                return None
        return error

    def _give_up(self, key: NewKey, cause: AwsError, why: str) -> Outcome:
        """Delete a key that can't be kept: its ID is from the create's own answer, so it is surely ours."""
        try:
            seen = self._doors.iam.delete(self._user.name, key.id)
        except AwsError as error:
            return self._outcome.broken_off(
                error, f"key {key.id} {why} and could not be deleted ({error}); the next run takes care of it"
            )
        if not seen:  # IAM may not have spread it yet: the intent stays open, so that the next run finds it
            return self._outcome.failed(f"key {key.id} {why} and was gone when deleted")
        return self._outcome.broken_off(cause, f"key {key.id} {why}, so it was deleted{self._close_intent()}")

    def _verify(self, key: NewKey) -> Caller:
        """Let the new key say whose it is.

        Raises:
            AwsError: the last refusal, when time or patience is over.
        """
        refusal: AwsError | None = None
        for _ in self._run.deadline.attempts(_VERIFY_WAITS, _VERIFY_RESERVE):
            try:
                return self._doors.identity.of(key)
            except AwsError as error:
                refusal = error
        raise refusal or Refused("GetCallerIdentity", "NoTimeLeft")

    @property
    def _review(self) -> dict[str, str]:
        return {tag.NEXT_REVIEW: tag.written(self._outcome.next_review or self._run.now)}

    def _note_review(self, outcome: Outcome) -> Outcome:
        if self._state.secret is None:
            return outcome  # its secret was created with it
        try:
            self._doors.secrets.tag(self._arn, self._review)
        except AwsError as error:
            return replace(outcome, notes=(*outcome.notes, f"its next review could not be noted: {error}"))
        return outcome
