"""Tries, at a person's request, whether a letter reaches the owners of users; no key is looked at."""

from dataclasses import replace

from keyturn.domain import tags as tag
from keyturn.domain.access_key import User
from keyturn.domain.action import SendTestMail
from keyturn.domain.outcome import Outcome, Result
from keyturn.domain.reason import Reason
from keyturn.doors import Run
from keyturn.mailing import Mailing


def try_mail(user: User, mailing: Mailing, run: Run, *, dry_run: bool) -> Outcome:
    """Send a test letter about a user; whatever keeps it from being sent is a failure, since it was asked for."""
    try:
        owner = tag.owner(user.tags)
    except tag.InvalidTag as error:
        return _outcome(user, Result.FAILED, f"no test letter was sent: {error}")
    if run.settings.notify_from is None:
        return _outcome(user, Result.FAILED, "no test letter was sent: the setting notify_from is not set")
    if owner is None:
        return _outcome(user, Result.FAILED, f"no test letter was sent: the user has no tag {tag.OWNER}")
    if dry_run:
        return _outcome(user, Result.PLANNED, f"a test letter would be sent to {owner}")
    tried = mailing.send(_outcome(user, Result.DONE, f"SES has taken a test letter to {owner}"))
    if tried.notes:
        return replace(tried.failed(f"no test letter was sent: {tried.notes[-1]}"), notes=())
    return tried


def _outcome(user: User, result: Result, message: str) -> Outcome:
    return Outcome.of(user, SendTestMail(reason=Reason.TEST_MAIL_REQUESTED, message=message), result)
