"""What bad input is tried on: an account where Alice's key is due, so that whatever slips through rotates a key."""

from tests.fakes.world import World

MEGABYTES = 6_000_000  # the most that Lambda delivers to a synchronous invocation
ARABIC_90, FULLWIDTH_90 = "\N{ARABIC-INDIC DIGIT NINE}\N{ARABIC-INDIC DIGIT ZERO}", "\N{FULLWIDTH DIGIT NINE}0"
CYRILLIC_O = "\N{CYRILLIC SMALL LETTER O}"


def account() -> World:
    """Alice's key is due; Bob's, in another path, is none of ours."""
    world = World()
    world.key(world.user("alice"), age_days=91)
    world.key(world.user("bob", path="/people/"), age_days=91)
    return world


def rotation(**fields: object) -> dict[str, object]:
    """An event in which all but the fields is right."""
    return {"action": "rotate", **fields}
