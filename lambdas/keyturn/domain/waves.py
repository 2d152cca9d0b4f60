"""Waves: the order in which an organization's accounts are taken, when a few of them shall go first."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

EVERY_OTHER: Final = "*"
# The deployment's own account, whose number the settings need not know.
OWN_ACCOUNT: Final = "own"

Names = Iterable[str]


def waves(order: Sequence[Names], excluded: Names, accounts: Names, below: Mapping[str, Names]) -> list[list[str]]:
    """Put each account into the first wave that names it, by its id, by a unit above it, or by `*` for all others.

    Args:
        order: what each wave names.
        excluded: what is left out of all of them, named in the same ways.
        accounts: the ids of all open accounts.
        below: the ids of the accounts below each unit that is named.
    """
    accounts = list(accounts)

    def meant(names: Names) -> set[str]:
        return {each for name in names for each in (accounts if name == EVERY_OTHER else below.get(name, [name]))}

    left = [each for each in accounts if each not in meant(excluded)]
    found = []
    for names in order:
        wave = meant(names)
        found.append([each for each in left if each in wave])
        left = [each for each in left if each not in wave]
    return [wave for wave in found if wave]


def strangers(names: Names, accounts: Names, below: Mapping[str, Names]) -> list[str]:
    """Give the names of accounts that there are not, or no more: closed ones, and slips of the pen."""
    known = {EVERY_OTHER, *accounts, *below}
    return [name for name in dict.fromkeys(names) if name not in known]
