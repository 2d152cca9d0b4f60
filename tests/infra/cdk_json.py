"""What the committed cdk.json says."""

import json
from typing import Any

from infra import context


def settings() -> dict[str, Any]:
    """Return the context block `keyturn`."""
    return dict(_context()["keyturn"])


def feature_flags() -> dict[str, Any]:
    """Return all of the context but the settings."""
    return {key: value for key, value in _context().items() if key != "keyturn"}


def _context() -> dict[str, Any]:
    return dict(json.loads(context.CDK_JSON.read_text())["context"])
