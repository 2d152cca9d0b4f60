"""The program as it is started: its exit codes, its streams, and how it ends when somebody ends it."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from keyturn import __version__
from keyturn_cli.main import COMMANDS
from tests.cli.credential_report import START, Key, row, written

CHECKOUT = Path(__file__).parents[2]
PYTHONPATH = os.pathsep.join(str(CHECKOUT / each) for each in ("lambdas", "cli"))
BARE = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "PYTHONPATH": PYTHONPATH,
    "AWS_EC2_METADATA_DISABLED": "true",
}
PROGRAM = [sys.executable, "-m", "keyturn_cli.main"]
FROM = ("--start", START.isoformat())


def started(*arguments: object, **variables: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*PROGRAM, *map(str, arguments)],
        env={**BARE, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def on_a_terminal(*arguments: object, **variables: str) -> str:
    """Run a command whose standard output and error are a terminal; give what that was sent."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*PROGRAM, *map(str, arguments)],
        env={**BARE, "TERM": "xterm-256color", **variables},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    sent = b""
    try:
        while chunk := os.read(ours, 65536):
            sent += chunk
    except OSError:  # how a terminal's end is told
        pass
    os.close(ours)
    process.wait()
    return sent.decode()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = [row(f"user{number}", Key(100, used=0.2)) for number in range(50)]
    return written(tmp_path_factory.mktemp("report"), *rows, row("both", Key(200, used=0.2), Key(100, used=0.4)))


def test_it_says_its_version() -> None:
    assert started("--version").stdout == f"keyturn, version {__version__}\n"


def test_alone_it_lists_its_commands() -> None:
    ended = started()
    assert ended.returncode == 0
    assert all(f"  {command} " in ended.stdout for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_examples(command: str) -> None:
    ended = started(command, "--help")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "Examples:" in ended.stdout
    assert f"    keyturn {command}" in ended.stdout or f"(keyturn {command}" in ended.stdout


@pytest.mark.parametrize("arguments", [("--help",), ("status", "--help"), ("doctor", "--help"), ("verify", "--help")])
def test_help_does_not_wait_for_the_sdk(arguments: tuple[str, ...]) -> None:
    ended = subprocess.run(
        [sys.executable, "-X", "importtime", *PROGRAM[1:], *arguments],
        env=BARE,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "click" in ended.stderr
    assert "botocore" not in ended.stderr


def test_a_forecast_does_not_wait_for_the_sdk_either(report: Path) -> None:
    command = [sys.executable, "-X", "importtime", *PROGRAM[1:], "forecast", str(report), *FROM]
    ended = subprocess.run(command, env=BARE, capture_output=True, text=True, check=True)
    assert "keyturn.plan" in ended.stderr
    assert "botocore" not in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("forecast", "{report}", *FROM), 0),
        (("forecast", "{report}", *FROM, "--exit-code"), 3),
        (("forecast", "/nonexistent.csv"), 1),
        (("forecast",), 2),
        (("forecast", "{report}", "--nonsense"), 2),
        (("forecast", "{report}", "--max-age-days", "1"), 2),
        (("nonsense",), 2),
        (("plan", "--output", "yaml"), 2),
        (("rotate",), 2),
        (("verify",), 2),
    ],
)
def test_exit_codes_tell_done_failed_usage_and_findings(report: Path, arguments: tuple[str, ...], code: int) -> None:
    ended = started(*(each.format(report=report) for each in arguments))
    assert ended.returncode == code
    if code in {1, 2}:
        assert ended.stdout == ""
        assert ended.stderr.startswith("keyturn: ")
        assert ended.stderr.count("\n") == 1, "one line, no traceback"


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({}, "no region is set"),
        ({"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1"}, "no credentials were found"),
        ({"AWS_PROFILE": "nobody"}, "there is no profile 'nobody'"),
    ],
)
def test_what_is_missing_to_reach_aws_is_one_sentence_with_what_to_do(variables: Mapping[str, str], said: str) -> None:
    ended = started("plan", **variables)
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (1, "", 1)
    assert said in ended.stderr


def test_a_sign_in_that_has_expired_names_the_command_that_renews_it(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text(
        "[profile work]\nregion = eu-west-1\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Admin\n"
        "[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://corp.example/start\n",
        encoding="utf-8",
    )
    ended = started("plan", "--profile", "work", AWS_CONFIG_FILE=str(config), HOME=str(tmp_path))
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == ("keyturn: the sign-in of profile 'work' has expired: run 'aws sso login --profile work'\n")


def test_an_endpoint_that_is_not_there_is_one_sentence() -> None:
    keys = {"AWS_ACCESS_KEY_ID": "AKIAFAKE", "AWS_SECRET_ACCESS_KEY": "fake", "AWS_REGION": "eu-west-1"}
    ended = started("plan", AWS_ENDPOINT_URL="http://127.0.0.1:9", AWS_DEFAULT_REGION="eu-west-1", **keys)
    assert (ended.returncode, ended.stderr.count("\n")) == (1, ended.stderr.count("keyturn: "))
    assert "AWS could not be reached" in ended.stderr


def test_colours_are_for_terminals(report: Path) -> None:
    assert "\x1b[" in on_a_terminal("forecast", report, *FROM)
    assert "\x1b" not in started("forecast", report, *FROM).stdout


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_that_wants_no_colours_gets_no_escape_sequence(report: Path, variables: Mapping[str, str]) -> None:
    assert "\x1b" not in on_a_terminal("forecast", report, *FROM, **variables)


def test_no_pager_is_started(report: Path, tmp_path: Path) -> None:
    mark = tmp_path / "paged"
    on_a_terminal("forecast", report, *FROM, PAGER=f"touch {mark}", MANPAGER=f"touch {mark}")
    assert not mark.exists()


def test_a_terminal_without_the_characters_is_shown_their_spelling(report: Path) -> None:
    ended = started("forecast", report, *FROM, PYTHONIOENCODING="ascii:strict", PYTHONUTF8="0", LC_ALL="C")
    assert ended.returncode == 0
    assert "Traceback" not in ended.stderr


def test_a_reader_that_goes_away_ends_it_quietly(report: Path) -> None:
    command = " ".join([*PROGRAM, "forecast", str(report), *FROM, "-o", "csv", "--days", "30"])
    ended = subprocess.run(
        ["bash", "-o", "pipefail", "-c", f"{command} | true"], env=BARE, capture_output=True, text=True, check=False
    )
    assert ended.returncode in {0, 1}
    assert ended.stderr == ""


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_ends_it_with_one_line(tmp_path: Path) -> None:
    rows = [row(f"user{number}", Key(100, used=0.2)) for number in range(3000)]
    with subprocess.Popen(
        [*PROGRAM, "forecast", str(written(tmp_path, *rows)), *FROM, "--days", "1800"],
        env=BARE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr
        assert "1800 days of 3000 users" in process.stderr.readline(), "what takes longer than a second says so"
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert (out, err) == ("", "\nkeyturn: interrupted\n"), "on a line of its own, after the terminal's ^C"


def test_progress_is_shown_on_a_terminal(report: Path) -> None:
    assert "180 days of 51 users" in on_a_terminal("forecast", report, *FROM)


def test_json_is_all_that_standard_output_gets(report: Path) -> None:
    ended = started("forecast", report, *FROM, "-o", "json")
    assert json.loads(ended.stdout)["kind"] == "keyturn forecast"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_are_told_how_to_complete(shell: str) -> None:
    script = started("completion", shell).stdout
    assert "_KEYTURN_COMPLETE" in script
    asked = {"COMP_WORDS": "keyturn ro", "COMP_CWORD": "ro" if shell == "fish" else "1"}
    told = started(_KEYTURN_COMPLETE=f"{shell}_complete", **asked).stdout
    assert "rotate" in told
    assert "rollback" in told
    assert "status" not in told


def test_the_bash_script_is_bash() -> None:
    script = started("completion", "bash").stdout
    assert subprocess.run(["bash", "-n"], input=script, text=True, check=False).returncode == 0
