"""How the accounts of an organization are visited for a report: which, by whose leave, and how many at once."""

import re
from dataclasses import dataclass
from typing import Final

from keyturn_cli.trouble import WrongUsage

# A role's name (IAM, quotas), perhaps with its path, in which AWS would take more than is here.
_NAME: Final = re.compile(r"(?:[\w+=,.@-]+/)*[\w+=,.@-]{1,64}", re.ASCII)


@dataclass(frozen=True)
class Visits:
    """Which accounts, and the role that each lends to whoever makes the report.

    Attributes:
        notes: what the roster had to remark.
    """

    accounts: tuple[str, ...]
    role: str
    external_id: str | None = None
    at_once: int = 10
    notes: tuple[str, ...] = ()


def role_of(name: str | None) -> str:
    """Check the name of the role that accounts lend.

    Raises:
        WrongUsage: when there is none, or it is an ARN, which has one account in it.
    """
    if name is None:
        raise WrongUsage("--org reads each account's keys by a role that it lends to you: name it with --role NAME")
    plain = name.strip("/")
    if not _NAME.fullmatch(plain):
        raise WrongUsage(f"{name!r} is no role's name: allowed is its name as it is in every account, such as auditor")
    return plain
