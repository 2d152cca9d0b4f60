"""Long histories of one user, each other than all before."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.protocol.histories import Histories
from tests.proving import PROVE

BATCHES, SIZE = (40, 2_500) if PROVE else (2, 100)
STEPS = 10
Record = Callable[[str, object], None]


@pytest.mark.parametrize("batch", range(BATCHES))
def test_no_history_loses_a_key_or_leaves_one_untold(batch: int, record_property: Record) -> None:
    """Another seed gives other histories; one that fails is shortened and printed as a script of its steps."""

    @seed(batch)
    class Batch(Histories):
        pass

    run_state_machine_as_test(
        Batch,
        settings=settings(
            max_examples=SIZE,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    record_property("histories", SIZE)
