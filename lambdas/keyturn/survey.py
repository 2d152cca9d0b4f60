"""The survey: shortlists cheaply whom a run has to look at, out of thousands of users."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, TypeVar

from keyturn.domain.access_key import User
from keyturn.domain.refusal import AwsError, NotFound, Refused, Throttled
from keyturn.domain.secret_labels import Secret
from keyturn.domain.shortlist import Candidate, Hints, KeyHint, abandoned, shortlist
from keyturn.doors import Run
from keyturn.request import InvalidRequest, Request
from keyturn.scope import out_of_scope

# IAM takes seconds to make a report, longer for thousands of users.
_REPORT_WAITS: Final = (1.0, 2.0, 3.0, 5.0, 10.0, 10.0, 15.0, 15.0)
_REPORT_RESERVE: Final = 120.0
# After each the SDK asks five times more, slowing down by itself.
_THROTTLE_WAITS: Final = (5.0, 10.0, 20.0, 30.0, 60.0)

_Item = TypeVar("_Item")
_Answer = TypeVar("_Answer")


@dataclass(frozen=True)
class Survey:
    """Whom to look at.

    Attributes:
        hints: what is known of all users in scope; of named users, none of their keys.
        candidates: in the order of work.
        abandoned: secrets whose user seems to be gone.
        notes: what the survey had to do without.
    """

    hints: Hints
    candidates: tuple[Candidate, ...]
    abandoned: tuple[Secret, ...] = ()
    notes: tuple[str, ...] = ()


def survey(request: Request, run: Run) -> Survey:
    """Find the users that the request is about.

    Raises:
        InvalidRequest: naming all users that do not exist or are out of scope.
        AwsError: when not even the users can be listed.
    """
    return _named(request.users, run) if request.users else _scan(request, run)


def _scan(request: Request, run: Run) -> Survey:
    with suppress(AwsError):  # what it was for is told when the report is read
        run.doors.report.request()  # first: IAM makes it while the rest is listed
    everyone = _patiently(run.doors.iam.users, run)
    secrets = tuple(_patiently(lambda: run.doors.secrets.below(run.settings.secret_prefix), run))
    users = tuple(user for user in everyone if out_of_scope(user, run.settings) is None)
    notes: tuple[str, ...] = ()
    try:
        report = run.doors.report.read(run.deadline.attempts(_REPORT_WAITS, _REPORT_RESERVE))
        hints = Hints(users, report.keys, report.generated, secrets)
    except AwsError as error:
        notes = (f"the credential report could not be had ({error}), so each user's keys were listed",)
        hints = Hints(users, _list_keys(users, run), run.now, secrets)
    return Survey(
        hints=hints,
        candidates=tuple(shortlist(hints, run.settings.policy, run.now, force=request.force)),
        abandoned=tuple(abandoned(secrets, everyone, run.settings.secret_prefix)),
        notes=notes,
    )


def _patiently(ask: Callable[[], _Answer], run: Run) -> _Answer:
    """Ask again, and again, when AWS throttles what the whole run depends on.

    Raises:
        AwsError: any other error at once; the throttle's, when too little of the run is left to wait on.
    """
    throttled: Throttled | None = None
    for _ in run.deadline.attempts(_THROTTLE_WAITS, _REPORT_RESERVE):
        try:
            return ask()
        except Throttled as error:
            throttled = error
    raise throttled or Refused("Survey", "NoTimeLeft")


def _list_keys(users: Iterable[User], run: Run) -> dict[str, tuple[KeyHint, ...]]:
    """List the keys of each user; one whose keys can't be read is left out, and so looked at closely.

    Half of the time is kept for the work: through a narrow throttle, thousands of users would take all of it.
    """
    reserve = run.deadline.remaining() / 2

    def hints(user: User) -> tuple[str, tuple[KeyHint, ...]] | None:
        if run.deadline.remaining() < reserve:
            return None
        with suppress(AwsError):
            return user.arn, tuple(KeyHint(key.active, key.created) for key in run.doors.iam.keys(user.name))
        return None

    return dict(filter(None, side_by_side(hints, users, run)))


def _named(names: Iterable[str], run: Run) -> Survey:
    """Look up named users one by one; nothing is done when one of them can't be meant."""

    def look_up(name: str) -> User | str:
        try:
            user = run.doors.iam.user(name)
        except NotFound:
            return f"{name!r} is not an IAM user of this account"
        trouble = out_of_scope(user, run.settings)
        return f"{name!r} {trouble}" if trouble else user

    found = side_by_side(look_up, dict.fromkeys(names), run)
    if faults := [each for each in found if isinstance(each, str)]:
        raise InvalidRequest(f"users: {'; '.join(faults)}")
    users = {user.id: user for user in found if isinstance(user, User)}
    return Survey(Hints(tuple(users.values()), {}, run.now), tuple(map(Candidate, users.values())))


def side_by_side(function: Callable[[_Item], _Answer], items: Iterable[_Item], run: Run) -> list[_Answer]:
    """Call the function for each item, as many at once as the settings allow; the answers come in the items' order."""
    with ThreadPoolExecutor(run.settings.concurrency) as pool:
        return list(pool.map(function, items))
