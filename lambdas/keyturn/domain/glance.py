"""What the hints alone say of users that need no closer look."""

from collections.abc import Iterator

from keyturn.domain.access_key import User
from keyturn.domain.action import Hold
from keyturn.domain.lifecycle import day
from keyturn.domain.policy import Policy
from keyturn.domain.reason import Reason
from keyturn.domain.shortlist import Candidate, Hints


def glance(hints: Hints, candidates: tuple[Candidate, ...], policy: Policy) -> Iterator[tuple[User, Hold]]:
    """Describe every user in scope that was not shortlisted."""
    looked_at = {candidate.user.id for candidate in candidates}
    for user in hints.users:
        if user.id not in looked_at:
            yield user, _hold(user, hints, policy)


def _hold(user: User, hints: Hints, policy: Policy) -> Hold:
    created = [key.created for key in hints.keys.get(user.arn, ()) if key.active and key.created]
    if not created:
        return Hold(reason=Reason.NO_KEY, message="has no Active access key, or one too new for the credential report")
    due = min(created) + policy.for_user(user.tags).due_age
    return Hold(reason=Reason.NOT_DUE, message=f"the key is due at {day(due)}", next_review=due)
