"""Sends the owners' letters at the end of a run, when nothing of the run can suffer from it any more."""

import traceback
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from keyturn.domain import tags as tag
from keyturn.domain.access_key import LastUse
from keyturn.domain.letter import Kind, contents, letter_for
from keyturn.domain.outcome import Outcome
from keyturn.domain.refusal import Ambiguous, AwsError, Throttled
from keyturn.domain.retiring import FETCHING
from keyturn.doors import Run
from keyturn.letters import write

# SES allows a new account one letter a second.
_WAITS: Final = (1.0, 2.0, 4.0)
# What the report, its digest and the end of the invocation may still need.
_RESERVE: Final = 30.0
# So many letters in a row that SES does not answer or has no room for: the next one would fare no better.
_MOST_IN_VAIN: Final = 3


class Undelivered(Exception):
    """A letter that is not even tried, and why."""


class Mailing:
    """The letters of one run."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._in_vain = 0
        self.sent = 0
        self.failed = 0

    @property
    def on(self) -> bool:
        """Whether there is an address to send from."""
        return self._run.settings.notify_from is not None

    @property
    def metrics(self) -> dict[str, float]:
        """What became of the letters, of runs that may send any."""
        return {"MailsSent": self.sent, "MailsFailed": self.failed} if self.on else {}

    @property
    def notes(self) -> tuple[str, ...]:
        """What the run's report says of them."""
        return (f"letters to owners that could not be sent: {self.failed}",) if self.failed else ()

    def deliver(self, outcomes: Iterable[Outcome]) -> tuple[Outcome, ...]:
        """Send to each owner what it should know; a letter that could not be sent is noted in its outcome."""
        return tuple(self.send(outcome) for outcome in outcomes) if self.on else tuple(outcomes)

    def send(self, outcome: Outcome) -> Outcome:
        """Send the letter that the outcome calls for, if it does and the user has an owner."""
        try:
            self.sent += self._sent(outcome)
        except (AwsError, tag.InvalidTag, Undelivered) as error:
            return self._noted(outcome, str(error))
        except Exception as error:  # noqa: BLE001 - no letter is worth a run's report
            place = traceback.extract_tb(error.__traceback__)[-1]
            return self._noted(
                outcome, f"unexpected {type(error).__name__} in {place.name} ({place.filename}:{place.lineno})"
            )
        return outcome

    def _noted(self, outcome: Outcome, trouble: str) -> Outcome:
        self.failed += 1
        return replace(outcome, notes=(*outcome.notes, f"the owner could not be told by mail: {trouble}"))

    def _sent(self, outcome: Outcome) -> bool:
        run = self._run
        kind = letter_for(outcome, run.settings.policy, run.now)
        if kind is None or (owner := tag.owner(outcome.user.tags)) is None:
            return False
        if self._in_vain >= _MOST_IN_VAIN:
            raise Undelivered(f"not tried, since {_MOST_IN_VAIN} letters before it were in vain")
        if run.deadline.remaining() < _RESERVE:
            raise Undelivered("not tried, since too little time is left")
        use = self._use(outcome) if kind in (Kind.REMINDER, Kind.STILL_IN_USE) else LastUse()
        if kind is Kind.REMINDER and not self._in_use(outcome, use):
            return False
        letter = write(kind, contents(outcome, use, run.settings.policy, run.now))
        self._hand_over(owner, letter.subject, letter.text, letter.html)
        return True

    def _hand_over(self, to: str, subject: str, text: str, html: str) -> None:
        refusal: AwsError | None = None
        for _ in self._run.deadline.attempts(_WAITS, _RESERVE):
            try:
                self._run.doors.mail.send(to, subject, text, html, self._run.now)
            except Throttled as error:
                refusal = error
            except AwsError as error:
                refusal = error
                break
            else:
                self._in_vain = 0
                return
        # A refusal is about this letter; silence and throttles are about all of them.
        self._in_vain = self._in_vain + 1 if isinstance(refusal, Throttled | Ambiguous) else 0
        raise refusal or Undelivered("not tried, since too little time is left")

    def _use(self, outcome: Outcome) -> LastUse:
        return self._run.doors.iam.last_use(outcome.key or "")

    def _in_use(self, outcome: Outcome, use: LastUse) -> bool:
        """Whether a key is in use as the plan understands it when grace is over."""
        if use.at is None or self._run.now - use.at >= self._run.settings.policy.idle:
            return False
        return use.service not in FETCHING or not self._successor_works(outcome)

    def _successor_works(self, outcome: Outcome) -> bool:
        iam = self._run.doors.iam
        others = (key for key in iam.keys(outcome.user.name) if key.active and key.id != outcome.key)
        return any(iam.last_use(key.id).by_other_than("sts") for key in others)
