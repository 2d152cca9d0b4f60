"""The census: in which stage of their life the users' keys are when a run has ended."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from keyturn.domain.glance import glance
from keyturn.domain.outcome import Outcome, Result
from keyturn.domain.policy import Policy
from keyturn.domain.reason import Stage
from keyturn.domain.shortlist import Candidate, Hints

# A reason tells the stage before its action.
_AFTER: Final = {
    "CreateKey": Stage.GRACE,
    "ReactivateKey": Stage.GRACE,
    "DeactivateKey": Stage.RECOVERY,
    "RecordInactive": Stage.RECOVERY,
    "DeleteKey": Stage.CURRENT,
}


def census(
    hints: Hints, candidates: tuple[Candidate, ...], outcomes: Iterable[Outcome], policy: Policy
) -> Mapping[Stage, int]:
    """Count each user in scope once, under the stage of what was last decided about it.

    A candidate that the run did not get to counts as due: there may be something to do.
    """
    stages = {candidate.user.id: Stage.DUE for candidate in candidates}
    stages |= {user.id: hold.reason.stage for user, hold in glance(hints, candidates, policy)}
    stages |= {outcome.user.id: _stage(outcome) for outcome in outcomes if outcome.user.id in stages}
    return Counter(stages.values())


def _stage(outcome: Outcome) -> Stage:
    stage = outcome.reason.stage
    return _AFTER.get(outcome.action.name, stage) if outcome.result is Result.DONE else stage
