"""Tags as both services take them: a list of keys and values of a narrow alphabet."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from tests.fakes.calls import ServiceError

ALPHABET = re.compile(r"[\w\s.:/=+\-@]*")
MAX_TAGS, MAX_KEY, MAX_VALUE = 50, 128, 256


def parse(pairs: Iterable[Mapping[str, str]], code: str) -> dict[str, str]:
    """The tags as a mapping; `code` is the service's own name for a tag that it does not take."""
    tags = {pair["Key"]: pair.get("Value", "") for pair in pairs}
    for key, value in tags.items():
        fits = 0 < len(key) <= MAX_KEY and len(value) <= MAX_VALUE
        if not fits or key.lower().startswith("aws:") or not (ALPHABET.fullmatch(key) and ALPHABET.fullmatch(value)):
            raise ServiceError(code, f"the tag {key!r}={value!r} is not allowed")
    return tags


def shown(tags: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
