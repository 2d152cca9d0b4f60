"""The response to signals: each is followed once, and one that fails does not stop the others."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import assert_never

from keyturn.announce import announce
from keyturn.desk import Desk
from keyturn.domain.outcome import Outcome, Result
from keyturn.domain.reason import Reason
from keyturn.domain.refusal import AwsError
from keyturn.doors import Run
from keyturn.exposure import take_out_of_use
from keyturn.mailing import Mailing
from keyturn.people import AtOnce, tell_people
from keyturn.report import RunReport
from keyturn.run import Tell
from keyturn.settings import Mode
from keyturn.signals import AlarmRang, KeyExposed, Quiet, Signal, Unknown
from keyturn.undoing import undo


@dataclass(frozen=True)
class Response:
    """What came of the signals.

    Attributes:
        failures: what could not be followed; AWS sends the signals again.
        mails: what became of the letters to owners, as metrics.
    """

    report: RunReport
    failures: tuple[str, ...]
    mails: Mapping[str, float]

    @property
    def metrics(self) -> dict[str, float]:
        """What was done; none of the rotator's own, which would pass for the word of a run."""
        outcomes = self.report.outcomes
        done = [outcome.action.name for outcome in outcomes if outcome.result is Result.DONE]
        exposed = {outcome.key for outcome in outcomes if outcome.reason is Reason.KEY_EXPOSED}
        return {"KeysReactivated": done.count("ReactivateKey"), "KeysExposed": len(exposed), **self.mails}


def respond(signals: Iterable[Signal], run: Run, tell: Tell) -> Response:
    """Follow each signal and tell people what was done."""
    outcomes: list[Outcome] = []
    notes: list[str] = []
    failures: list[str] = []
    act = run.settings.mode is Mode.ENFORCE
    at_once, mailing = AtOnce(run), Mailing(run)

    def told(outcome: Outcome) -> Outcome:
        outcome = at_once.tell(announce(outcome, run)) if act else outcome
        tell(outcome)
        outcomes.append(outcome)
        return outcome

    desk = Desk(run, act, told, notes.append)
    for signal in dict.fromkeys(signals):
        try:
            _follow(signal, desk)
        except AwsError as error:
            failures.append(f"{signal}: {error}")
    if act:
        outcomes[:] = mailing.deliver(outcomes)
    report = RunReport(
        run_id=run.id,
        mode=run.settings.mode.value,
        dry_run=False,
        started_at=run.now,
        scanned=0,
        candidates=len({outcome.user.id for outcome in outcomes}),
        remaining=sum(outcome.reason is Reason.THROTTLED for outcome in outcomes),
        outcomes=tuple(outcomes),
        notes=(*notes, *failures, *mailing.notes),
    )
    return Response(tell_people(report, run), tuple(failures), mailing.metrics if act else {})


def _follow(signal: Signal, desk: Desk) -> None:
    match signal:
        case AlarmRang():
            undo(signal, desk)
        case KeyExposed():
            take_out_of_use(signal, desk)
        case Quiet():
            return
        case Unknown():
            desk.note(f"not understood: {signal.what}")
        case _:
            assert_never(signal)
