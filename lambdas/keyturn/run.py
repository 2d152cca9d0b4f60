"""One run: survey, then a turn for each candidate, side by side, then the report."""

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Lock
from typing import Final

from keyturn import metrics
from keyturn.announce import announce
from keyturn.domain.action import Action
from keyturn.domain.glance import glance
from keyturn.domain.outcome import Outcome, Result
from keyturn.domain.reason import Reason
from keyturn.domain.shortlist import Candidate, Rank
from keyturn.domain.state import UserState
from keyturn.doors import Run
from keyturn.effort import Effort
from keyturn.mailing import Mailing
from keyturn.people import AtOnce, tell_people
from keyturn.plan import Ask, plan, plan_rollback
from keyturn.report import RunReport
from keyturn.request import Request, Verb
from keyturn.retirement import retire
from keyturn.rotation import SECONDS_NEEDED
from keyturn.settings import Mode, Settings
from keyturn.survey import Survey, survey
from keyturn.trial import try_mail
from keyturn.turn import Slots, Turn, Turns

_UNLIMITED: Final = 1_000_000
# Seconds; IAM's buckets are refilled every second (AWS Support), so this lets the others have them.
_REST: Final = 10.0

Tell = Callable[[Outcome], None]
Measure = Callable[[dict[str, float]], None]


def perform(request: Request, run: Run, tell: Tell, measure: Measure) -> RunReport:
    """Do what is asked, and answer with the run report.

    Args:
        request: what is asked.
        run: the world that it is done in.
        tell: is told each outcome when it is there.
        measure: is given the metrics, by name.

    Raises:
        InvalidRequest: when the request names users that can't be meant; nothing was touched.
        AwsError: when the users can't be listed.
    """
    effort, act = Effort.begins(run), acts(request, run.settings)
    found = survey(request, run)
    mailing, at_once = Mailing(run), AtOnce(run)
    if request.verb is Verb.NOTIFY_TEST:
        return _tried(request, found, mailing, run, tell, measure)
    outcomes: list[Outcome] = []

    def told(outcome: Outcome) -> Outcome:
        outcome = at_once.tell(announce(outcome, run)) if act else outcome
        tell(outcome)
        outcomes.append(outcome)
        return outcome

    slots = Slots(run.settings.max_rotations_per_run if request.verb is Verb.ROTATE else _UNLIMITED)
    turns = _all(found, Turns(run, _planner(request, run), slots, told, act=act))
    if request.verb is Verb.STATUS:
        outcomes.extend(_glances(found, run))
    remaining = len(found.candidates) - sum(not turn.postponed for turn in turns)
    if request.verb is Verb.ROTATE:
        for secret in found.abandoned:
            if outcome := retire(secret, run, act=act):
                remaining += told(outcome).reason is Reason.THROTTLED
    report = _report(request, found, outcomes, run, remaining)
    state = {} if request.users else metrics.of_everyone(report, found, turns, run.settings.policy)
    report = replace(report, state=state)
    if request.dry_run or request.verb is Verb.STATUS:
        return report
    # Only a run for all of the deployment's own account may say that nothing is wrong there.
    everyone = not request.users and not request.account
    measure(metrics.of_outcomes(outcomes) | metrics.of_failures(outcomes, everyone=everyone))
    if not request.users:
        measure(state if everyone else metrics.of_another_account(state))
    if act:
        report = replace(report, outcomes=mailing.deliver(outcomes), notes=(*report.notes, *mailing.notes))
        measure(mailing.metrics)
    told_people = report if request.brief else tell_people(report, run)
    measure(effort.so_far())
    return told_people


def _report(request: Request, found: Survey, outcomes: Iterable[Outcome], run: Run, remaining: int = 0) -> RunReport:
    return RunReport(
        run_id=run.id,
        mode=run.settings.mode.value,
        dry_run=request.dry_run,
        started_at=run.now,
        scanned=len(found.hints.users),
        candidates=len(found.candidates),
        remaining=remaining,
        outcomes=tuple(outcomes),
        notes=found.notes,
    )


def _tried(  # noqa: PLR0913, PLR0917 - what the caller has
    request: Request, found: Survey, mailing: Mailing, run: Run, tell: Tell, measure: Measure
) -> RunReport:
    """Try whether letters arrive, in any mode, since a person asks for it by name."""
    outcomes = [try_mail(user, mailing, run, dry_run=request.dry_run) for user in found.hints.users]
    for outcome in outcomes:
        tell(outcome)
    if not request.dry_run:
        measure(mailing.metrics)
    return _report(request, found, outcomes, run)


def acts(request: Request, settings: Settings) -> bool:
    """Whether the plan is applied; nothing else asks whether a run is a dry one."""
    return settings.mode is Mode.ENFORCE and not request.dry_run and request.verb is not Verb.STATUS


def _planner(request: Request, run: Run) -> Callable[[UserState], Action | Ask]:
    if request.verb is Verb.ROLLBACK:
        return lambda state: plan_rollback(state, run.settings.policy, run.now)
    return lambda state: plan(state, run.settings.policy, run.now, force=request.force)


def _all(found: Survey, turns: Turns) -> list[Turn]:
    """Take all turns; those that are only watched come after the rotations that had to wait for another run."""
    pressing = [candidate for candidate in found.candidates if candidate.rank is not Rank.WATCH]
    watched = [candidate for candidate in found.candidates if candidate.rank is Rank.WATCH]
    return [*_side_by_side(pressing, turns), *_side_by_side(watched, turns)]


def _side_by_side(candidates: Iterable[Candidate], turns: Turns) -> list[Turn]:
    """Work on the candidates in order, several at once, as long as there is time for a whole rotation.

    Whose turn AWS throttles for good rests for a while: fewer at once is what helps then.
    """
    waiting, lock = deque(candidates), Lock()
    taken: list[Turn] = []

    def next_candidate() -> Candidate | None:
        with lock:
            if not waiting or turns.run.deadline.remaining() < SECONDS_NEEDED:
                return None
            return waiting.popleft()

    def work() -> None:
        while (candidate := next_candidate()) is not None:
            if (turn := turns.take(candidate)) is None:
                with lock:  # a rotation that is under way may yet turn out to need no slot
                    waiting.appendleft(candidate)
                return
            taken.append(turn)
            if turn.throttled:
                turns.run.deadline.sleep(_REST)

    with ThreadPoolExecutor(turns.run.settings.concurrency) as pool:
        for worker in [pool.submit(work) for _ in range(turns.run.settings.concurrency)]:
            worker.result()
    return taken


def _glances(found: Survey, run: Run) -> list[Outcome]:
    return [
        Outcome.of(user, hold, Result.HELD) for user, hold in glance(found.hints, found.candidates, run.settings.policy)
    ]
