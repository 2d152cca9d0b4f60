"""What is shown is safe to show, and fits where it goes: a terminal, a pipe, a program."""

import csv
import io
import json
from typing import Any

import pytest

from keyturn_cli.output import Column, Format, Output
from keyturn_cli.text import masked, plain

COLUMNS = (Column("user", "User"), Column("key", "Key"))
KEY = "AKIAFAKEFAKE0000WXYZ"


def shown(capsys: pytest.CaptureFixture[str], format_: Format, *rows: dict[str, Any], full: bool = False) -> str:
    Output(format_, full).answer({"rows": list(rows)}, rows, COLUMNS)
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("alice", "alice"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("two\nlines\r", "two\\nlines\\r"),
        ("\x9b31m", "\\x9b31m"),
        ("right\u202eleft", "right\\u202eleft"),
        ("\u7528\u6237 …", "\u7528\u6237 …"),
    ],
)
def test_what_a_terminal_might_obey_is_spelt(text: str, safe: str) -> None:
    assert plain(text) == safe


@pytest.mark.parametrize("format_", list(Format))
def test_no_form_shows_a_control_character(capsys: pytest.CaptureFixture[str], format_: Format) -> None:
    out = shown(capsys, format_, {"user": "a\x1b]0;x\x07b", "key": "\x9b2J"})
    assert not {character for character in out if not character.isprintable() and character != "\n"}


@pytest.mark.parametrize(
    ("value", "short"),
    [
        (KEY, "AKIA…WXYZ"),
        (f"key {KEY} and ASIAFAKEFAKE00001234.", "key AKIA…WXYZ and ASIA…1234."),
        (f"before:{KEY}", "before:AKIA…WXYZ"),
        ([{"a": (KEY, 1, None)}], [{"a": ["AKIA…WXYZ", 1, None]}]),
        ("AKIA", "AKIA"),
        ("an AIDAFAKE0000000000001", "an AIDAFAKE0000000000001"),
    ],
)
def test_access_key_ids_are_cut_wherever_they_stand(value: Any, short: Any) -> None:  # noqa: ANN401 - whatever JSON holds
    assert masked(value) == short


def test_csv_is_what_a_program_reads_back(capsys: pytest.CaptureFixture[str]) -> None:
    out = shown(capsys, Format.CSV, {"user": 'a,"b"', "key": None, "more": [1, 2]}, {"user": "c", "blocked": True})
    assert list(csv.DictReader(io.StringIO(out))) == [
        {"user": 'a,"b"', "key": "", "more": "1; 2", "blocked": ""},
        {"user": "c", "key": "", "more": "", "blocked": "true"},
    ]


def test_json_is_ascii_and_whole(capsys: pytest.CaptureFixture[str]) -> None:
    out = shown(capsys, Format.JSON, {"user": "…", "key": KEY})
    assert out.isascii()
    assert json.loads(out) == {"rows": [{"user": "…", "key": "AKIA…WXYZ"}]}


def test_a_long_line_is_never_cut_or_wrapped_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    assert "x" * 3000 in shown(capsys, Format.TABLE, {"user": "x" * 3000})
