"""An account takes its role back in the midst of a run: from some call on nothing answers, until it is back."""

from collections.abc import Callable

import pytest

from tests.fakes import faults
from tests.fakes.calls import Call
from tests.fakes.faults import Fault
from tests.protocol.life import sending
from tests.protocol.scenarios import SCENARIOS, Scenario
from tests.protocol.surviving import calls_of, survive
from tests.proving import some

FIGURE = "moments at which an account left"
LENT = {"iam", "secretsmanager", "cloudwatch"}
REFUSED = faults.refused("AccessDenied", 403)
Record = Callable[[str, object], None]


def gone_from(number: int) -> Fault:
    """Refuse the n-th call to the account, and all that follow; the hub's own services answer on."""
    seen = 0

    def fault(call: Call) -> BaseException | None:
        nonlocal seen
        if call.service not in LENT:
            return None
        seen += 1
        return REFUSED(call) if seen >= number else None

    return fault


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_whatever_was_begun_is_healed_when_the_account_is_back(scenario: Scenario, record_property: Record) -> None:
    moments = some(range(1, len(calls_of(scenario, sending(5))) + 1), every=3)
    wrong = {}
    for number in moments:
        if found := survive(scenario, sending(5), gone_from(number)):
            wrong[f"gone from call {number} on"] = found
    record_property(FIGURE, len(moments))
    assert not wrong, wrong
