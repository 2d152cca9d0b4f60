"""The notes that are taken at each change of a key or a secret, for the judgement afterwards."""

from datetime import timedelta

from tests.fakes.account import Account
from tests.fakes.calls import Caller
from tests.fakes.chronicle import KeyChange
from tests.fakes.identities import AccessKey, User
from tests.fakes.vault import CURRENT, PENDING, Secret, Version

IN_USE = timedelta(days=90)  # `unused_days`: what was used since then is in use
SUSPICION = timedelta(minutes=15)  # a Lambda's limit: an orphan is no younger than its intent by more


def creation(account: Account, caller: Caller, user: User, key: AccessKey | None) -> None:
    """Keep, at each try of a run to create a key, how many there were and whether its own intent stood open."""
    if not caller.run:
        return
    intent = _open_intent(account, user)
    own = intent is not None and intent.created_by.run == caller.run
    others = sum(other is not key for other in user.living)
    account.changes.append(KeyChange("create", account.now, caller.run, user, key, others, intent=own))


def change(account: Account, caller: Caller, what: str, key: AccessKey) -> None:
    """Keep what the key was, and what its owner is left with."""
    if not caller.run:
        return
    others = [other for other in key.user.living if other is not key]
    active = [other for other in others if other.status == "Active"]
    made = KeyChange(
        what,
        account.now,
        caller.run,
        key.user,
        key,
        len(others),
        status=key.status,
        given=key.given,
        suspect=_may_be_an_orphan(account, key),
        remains=bool(active),
        successor=any(CURRENT in version.labels for other in active for _, version in account.holding(other)),
        used=any(account.now - use.at <= IN_USE for other in active for use in other.uses),
    )
    account.changes.append(made)


def storage(account: Account, version: Version) -> None:
    """Keep that a key's secret was stored, and that it was promoted."""
    for key in _held(account, version):
        key.stored = True
        key.promoted = key.promoted or CURRENT in version.labels


def losses(account: Account, caller: Caller, secret: Secret) -> None:
    """Keep who made a stored secret unfindable, be it for the loss of its last label or of its whole secret."""
    for key in {key for version in secret.versions.values() for key in _held(account, version)}:
        key.lost_by = None if any(account.holding(key)) else key.lost_by or caller


def _held(account: Account, version: Version) -> list[AccessKey]:
    return [account.keys[key_id] for key_id in version.holds if key_id in account.keys]


def _may_be_an_orphan(account: Account, key: AccessKey) -> bool:
    """A key that nobody ever used, made close to an intent that still stands open."""
    intent = _open_intent(account, key.user)
    return intent is not None and not key.uses and abs(key.created_at - intent.created_at) <= SUSPICION


def _open_intent(account: Account, user: User) -> Version | None:
    """The user's AWSPENDING version, as long as no key's id is among its labels."""
    secret = account.secret_of(user)
    pending = secret.holder(PENDING) if secret else None
    return None if pending is None or any(label in account.keys for label in pending.labels) else pending
