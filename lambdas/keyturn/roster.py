"""The roster's handler: says which accounts a tour through the organization goes to, in waves."""

import json
from typing import TYPE_CHECKING, Any, Final

from aws_lambda_powertools import Logger

from keyturn.aws.organization import Organization
from keyturn.domain.waves import OWN_ACCOUNT, strangers, waves
from keyturn.membership import home
from keyturn.request import InvalidRequest

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

logger = Logger()

# Step Functions hands on 256 KiB from state to state; an account takes 16 bytes of it.
_MOST_BYTES: Final = 240_000


class TooManyAccounts(Exception):
    """More accounts than one tour can hold; nothing was begun."""


@logger.inject_lambda_context
def handler(event: object, context: "LambdaContext") -> dict[str, Any]:
    """List the accounts of the waves that the state machine names in `event`.

    Raises:
        InvalidRequest: saying what is allowed; nothing was begun.
        AwsError: when the organization can't be read; nothing was begun.
        TooManyAccounts: naming how many there are.
    """
    own = home(context.invoked_function_arn)
    order, excluded = _asked(event, own)
    named = [name for names in (*order, excluded) for name in names]
    accounts, below = ([own], {}) if named == [own] else _organized(named)
    found = waves(order, excluded, accounts, below)
    if len(json.dumps(found)) > _MOST_BYTES:
        raise TooManyAccounts(f"{sum(map(len, found))} accounts in scope: allowed are about 14,000; exclude some")
    notes = [f"{name} is named in the settings and is no open account" for name in strangers(named, accounts, below)]
    logger.info("tour begins", extra={"accounts": sum(map(len, found)), "waves": len(found), "notes": notes})
    return {"waves": found, "notes": notes}


def _organized(named: list[str]) -> tuple[list[str], dict[str, set[str]]]:
    """List the organization's accounts, and which of them are below the units that are named."""
    organization = Organization.connect()
    accounts = organization.accounts()
    return accounts, {name: organization.below(name) for name in named if name.startswith(("ou-", "r-"))}


def _asked(event: object, own: str) -> tuple[list[list[str]], list[str]]:
    match event:
        case {"waves": [*order], "exclude": [*excluded]} if all(isinstance(names, list) for names in order):
            if all(isinstance(name, str) for names in (*order, excluded) for name in names):
                return [_numbered(names, own) for names in order], _numbered(excluded, own)
    raise InvalidRequest(
        f"event is {repr(event)[:200]}: allowed is what the tour's state machine sends, "
        '{"waves": [["*"]], "exclude": []} with ids of accounts, units and roots'
    )


def _numbered(names: list[str], own: str) -> list[str]:
    return [own if name == OWN_ACCOUNT else name for name in names]
