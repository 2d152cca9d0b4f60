"""Events as EventBridge delivers them; what the rotator sends has to be what its published schema promises."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import fastjsonschema

if TYPE_CHECKING:
    from tests.fakes.account import Account

SCHEMA: Final = json.loads((Path(__file__).parents[2] / "schemas/event.schema.json").read_text(encoding="utf-8"))
_validate: Final = fastjsonschema.compile(SCHEMA)


class BrokenPromise(BaseException):
    """An event that its schema does not allow: no `except Exception` of the product takes it for one user's failure."""


def envelope(account: "Account", entry: Mapping[str, Any], detail: object) -> dict[str, Any]:
    """What a rule's target is given."""
    return {
        "version": "0",
        "id": f"00000000-0000-4000-8000-{len(account.events) + 1:012d}",
        "detail-type": entry["DetailType"],
        "source": entry["Source"],
        "account": account.id,
        "time": account.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": account.region,
        "resources": entry.get("Resources", []),
        "detail": detail,
    }


def hold_to_schema(event: Mapping[str, Any]) -> None:
    """Refuse an event that the schema does not allow.

    Raises:
        BrokenPromise: saying which property is at fault.
    """
    try:
        _validate(dict(event))
    except fastjsonschema.JsonSchemaException as error:
        raise BrokenPromise(f"{event['detail-type']}: {error}: {event['detail']}") from None
