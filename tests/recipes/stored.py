"""What a rotation stores, for recipes that name parts of it."""

import json
from typing import Any

from tests.fakes.world import World
from tests.unit.running import performed


def stored(**tags: str) -> dict[str, Any]:
    """The value of AWSCURRENT after the first rotation of Alice, who has these tags."""
    world = World()
    named = {f"keyturn:{name.replace('_', '-')}": value for name, value in tags.items()}
    world.key(world.user("alice", tags=named), age_days=80)
    performed(world)
    current = world.secrets["keyturn/alice/access-key"].holder("AWSCURRENT")
    assert current is not None
    value: dict[str, Any] = json.loads(current.value)
    return value
