"""The cache is the user's own, private and whole; one that is not is refused with a sentence that helps."""

import json
import os
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from tests.consumer import rotations
from tests.consumer.laptop import Laptop
from tests.fakes.identities import SECRET_MARK


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_only_its_owner_can_read_what_is_kept(unseeded: Laptop, first: str, umask: int) -> None:
    former = os.umask(umask)
    try:
        unseeded.seed(first)
        unseeded.ask()
    finally:
        os.umask(former)
    assert mode(unseeded.cache_dir) == 0o700
    kept = list(unseeded.cache_dir.iterdir())
    assert sorted(path.suffix for path in kept) == [".json", ".lock"]
    assert {mode(path) for path in kept} == {0o600}
    assert SECRET_MARK not in "".join(map(str, kept))


@pytest.mark.parametrize("open_to_others", [0o640, 0o604, 0o666, 0o601])
def test_a_cache_that_others_can_read_is_not_used(laptop: Laptop, open_to_others: int) -> None:
    laptop.file.chmod(open_to_others)
    said = laptop.ask()
    assert (said.status, said.out) == (1, "")
    assert f"{laptop.file} is open to other users (mode {open_to_others:04o}" in said.err
    assert f"run 'chmod 600 {laptop.file}'" in said.err
    laptop.file.chmod(0o600)
    assert laptop.ask().status == 0


def test_a_directory_that_others_can_enter_is_not_used(laptop: Laptop) -> None:
    laptop.cache_dir.chmod(0o755)
    said = laptop.ask()
    assert (said.status, said.out) == (1, "")
    assert f"run 'chmod 700 {laptop.cache_dir}'" in said.err
    assert laptop.say("status").status == 1
    assert laptop.seed("AKIAFAKE000000000001", "--replace").status == 1, "nor is a key put there"


@pytest.mark.parametrize("whose", ["file", "directory"])
def test_a_cache_of_another_user_is_not_used(laptop: Laptop, whose: str, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = laptop.file if whose == "file" else laptop.cache_dir
    if os.geteuid() == 0:
        os.chown(theirs, 12345, -1)
    else:  # only root can give a file away; seen from another user it is the same
        monkeypatch.setattr("os.geteuid", lambda: 12345)
        theirs = laptop.cache_dir
    said = laptop.ask()
    assert (said.status, said.out) == (1, "")
    assert f"{theirs} belongs to another user" in said.err


def test_a_symbolic_link_is_not_followed(laptop: Laptop) -> None:
    real = laptop.file.rename(laptop.cache_dir.parent / "elsewhere")
    link = laptop.cache_dir / next(laptop.cache_dir.glob("*.lock")).with_suffix(".json").name
    link.symlink_to(real)
    said = laptop.ask()
    assert (said.status, said.out) == (1, "")
    assert "it is a symbolic link" in said.err
    link.unlink()
    real.rename(link)
    moved = laptop.cache_dir.rename(laptop.cache_dir.parent / "moved")
    laptop.cache_dir.symlink_to(moved)
    assert "is not a directory" in laptop.ask().err


@pytest.mark.parametrize("name", [".lock", ".new"])
@pytest.mark.parametrize("exists", [True, False])
def test_a_link_in_the_place_of_a_passing_file_leads_nowhere(laptop: Laptop, name: str, exists: bool) -> None:  # noqa: FBT001 - pytest's way
    victim = laptop.cache_dir.parent / "victim"
    if exists:
        victim.write_text("untouched")
    place = laptop.file.with_suffix(name)
    place.unlink(missing_ok=True)
    place.symlink_to(victim)
    laptop.ask()
    assert victim.exists() == exists
    assert not exists or victim.read_text() == "untouched"


def test_a_new_key_is_safe_on_disk_before_it_takes_the_old_one_s_place(
    laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    rotations.rotate(laptop.world)
    old, old_is_there = laptop.file.read_text(), []
    monkeypatch.setattr("os.fsync", lambda _: old_is_there.append(laptop.file.read_text() == old))
    laptop.ask()
    assert old_is_there == [True, False], "the file first, then the directory that names it"


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", "\udcff", '{"Credential": {}}', f'{{"Credential": "{SECRET_MARK}"}}']
)
def test_a_damaged_cache_is_named_and_its_content_is_not(laptop: Laptop, first: str, content: str) -> None:
    laptop.file.write_text(content, errors="surrogateescape")
    said = laptop.ask()
    assert (said.status, said.out) == (1, "")
    assert f"{laptop.file} is damaged" in said.err
    assert laptop.seed(first).status == 1
    assert laptop.seed(first, "--replace").status == 0
    assert laptop.ask().key_id == first


def test_what_a_killed_process_left_half_written_is_no_harm(laptop: Laptop, first: str) -> None:
    laptop.file.with_suffix(".new").write_text("{")
    assert laptop.ask().key_id == first
    assert not laptop.file.with_suffix(".new").exists()


def test_a_disk_that_takes_nothing_does_not_keep_the_answer_back(laptop: Laptop, first: str) -> None:
    second = rotations.rotate(laptop.world)
    laptop.file.with_suffix(".new").mkdir()
    said = laptop.ask()
    assert said.key_id == second
    assert "cannot be written" in said.err
    laptop.file.with_suffix(".new").rmdir()
    assert laptop.ask().key_id == second
    assert laptop.reads == [first, first]


def test_the_key_that_it_follows_is_kept_with_the_one_before_it_and_no_other(laptop: Laptop, first: str) -> None:
    laptop.ask()
    for _ in range(2):
        second = rotations.rotate(laptop.world)
        laptop.world.advance(timedelta(hours=1))
        third = laptop.ask().key_id
        assert third == second
    kept = json.loads(laptop.file.read_text())
    assert kept["Credential"]["AccessKeyId"] == third
    assert first not in laptop.file.read_text()
