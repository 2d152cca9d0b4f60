"""The promises of a rotation, judged by what a witness saw: a broken one is a sentence."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sandbox.demo.people import Person
from sandbox.demo.witness import Sight

QUOTA = 2


def broken(person: Person, before: Sight, now: Sight) -> Iterator[str]:
    """Say which promises are broken for one user, given how it was on day 0."""
    yield from (f"{now.user}: the secret of {key_id} is lost" for key_id in lost(now))
    if locked_out(before, now):
        yield f"{now.user}: locked out, no credential of this user is accepted"
    if len(now.keys) > QUOTA:
        yield f"{now.user}: has {len(now.keys)} keys"
    if not person.in_scope and now.keys != before.keys:
        yield f"{now.user}: is out of scope, and was not left alone"


def lost(now: Sight) -> list[str]:
    """Name the keys that the rotator made and whose secret nobody holds."""
    return [key.key_id for key in now.keys if key.made_by_rotator and not key.stored]


def locked_out(before: Sight, now: Sight) -> bool:
    """Tell whether a user that could sign can no more: no active key, or a current credential that is refused."""
    had_one = any(key.active for key in before.keys)
    has_one = any(key.active for key in now.keys)
    return now.current_accepted is False or (had_one and not has_one)


def overdue(now: Sight, at: datetime, max_age: timedelta) -> list[str]:
    """Name the active keys that are older than the maximum age."""
    return [key.key_id for key in now.keys if key.active and at - key.created > max_age]


def overdue_without_excuse(person: Person, now: Sight, at: datetime, max_age: timedelta) -> Iterator[str]:
    """Say which keys got too old though nothing held them."""
    if person.in_scope and not person.may_be_overdue:
        yield from (f"{now.user}: {key_id} is Active and too old" for key_id in overdue(now, at, max_age))


def verdict(broken: Sequence[str]) -> tuple[int, str]:
    """Give the exit code of the demo and its last sentence."""
    if broken:
        return 1, f"{len(broken)} times a promise was broken, first: {broken[0]}"
    return 0, "Every promise was kept."
