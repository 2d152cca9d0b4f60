"""The command line: seed, status and help, and every wrong argument named."""

import sys
from datetime import timedelta
from pathlib import Path

import pytest

from consumer import keyturn_credentials
from consumer.keyturn_credentials import Credential
from tests.consumer import rotations
from tests.consumer.laptop import REGION, SECRET, Laptop

ARN = f"arn:aws:secretsmanager:{REGION}:111122223333:secret:{SECRET}-AbCdEf"


def test_without_a_key_it_says_how_to_give_it_one(unseeded: Laptop) -> None:
    said = unseeded.ask()
    assert (said.status, said.out) == (1, "")
    assert "no access key is held for secret keyturn/alice/access-key yet" in said.err
    assert "seed" in said.err
    assert "--bootstrap-profile" in said.err
    assert not unseeded.reads


def test_the_first_key_comes_from_the_standard_input(unseeded: Laptop, first: str) -> None:
    said = unseeded.say("seed", given=f"{first}\t{unseeded.world.keys[first].secret}\n")
    assert (said.status, said.out) == (0, "")
    assert f"access key {first[:4]}…{first[-4:]} is held in" in said.err
    assert unseeded.ask().key_id == first


@pytest.mark.parametrize("given", ["", "AKIAFAKE000000000001", "AKIAFAKE000000000001 fake-secret-of-x and-more", "a b"])
def test_what_is_no_key_is_not_taken_and_not_repeated(unseeded: Laptop, given: str) -> None:
    said = unseeded.say("seed", given=given)
    assert (said.status, said.out) == (1, "")
    assert "an access key ID and a secret access key, and nothing else" in said.err
    assert "and-more" not in said.err
    assert unseeded.ask().status == 1


def test_a_key_that_is_held_is_replaced_only_on_request(laptop: Laptop, first: str) -> None:
    other = laptop.world.key("alice")
    said = laptop.seed(other)
    assert said.status == 1
    assert f"holds access key {first[:4]}…{first[-4:]} already" in said.err
    assert laptop.ask().key_id == first
    assert laptop.seed(other, "--replace").status == 0
    assert laptop.ask().key_id == other


def test_the_first_key_comes_from_a_profile_once(
    unseeded: Laptop, first: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = tmp_path / "credentials"
    secret = unseeded.world.keys[first].secret
    shared.write_text(f"[alice-first]\naws_access_key_id = {first}\naws_secret_access_key = {secret}\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(shared))
    assert unseeded.ask("--bootstrap-profile", "alice-first").key_id == first
    shared.unlink()
    second = rotations.rotate(unseeded.world)
    unseeded.world.advance(timedelta(hours=1))
    assert unseeded.ask("--bootstrap-profile", "alice-first").key_id == second


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[bob]\naws_access_key_id = AKIAFAKE000000000001\n",
        "[alice-first]\nrole_arn = arn:aws:iam::1:role/r\n",
        "x = y",
    ],
)
def test_a_profile_without_a_key_is_named(
    unseeded: Laptop, tmp_path: Path, content: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = tmp_path / "credentials"
    shared.write_text(content)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(shared))
    said = unseeded.ask("--bootstrap-profile", "alice-first")
    assert (said.status, said.out) == (1, "")
    assert f"profile alice-first in {shared}: there is no access key ID and secret access key" in said.err


def test_a_secret_in_a_profile_is_taken_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shared = tmp_path / "credentials"
    secret = "fake%secret%(of)s/nobody+at=all"
    shared.write_text(f"[alice]\naws_access_key_id = AKIAFAKE000000000001\naws_secret_access_key = {secret}\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(shared))
    assert keyturn_credentials.bootstrap_credential("alice") == Credential("AKIAFAKE000000000001", secret)


def test_a_new_key_in_the_profile_helps_when_the_held_one_is_refused(
    unseeded: Laptop, first: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def put(key_id: str) -> None:
        secret = unseeded.world.keys[key_id].secret
        shared.write_text(f"[alice]\naws_access_key_id = {key_id}\naws_secret_access_key = {secret}\n")

    shared = tmp_path / "credentials"
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(shared))
    put(first)
    assert unseeded.ask("--bootstrap-profile", "alice").key_id == first
    unseeded.world.admin.iam.delete_access_key(UserName="alice", AccessKeyId=first)
    unseeded.world.advance(timedelta(hours=1))
    assert unseeded.ask("--bootstrap-profile", "alice").status == 1
    other = unseeded.world.key("alice")
    put(other)
    unseeded.world.advance(timedelta(minutes=1))
    assert unseeded.ask("--bootstrap-profile", "alice").key_id == other


def test_the_first_key_comes_from_variables_of_its_own(
    unseeded: Laptop, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAFAKEOFSOMEBODYELSE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "fake-secret-of-somebody-else")
    assert unseeded.ask().status == 1, "what is in AWS's own variables may be anybody's"
    monkeypatch.setenv("KEYTURN_ACCESS_KEY_ID", first)
    assert "KEYTURN_SECRET_ACCESS_KEY" in unseeded.ask().err
    monkeypatch.setenv("KEYTURN_SECRET_ACCESS_KEY", unseeded.world.keys[first].secret)
    assert unseeded.ask().key_id == first


def test_status_tells_what_is_held_without_asking_aws(laptop: Laptop, first: str) -> None:
    laptop.ask()
    reads = len(laptop.reads)
    said = laptop.say("status")
    assert said.status == 0
    assert f"access key  {first[:4]}…{first[-4:]}, held since 2030-01-01 06:00 UTC" in said.out
    assert "last read   never" in said.out
    assert "next read   2030-01-01 07:00 UTC" in said.out
    assert first not in said.out
    assert first in laptop.say("status", "--full").out
    assert len(laptop.reads) == reads


def test_status_fails_when_something_is_wrong(laptop: Laptop, first: str) -> None:
    rotations.rotate(laptop.world)
    rotations.set_status(laptop.world, first, "Inactive")
    laptop.ask()
    said = laptop.say("status")
    assert said.status == 1
    assert "refused by AWS" in said.out
    assert "trouble     AWS refuses access key" in said.out
    rotations.set_status(laptop.world, first, "Active")
    laptop.world.advance(timedelta(hours=1))
    laptop.ask()
    said = laptop.say("status")
    assert said.status == 0
    assert "last read   2030-01-01 07:00 UTC" in said.out
    assert "trouble" not in said.out


def test_status_of_nothing_fails(unseeded: Laptop) -> None:
    said = unseeded.say("status")
    assert (said.status, said.out) == (1, "")
    assert "no access key is held" in said.err
    assert not unseeded.cache_dir.exists(), "who only looks leaves nothing behind"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ([], "--secret"),
        (["--secret", SECRET], "argument --region: is needed"),
        (["--secret", "key turn", "--region", REGION], "argument --secret: must be the name or ARN of a secret"),
        (["--secret", "arn:aws:s3:::bucket", "--region", REGION], "argument --secret"),
        (["--secret", SECRET, "--region", "Ireland"], "argument --region: must be a region such as eu-west-1"),
        (["--secret", ARN, "--region", "us-east-1"], f"argument --region: is us-east-1, but the ARN says {REGION}"),
        (["--secret", ARN, "--refresh-minutes", "4"], "argument --refresh-minutes: must be a whole number from 5 to"),
        (["--secret", ARN, "--refresh-minutes", "1e2"], "not '1e2'"),
        (["--secret", ARN, "--refresh-minutes", "721"], "from 5 to 720, not '721'"),
        (["--secret", ARN, "--cache-dir", "here"], "argument --cache-dir: must be an absolute path, not 'here'"),
        (["rotate", "--secret", ARN], "'rotate'"),
        (["--secret", ARN, "--refresh", "60"], "--refresh"),
    ],
)
def test_a_wrong_argument_is_named(arguments: list[str], named: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        keyturn_credentials.main(arguments)
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert named in said.err
    assert not said.out


def test_help_shows_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        keyturn_credentials.main(["--help"])
    assert not ended.value.code
    assert "credential_process = " in capsys.readouterr().out


def test_users_that_differ_in_anything_have_caches_of_their_own(tmp_path: Path) -> None:
    ways = [
        ["--secret", SECRET, "--region", REGION],
        ["--secret", SECRET, "--region", "us-east-1"],
        ["--secret", SECRET, "--region", REGION, "--bootstrap-profile", "alice-first"],
        ["--secret", SECRET.replace("alice", "bob"), "--region", REGION],
        ["--secret", SECRET.replace("/", "-"), "--region", REGION],
        ["--secret", ARN],
        ["--secret", ARN.replace("111122223333", "444455556666")],
    ]
    files = {keyturn_credentials.cache_of(keyturn_credentials.arguments(way)).file for way in ways}
    assert len(files) == len(ways)
    same = ["status", "--secret", ARN, "--region", REGION, "--refresh-minutes", "5"]
    assert keyturn_credentials.cache_of(keyturn_credentials.arguments(same)).file in files
    long = ["--secret", f"keyturn/{'a' * 480}/access-key", "--region", REGION, "--cache-dir", str(tmp_path)]
    assert len(keyturn_credentials.cache_of(keyturn_credentials.arguments(long)).file.name) < 120


def test_the_cache_is_where_the_user_s_caches_are(monkeypatch: pytest.MonkeyPatch) -> None:
    def directory(*arguments: str) -> str:
        options = keyturn_credentials.arguments(["--secret", ARN, *arguments])
        return str(keyturn_credentials.cache_of(options).file.parent)

    monkeypatch.setenv("HOME", "/home/alice")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert directory() == "/home/alice/.cache/keyturn"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")  # which the XDG specification wants ignored
    assert directory() == "/home/alice/.cache/keyturn"
    monkeypatch.setenv("XDG_CACHE_HOME", "/var/cache/alice")
    assert directory() == "/var/cache/alice/keyturn"
    assert directory("--cache-dir", "~/keys") == "/home/alice/keys"


def test_where_file_modes_mean_nothing_it_says_so(laptop: Laptop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fcntl", None)  # as on Windows
    said = laptop.say("status")
    assert said.status == 1
    assert "Linux and macOS" in said.err


def test_without_a_home_it_says_what_to_do(
    unseeded: Laptop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("HOME")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr("os.getuid", lambda: 4_000_000_000)  # as a container's user that nobody knows
    assert keyturn_credentials.main(["status", "--secret", ARN]) == 1
    assert "set HOME, or give --cache-dir a full path" in capsys.readouterr().err
    assert unseeded.say("status").status == 1, "with a full path there is no need of a home"
