"""Access key IDs are shortened, and nothing else is."""

import pytest

from keyturn.domain.masking import masked
from tests.builders import FIRST, SECOND


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (FIRST, "AKIA…XXXX"),
        (f"key {FIRST}, then {SECOND}.", "key AKIA…XXXX, then AKIA…XXXX."),
        (f"before:{FIRST}'--access-key-id {SECOND}'", "before:AKIA…XXXX'--access-key-id AKIA…XXXX'"),
        ("x_AKIAFAKE000000000001", "x_AKIA…0001"),
        ("ASIAFAKE000000000001", "ASIA…0001"),
        ("AKIA" + "A" * 124, "AKIA…AAAA"),
        ("AIDAFAKE0000000000001", "AIDAFAKE0000000000001"),
        ("AKIA is short, and akiafake000000000001 is none", "AKIA is short, and akiafake000000000001 is none"),
        ("arn:aws:iam::111122223333:user/alice", "arn:aws:iam::111122223333:user/alice"),
        ("", ""),
    ],
)
def test_key_ids_are_shortened_wherever_they_stand(text: str, shown: str) -> None:
    assert masked(text) == shown
