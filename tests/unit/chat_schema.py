"""The schema of custom notifications (Amazon Q Developer in chat applications, administrator guide), as JSON Schema.

The guide requires `version` and `source` and knows the members below; what else may stand there is not documented, so
nothing else is let in.
"""

from typing import Any, Final

_TEXT: Final = {"type": "string", "minLength": 1}
_TEXTS: Final = {"type": "array", "items": _TEXT}
CUSTOM_NOTIFICATION: Final[dict[str, Any]] = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "required": ["version", "source", "content"],
    "additionalProperties": False,
    "properties": {
        "version": {"const": "1.0"},
        "source": {"const": "custom"},
        "id": _TEXT,
        "content": {
            "type": "object",
            "required": ["description"],
            "additionalProperties": False,
            "properties": {
                "textType": {"const": "client-markdown"},
                "title": {**_TEXT, "maxLength": 250},
                "description": {**_TEXT, "maxLength": 8000},
                "nextSteps": _TEXTS,
                "keywords": _TEXTS,
            },
        },
        "metadata": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "threadId": _TEXT,
                "summary": {**_TEXT, "maxLength": 250},
                "eventType": _TEXT,
                "relatedResources": _TEXTS,
                "additionalContext": {"type": "object", "additionalProperties": _TEXT},
            },
        },
    },
}
