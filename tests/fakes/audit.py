"""What an outsider saw: every change that a run made to a key, and where each key and its secret are now."""

from dataclasses import dataclass
from datetime import timedelta

from tests.fakes.account import Account, KeyChange
from tests.fakes.calls import Caller
from tests.fakes.identities import SECRET_MARK, AccessKey, User
from tests.fakes.vault import CURRENT, PENDING, Secret, Version

IN_USE = timedelta(days=90)  # `unused_days`: what was used since then is in use
SUSPICION = timedelta(minutes=15)  # a Lambda's limit: an orphan is no younger than its intent by more


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """One key that ever was; a `run` of 0 is a person."""

    key_id: str
    user: str
    created_by_run: int
    status: str
    deleted: bool
    held: bool
    promoted: bool


@dataclass(frozen=True, slots=True)
class Audit:
    """The account's keys, the Active ones by user, and the changes in their order."""

    keys: tuple[KeyFacts, ...]
    active: dict[str, tuple[str, ...]]
    changes: tuple[KeyChange, ...]
    leaks: tuple[str, ...]


def audited(account: Account) -> Audit:
    keys = tuple(_facts(account, key) for key in account.keys.values())
    active = {
        user.name: tuple(key.id for key in user.living if key.status == "Active") for user in account.users.values()
    }
    return Audit(keys, active, tuple(account.changes), tuple(leaks(account)))


def _facts(account: Account, key: AccessKey) -> KeyFacts:
    return KeyFacts(
        key_id=key.id,
        user=key.user.name,
        created_by_run=key.created_by.run,
        status=key.status,
        deleted=key.deleted_at is not None,
        held=any(account.holding(key)),
        promoted=key.promoted,
    )


def leaks(account: Account) -> list[str]:
    """Places outside a secret's value in which a secret access key stands."""
    places = {
        "an event": repr(account.events),
        "a message": repr(account.messages),
        "a user's tags": repr([user.tags for user in account.users.values()]),
        "a secret's name, description, tags or labels": repr(
            [(one.name, one.description, one.tags, one.stages) for one in account.secrets.values()]
        ),
    }
    return [place for place, text in places.items() if SECRET_MARK in text]


def note_create(account: Account, caller: Caller, user: User, key: AccessKey | None) -> None:
    """Keep, at each try of a run to create a key, how many there were and whether its own intent stood open."""
    if not caller.run:
        return
    intent = _open_intent(account, user)
    own = intent is not None and intent.created_by.run == caller.run
    others = sum(other is not key for other in user.living)
    account.changes.append(KeyChange("create", account.now, caller.run, user, key, others, intent=own))


def note_change(account: Account, caller: Caller, what: str, key: AccessKey) -> None:
    """Keep what the key was, and what its owner is left with."""
    if not caller.run:
        return
    others = [other for other in key.user.living if other is not key]
    active = [other for other in others if other.status == "Active"]
    change = KeyChange(
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
    account.changes.append(change)


def note_stored(account: Account, version: Version) -> None:
    """Keep that a key's secret was stored, and that it was promoted."""
    for key in _held(account, version):
        key.stored = True
        key.promoted = key.promoted or CURRENT in version.labels


def note_losses(account: Account, caller: Caller, secret: Secret) -> None:
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
