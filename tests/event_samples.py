"""The golden samples of events: made by real runs in a world, always the same.

python -m tests.event_samples     writes them anew, when an event's shape was changed on purpose
"""

import json
from pathlib import Path
from typing import Any, Final

from tests.fakes import faults
from tests.fakes.delivered import SCHEMA
from tests.fakes.faults import always, at
from tests.protocol.life import ROLLBACK, Life

PLACE: Final = Path(__file__).parents[1] / "schemas" / "samples"
DETAIL_TYPES: Final[list[str]] = SCHEMA["properties"]["detail-type"]["enum"]


def file_of(detail_type: str) -> Path:
    """Where the sample of an event is."""
    return PLACE / f"{detail_type.lower().replace(' ', '-')}.json"


def text_of(event: object) -> str:
    """An event as its file has it."""
    return json.dumps(event, indent=2) + "\n"


def samples() -> dict[str, dict[str, Any]]:
    """The first event of each type, of those that these lives bring."""
    lives = (_whole_life(), _old_key_stays_in_use(), _dies_after_the_store(), _secret_cannot_be_written())
    events = [event for life in lives for event in life.world.delivered]
    return {name: next(event for event in events if event["detail-type"] == name) for name in DETAIL_TYPES}


def _whole_life() -> Life:
    life = Life()
    life.alice(age_days=75)
    for day in (0, 14):
        life.to_day(day)
        life.run()
    life.to_day(20)
    life.run(ROLLBACK)
    for day in (35, 66):
        life.to_day(day)
        life.run()
    return life


def _old_key_stays_in_use() -> Life:
    life = Life()
    key = life.world.key(life.world.user("alice"), age_days=75)
    for day in (0, 14):
        life.to_day(day)
        life.world.use(key)
        life.run()
    return life


def _dies_after_the_store() -> Life:
    life = Life()
    life.alice(age_days=75)
    life.world.intercept.append(at(2, faults.killed_after, operation="put_secret_value"))
    life.run()
    life.world.intercept.pop()
    life.to_day(1)
    life.run()
    return life


def _secret_cannot_be_written() -> Life:
    life = Life()
    life.alice(age_days=75)
    life.world.intercept.append(always(faults.refused("AccessDeniedException"), operation="create_secret"))
    life.run()
    return life


def main() -> None:
    """Write each into its file."""
    for name, event in samples().items():
        file_of(name).write_text(text_of(event), encoding="utf-8")


if __name__ == "__main__":
    main()
