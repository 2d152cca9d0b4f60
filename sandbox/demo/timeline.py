"""A user's timeline: one sign a day, fewer when the screen is narrow, the telling ones kept."""

from typing import Any

from sandbox.demo.witness import Sight

SIGNS = {
    "CreateKey": "●",
    "DeactivateKey": "○",
    "DeleteKey": "✕",
    "ReactivateKey": "↺",
    "QuarantineKey": "?",
    "DiscardKey": "?",
}
HELD, FAILED = "!", "‼"
ONE, BOTH, RECOVERY, NONE = "─", "═", "╌", " "
LEGEND = (
    f"{ONE} one key Active   {SIGNS['CreateKey']} successor created   {BOTH} both Active   "
    f"{SIGNS['DeactivateKey']} deactivated   {RECOVERY} one Inactive   {SIGNS['DeleteKey']} deleted   "
    f"{HELD} held for a person"
)
# When several days share a place, the first of these that occurred is shown.
MOST_TELLING = f"{FAILED}?✕○●↺{HELD}"


def sign(turn: dict[str, Any] | None, sight: Sight) -> str:
    """Give the sign of a user's day, from what the run did and what was seen."""
    if turn:
        if turn["outcome"] == "Failed":
            return FAILED
        if turn["outcome"] == "Done" and turn["action"] in SIGNS:
            return SIGNS[turn["action"]]
        if is_held(turn):
            return HELD
    active = sum(key.active for key in sight.keys)
    if len(sight.keys) > active:
        return RECOVERY
    return (NONE, ONE)[active] if active < len((NONE, ONE)) else BOTH


def is_held(turn: dict[str, Any]) -> bool:
    """Tell whether a person has to act before anything goes on."""
    waits = turn["reason"] in {"GraceRunning", "PredecessorActive"}
    return turn["action"] == "Hold" and (turn["stage"] == "Blocked" or (turn["stage"] == "Grace" and not waits))


def fit(signs: str, width: int) -> str:
    """Shorten a timeline to a width, several days in one place."""
    days = -(-len(signs) // width) if signs else 1
    return "".join(_together(signs[start : start + days]) for start in range(0, len(signs), days))


def _together(signs: str) -> str:
    return next((telling for telling in MOST_TELLING if telling in signs), signs[-1])
