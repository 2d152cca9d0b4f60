"""Long histories of one user, each other than all before."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from keyturn.aws.secrets import Secrets
from tests.protocol.histories import Histories
from tests.proving import PROVE, SEED

BATCHES, SIZE = (40, 2_500) if PROVE else (2, 100)
STEPS = 10
Record = Callable[[str, object], None]
PHASES = (Phase.generate, Phase.shrink)


def live(number: int, histories: int) -> None:
    """Live through so many histories, others for each number; add to a failure the script that repeats it."""
    machine = seed(number)(type("Histories", (Histories,), {}))  # its name is what a script begins with
    try:
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=histories,
                stateful_step_count=STEPS,
                deadline=None,
                database=None,
                phases=PHASES,
                report_multiple_bugs=False,
                suppress_health_check=list(HealthCheck),
            ),
        )
    except Exception as failure:
        failure.add_note(f"as a script:\n\n{script(failure)}")
        raise


def script(failure: BaseException) -> str:
    """The shortest history that failed, as a script that fails as well."""
    printed = "\n".join(failure.__notes__)
    steps = printed[printed.index("state = Histories()") :].partition("state.teardown()")[0]
    return f"from tests.protocol.histories import Histories\n\n{steps}state.teardown()\n"


@pytest.mark.parametrize("batch", range(BATCHES))
def test_no_history_loses_a_key_or_leaves_one_untold(batch: int, record_property: Record) -> None:
    live(SEED * BATCHES + batch, SIZE)
    record_property("histories", SIZE)


@pytest.fixture
def printed() -> str:
    """The script of a history that fails in a product that asks for keys without an intent."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Secrets, "put_intent", lambda *_words, **_named: True)
        with pytest.raises(AssertionError) as failed:
            live(0, histories=50)
        printed = script(failed.value)
        with pytest.raises(AssertionError) as failed_again:
            exec(printed, {})  # noqa: S102 - what is printed is what has to fail
    assert str(failed_again.value) == str(failed.value)
    assert "asked for a key for alice without an open intent of its own" in str(failed.value)
    return printed


def test_a_history_that_fails_prints_as_a_short_script_that_fails_in_the_same_way(printed: str) -> None:
    assert len(printed.splitlines()) < STEPS
    exec(printed, {})  # noqa: S102 - with the product as it is nothing fails
