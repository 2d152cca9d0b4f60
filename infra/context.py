"""The context block `keyturn` as the CDK hands it over: an object from cdk.json, or text from the command line."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from keyturn.settings import InvalidSettings

CDK_JSON = Path(__file__).parents[1] / "cdk.json"


def read(block: object, cdk_json: Path = CDK_JSON) -> dict[str, Any]:
    """Return the block as a dictionary.

    Text comes from `-c keyturn='{…}'`, which the CDK puts in the place of the whole block. What the text does not name
    is taken from cdk.json all the same: a mode given on the command line must not widen a `user_path` set in the file.

    Raises:
        InvalidSettings: if it is no JSON object.
    """
    if isinstance(block, str):
        committed = json.loads(cdk_json.read_text())["context"].get("keyturn", {})
        return {**committed, **_parsed(block)}
    return _object({} if block is None else block)


def texts(block: Mapping[str, object]) -> tuple[dict[str, str], list[str]]:
    """Return the values as the text that an environment would hold, and a fault for each that has no such text."""
    readable = {key: json.dumps(value) for key, value in block.items() if isinstance(value, bool | int | float)}
    readable |= {key: value for key, value in block.items() if isinstance(value, str)}
    if isinstance(of_accounts := block.get("accounts"), dict):  # the one setting that is an object
        readable["accounts"] = json.dumps(of_accounts)
    faults = [
        f"{key} is {json.dumps(value)}: allowed is text, a number, true or false"
        for key, value in block.items()
        if key not in readable
    ]
    return readable, faults


def _parsed(text: str) -> dict[str, Any]:
    try:
        return _object(json.loads(text))
    except json.JSONDecodeError as error:
        raise InvalidSettings([f"keyturn is {text!r}: allowed is a JSON object ({error})"]) from error


def _object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidSettings([f"keyturn is {json.dumps(value)}: allowed is a JSON object"])
    return value
