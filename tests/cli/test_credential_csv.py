"""A file that is no credential report is refused in one line that names the place."""

import base64
from pathlib import Path

import pytest

from keyturn_cli.forecasting.credential_csv import read_report
from keyturn_cli.trouble import Trouble
from tests.cli.credential_report import ACCOUNT, HEADING, ROOT, START, Key, ago, row, written
from tests.cli.running import keyturn

ALICE = row("alice", Key(80, used=1))


def trouble(path: Path) -> str:
    with pytest.raises(Trouble) as caught:
        read_report(path)
    assert "\n" not in caught.value.message
    return caught.value.message


def a_file(place: Path, content: bytes) -> Path:
    path = place / "report.csv"
    path.write_bytes(content)
    return path


def test_a_report_is_read_without_the_account_s_own_row(tmp_path: Path) -> None:
    (alice,) = read_report(written(tmp_path, ALICE))
    assert (alice.name, alice.path, alice.more) == ("alice", "/", False)
    assert [(key.active, key.created, key.last_use.service) for key in alice.keys] == [
        (True, START.replace(month=3, day=13), "s3")
    ]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(f"{HEADING}\r\n{ROOT}\r\n{ALICE}\r\n".encode(), id="line ends of Windows"),
        pytest.param(f"{HEADING}\n{ROOT}\n{ALICE}\n\n".encode(), id="empty lines at the end"),
        pytest.param(f"{HEADING}\n{ROOT}\n{ALICE}".encode("utf-8-sig"), id="a byte order mark"),
        pytest.param("\n".join([HEADING + ",new_column", ROOT + ",x", ALICE + ",y"]).encode(), id="a newer column"),
    ],
)
def test_what_editors_and_years_make_of_a_report_is_read_too(tmp_path: Path, content: bytes) -> None:
    assert [user.name for user in read_report(a_file(tmp_path, content))] == ["alice"]


def test_a_path_with_commas_and_quotes_is_one_column(tmp_path: Path) -> None:
    (alice,) = read_report(
        written(
            tmp_path,
            row("o,x", Key(1), path='/a,"b"/')
            .replace("o,x,", '"o,x",', 1)
            .replace(f'{ACCOUNT}:user/a,"b"/o,x', f'"{ACCOUNT}:user/a,""b""/o,x"'),
        )
    )
    assert (alice.name, alice.path) == ("o,x", '/a,"b"/')


def test_more_than_two_keys_are_noticed(tmp_path: Path) -> None:
    (alice,) = read_report(written(tmp_path, row("alice", Key(1), Key(2), more="1 more")))
    assert alice.more


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (ALICE.replace(ago(80), "last spring"), "line 4: access_key_1_last_rotated is 'last spring'"),
        (ALICE.replace(ago(80), "2030-03-13T06:00:00"), "line 4: access_key_1_last_rotated is '2030-03-13T06:00:00'"),
        (ALICE.replace(ago(1), "2030-02-31"), "line 4: access_key_1_last_used_date is '2030-02-31'"),
        (ALICE.replace(ago(800), "N/A"), "line 4: user_creation_time is 'N/A'"),
        (ALICE.replace(",true,", ",yes,"), "line 4: access_key_1_active is 'yes': allowed is true or false"),
        (ALICE.replace(f"{ACCOUNT}:user/alice", "alice"), "line 4: arn is 'alice'"),
        (ALICE.replace("alice,", "\x1b[31mbob,", 1), "line 4: user is "),
        (ALICE.rsplit(",", 3)[0], "line 4: column cert_2_active is missing: 20 of 23 are there"),
        (ALICE + ",,", "line 4: 25 columns, where the heading has 23"),
        ('"alice', "line 4: unexpected end of data"),
    ],
)
def test_a_wrong_cell_is_named_with_its_line_and_column(tmp_path: Path, wrong: str, said: str) -> None:
    assert said in trouble(written(tmp_path, row("zoe", Key(1)), wrong))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\n", "is not the heading of a credential report"),
        (HEADING.replace("arn,", "").encode(), "line 1: column arn is missing"),
        (HEADING.replace("access_key_2_", "key_2_").encode(), "line 1: column access_key_2_active is missing (and"),
        (b"name,value\na,b\n", "is not the heading of a credential report"),
        (base64.b64encode(f"{HEADING}\n{ROOT}".encode()), "still encoded in base64"),
        (b'{\n  "Content": "dXNlcg=="\n}', "is JSON"),
        (HEADING.encode() + b"\n" + ROOT.encode() + b"\n\xff\xfe", "line 3: byte 0xff is not UTF-8"),
        (f"{HEADING}\n{ROOT}\n{ALICE}\n{ALICE}".encode(), "twice"),
    ],
)
def test_a_file_that_is_something_else_is_told_as_what_it_is(tmp_path: Path, content: bytes, said: str) -> None:
    assert said in trouble(a_file(tmp_path, content))


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ended = keyturn(capsys, "forecast", tmp_path / "none.csv")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == f"keyturn: {tmp_path}/none.csv cannot be read: No such file or directory\n"


def test_an_escape_sequence_in_a_file_does_not_reach_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = keyturn(capsys, "forecast", written(tmp_path, ALICE.replace("alice,", "\x1b[31mbob,", 1)))
    assert ended.code == 1
    assert "\x1b" not in ended.err
