"""People get one message a run, and only when there is something to say."""

import pytest

from keyturn.digest import digest
from keyturn.domain.reason import Reason
from tests.unit.outcomes import a_report, held, outcome


@pytest.mark.parametrize(
    "quiet", [[], [held(Reason.NOT_DUE)], [held(Reason.GRACE_RUNNING), held(Reason.EXEMPT, user="bob")]]
)
def test_a_run_with_nothing_to_say_sends_nothing(quiet: list[object]) -> None:
    assert digest(a_report(*quiet)) is None  # type: ignore[arg-type]  # outcomes


def test_a_message_tells_each_kind_of_outcome_the_gravest_first() -> None:
    told = digest(
        a_report(
            held(Reason.NOT_DUE, user="quiet"),
            held(Reason.KEY_IN_USE, user="blocked"),
            outcome("DeleteKey", "Planned", user="planned"),
            outcome("CreateKey", "Done", user="done"),
            outcome("CreateKey", "Failed", user="failed", message="AWS said no"),
            held(Reason.UNREADABLE, user="unread"),
            remaining=4,
        )
    )
    assert told is not None
    subject, text = told
    assert subject == "Keyturn FAILED: 2 failed, 1 done, 1 would be done, 1 waits for somebody"
    assert text.splitlines()[0] == "Run run-1, mode enforce: 7 users in scope, 4 left for later."
    titles = [line for line in text.splitlines() if line.endswith(":")]
    assert titles == ["Failed:", "Done:", "Would be done:", "Waits for somebody:"]
    assert "- failed (111122223333), CreateKey: AWS said no" in text
    assert "quiet" not in text
    assert [text.count(f"- {name} (") for name in ("failed", "unread", "done", "planned", "blocked")] == [1] * 5


def test_a_message_stays_short_and_says_how_much_more_there_is() -> None:
    told = digest(a_report(*(outcome("CreateKey", "Done", user=f"u{n}", message="m" * 1500) for n in range(5_000))))
    assert told is not None
    assert "- and 4950 more, in the run's log" in told[1]
    assert len(told[1].encode()) < 256_000


@pytest.mark.parametrize(("number", "more"), [(50, ""), (51, "- and 1 more, in the run's log")])
def test_fifty_users_are_named(number: int, more: str) -> None:
    told = digest(a_report(*(outcome("CreateKey", "Done", user=f"u{n}") for n in range(number))))
    assert told is not None
    assert told[1].count("- u") == 50
    assert (" more, in the run's log" in told[1]) is bool(more)
    assert more in told[1]


def test_a_subject_is_one_that_sns_takes() -> None:
    outcomes = [
        *(outcome("CreateKey", "Failed", user=f"a{n}") for n in range(10_000)),
        *(outcome("CreateKey", "Done", user=f"b{n}") for n in range(10_000)),
        *(outcome("CreateKey", "Planned", user=f"c{n}") for n in range(10_000)),
        *(held(Reason.KEY_IN_USE, user=f"d{n}") for n in range(10_000)),
    ]
    told = digest(a_report(*outcomes))
    assert told is not None
    assert len(told[0]) <= 100
    assert told[0].isascii()
    assert "\n" not in told[0]
