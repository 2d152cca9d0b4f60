"""What an outsider sees: where each key and its secret are, and where a secret must not be."""

from dataclasses import dataclass

from tests.fakes.account import Account
from tests.fakes.chronicle import KeyChange
from tests.fakes.identities import SECRET_MARK, AccessKey
from tests.fakes.mail import content


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
    """Places outside a secret's value in which a secret access key stands, or what is derived from one."""
    places = {
        "an event": repr(account.events),
        "a message": repr(account.messages),
        "a letter": repr([(letter, content(letter)) for letter in account.letters]),
        "a user's tags": repr([user.tags for user in account.users.values()]),
        "a secret's name, description, tags or labels": repr(
            [(one.name, one.description, one.tags, one.stages) for one in account.secrets.values()]
        ),
    }
    derived = [word for key in account.keys.values() for word in key.telltales[1:]]
    return [place for place, text in places.items() if any(word in text for word in (SECRET_MARK, *derived))]
