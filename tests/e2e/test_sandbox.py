"""The sandbox starts on a port of its own, keeps a log of calls, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sandbox.cdk import CdkError
from sandbox.clock import Clock
from sandbox.local_aws import Credential, LocalAws, local_aws, synthesis
from sandbox.places import CHECKOUT, SANDBOX_PYTHON
from tests.e2e.refusals import refused
from tests.e2e.waiting import eventually


def test_another_version_of_ministack_is_refused_before_anything_is_patched() -> None:
    other = "import importlib.metadata as m; m.version = lambda name: '1.5.34'; import sandbox.emulator.upstream"
    ended = subprocess.run(
        [SANDBOX_PYTHON, "-c", other], cwd=CHECKOUT, capture_output=True, text=True, check=False, env={}
    )
    assert ended.returncode != 0
    assert "mends ministack 1.5.33, and this is 1.5.34" in ended.stderr


def test_what_the_cdk_has_to_say_is_not_swallowed() -> None:
    with synthesis({"max_age_days": "soon"}) as assembly, pytest.raises(CdkError, match="max_age_days is 'soon'"):
        assembly.wait()


def test_every_call_is_in_the_log_with_its_caller_and_its_outcome(account: LocalAws) -> None:
    iam = account.client("iam")
    iam.create_user(UserName="logged", Path="/team/")
    with refused("NoSuchEntity"):
        iam.list_access_keys(UserName="not-there")
    made, looked = list(account.calls())[-2:]
    assert made["action"] == "iam:CreateUser"
    assert made["caller"] == "arn:aws:iam::000000000000:root"
    assert made["allowed"]
    assert abs(made["time"] - account.clock.now().timestamp()) < 5
    assert looked["resource"] == "arn:aws:iam::000000000000:user/not-there"


def test_an_observer_leaves_no_trace(account: LocalAws) -> None:
    iam, secrets = account.client("iam"), account.client("secretsmanager")
    iam.create_user(UserName="observed")
    key = iam.create_access_key(UserName="observed")["AccessKey"]
    credential = Credential(key["AccessKeyId"], key["SecretAccessKey"])
    secrets.create_secret(Name="observed/access-key", SecretString="value")
    assert account.observer("secretsmanager").get_secret_value(SecretId="observed/access-key")["SecretString"]
    assert account.observer("sts", credential).get_caller_identity()["Arn"].endswith("user/observed")
    assert "LastAccessedDate" not in secrets.describe_secret(SecretId="observed/access-key")
    assert "LastUsedDate" not in iam.get_access_key_last_used(AccessKeyId=credential.key_id)["AccessKeyLastUsed"]
    iam.update_access_key(UserName="observed", AccessKeyId=credential.key_id, Status="Inactive")
    with refused("InvalidClientTokenId"):
        account.observer("sts", credential).get_caller_identity()


def test_a_look_at_the_clock_that_finds_no_file_is_repeated(tmp_path: Path) -> None:
    clock = Clock(tmp_path / "clock", datetime.now(UTC) + timedelta(days=100))
    # What a thread sees while another writes the file's name.
    nameless = {**clock.variables(), "FAKETIME_TIMESTAMP_FILE": "", "HOME": str(clock.home)}
    look = [str(SANDBOX_PYTHON), "-c", "import time; print(time.time())"]
    said = subprocess.run(look, env=nameless, capture_output=True, text=True, check=True)
    assert abs(float(said.stdout) - clock.now().timestamp()) < 5


def test_two_accounts_have_clocks_of_their_own() -> None:
    then = datetime.now(UTC) - timedelta(days=200)
    with local_aws(start=then) as past, local_aws() as present:
        for aws, expected in ((past, then), (present, datetime.now(UTC))):
            created = aws.client("iam").create_user(UserName="alice")["User"]["CreateDate"]
            assert abs(created - expected) < timedelta(seconds=5)


def test_the_account_ends_with_its_block_even_when_that_fails() -> None:
    places = []

    def block() -> None:
        with local_aws() as aws:
            places.append(aws.place)
            assert _processes_in(aws.place)
            aws.client("iam").get_user(UserName="nobody")

    with refused("NoSuchEntity"):
        block()
    (place,) = places
    assert not place.exists()
    assert not _processes_in(place)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_process_outlives_the_one_that_started_it(how: signal.Signals, tmp_path: Path) -> None:
    script = (
        # A job in the background is started with SIGINT ignored, and hands that on; a person's terminal does not.
        "import signal, time\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from sandbox.local_aws import local_aws\n"
        "with local_aws() as aws:\n    print(aws.place, flush=True)\n    time.sleep(60)\n"
    )
    variables = {**os.environ, "PYTHONPATH": str(CHECKOUT), "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", script], env=variables, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as driver:
        assert driver.stdout
        place = Path(driver.stdout.readline().strip())
        assert _processes_in(place)
        driver.send_signal(how)
        driver.wait(15)
    eventually(lambda: not _processes_in(place) and not place.exists())


def _processes_in(place: Path) -> list[str]:
    """Name the processes that belong to a sandbox: its place is in their environment."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdecimal():
            try:
                if str(place).encode() in (process / "environ").read_bytes():
                    found.append(process.name)
            except OSError:
                continue  # it ended meanwhile, or is somebody else's
    return found
