"""Alice, her first key, and her laptop."""

from pathlib import Path

import pytest

from tests.consumer.laptop import Laptop
from tests.fakes.world import World


@pytest.fixture
def world() -> World:
    world = World()
    world.user("alice")
    return world


@pytest.fixture
def first(world: World) -> str:
    """The key that alice had before Keyturn came."""
    return world.key("alice", age_days=70)


@pytest.fixture
def unseeded(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Laptop:
    """A laptop that was given the file, and no key yet."""
    for name in ("KEYTURN_ACCESS_KEY_ID", "KEYTURN_SECRET_ACCESS_KEY", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return Laptop(world, tmp_path / "cache", monkeypatch)


@pytest.fixture
def laptop(unseeded: Laptop, first: str) -> Laptop:
    """A laptop that was given the first key."""
    assert unseeded.seed(first).status == 0
    return unseeded
