"""The response to signals: each is followed once, and one that fails does not stop the others."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import assert_never

from keyturn.announce import announce, tell_people
from keyturn.desk import Desk
from keyturn.domain.outcome import Outcome, Result
from keyturn.domain.reason import Reason
from keyturn.domain.refusal import AwsError
from keyturn.doors import Run
from keyturn.exposure import take_out_of_use
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
    """

    report: RunReport
    failures: tuple[str, ...]

    @property
    def metrics(self) -> dict[str, float]:
        """What was done; none of the rotator's own, which would pass for the word of a run."""
        outcomes = self.report.outcomes
        done = [outcome.action.name for outcome in outcomes if outcome.result is Result.DONE]
        exposed = {outcome.key for outcome in outcomes if outcome.reason is Reason.KEY_EXPOSED}
        return {"KeysReactivated": done.count("ReactivateKey"), "KeysExposed": len(exposed)}


def respond(signals: Iterable[Signal], run: Run, tell: Tell) -> Response:
    """Follow each signal and tell people what was done."""
    outcomes: list[Outcome] = []
    notes: list[str] = []
    failures: list[str] = []
    act = run.settings.mode is Mode.ENFORCE

    def told(outcome: Outcome) -> Outcome:
        outcome = announce(outcome, run) if act else outcome
        tell(outcome)
        outcomes.append(outcome)
        return outcome

    desk = Desk(run, act, told, notes.append)
    for signal in dict.fromkeys(signals):
        try:
            _follow(signal, desk)
        except AwsError as error:
            failures.append(f"{signal}: {error}")
    report = RunReport(
        run_id=run.id,
        mode=run.settings.mode.value,
        dry_run=False,
        started_at=run.now,
        scanned=0,
        candidates=len({outcome.user.id for outcome in outcomes}),
        remaining=0,
        outcomes=tuple(outcomes),
        notes=(*notes, *failures),
    )
    return Response(tell_people(report, run), tuple(failures))


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
