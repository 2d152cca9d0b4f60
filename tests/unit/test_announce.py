"""Others are told on the bus what came of an action; that the bus refuses never looks like a rotation gone wrong."""

from typing import Any

import pytest

from keyturn.announce import announce, detail_type
from keyturn.domain.outcome import Outcome
from keyturn.domain.reason import Reason
from tests.builders import FIRST, SECRET_ARN
from tests.fakes.calls import Call
from tests.fakes.faults import Fault, always, response_lost, throttled, unreachable
from tests.fakes.world import World
from tests.unit.outcomes import VERSION_ID, held, outcome
from tests.unit.running import a_run


@pytest.fixture
def world() -> World:
    return World()


def sent(world: World, told: Outcome) -> list[dict[str, Any]]:
    assert announce(told, a_run(world, event_bus="default")) == told
    return world.events


@pytest.mark.parametrize(
    ("action", "name"),
    [
        ("CreateKey", "Access Key Rotated"),
        ("DeactivateKey", "Access Key Deactivated"),
        ("QuarantineKey", "Access Key Deactivated"),
        ("DeleteKey", "Access Key Deleted"),
        ("ReactivateKey", "Access Key Reactivated"),
        ("DiscardKey", "Orphan Key Removed"),
        ("RecordInactive", None),
        ("RetireSecret", None),
    ],
)
def test_a_deed_has_its_event_when_it_is_done(action: str, name: str | None) -> None:
    assert detail_type(outcome(action, "Done")) == name
    assert detail_type(outcome(action, "Planned")) is None


@pytest.mark.parametrize("action", ["CreateKey", "DeleteKey", "RecordInactive", "RetireSecret", "Hold"])
def test_a_failure_is_told(action: str) -> None:
    assert detail_type(outcome(action, "Failed")) == "Rotation Failed"


def test_of_the_held_those_are_told_for_whom_somebody_has_to_act() -> None:
    for reason in Reason:
        expected = "Rotation Held" if reason.blocks else None
        assert detail_type(held(reason)) == ("Rotation Failed" if reason is Reason.UNREADABLE else expected)


def test_an_event_names_all_that_a_listener_needs(world: World) -> None:
    (event,) = sent(world, outcome("CreateKey", "Done"))
    assert (event["Source"], event["DetailType"]) == ("keyturn", "Access Key Rotated")
    assert event["Resources"] == ["arn:aws:iam::111122223333:user/alice"]
    assert event["EventBusName"] == "default"
    assert event["Detail"] == {
        "version": "1",
        "run_id": "run-1",
        "user": "alice",
        "account": "111122223333",
        "action": "CreateKey",
        "key": FIRST,
        "secret_arn": SECRET_ARN,
        "version_id": VERSION_ID,
        "reason": "KeyDue",
        "message": "a sentence",
        "outcome": "Done",
        "next_review": "2030-06-15T06:00:00Z",
    }


def test_what_has_no_date_is_told_without_one(world: World) -> None:
    (event,) = sent(world, held(Reason.KEY_IN_USE))
    assert event["Detail"]["next_review"] is None


def test_nothing_is_sent_when_there_is_nothing_to_tell_or_no_bus(world: World) -> None:
    assert sent(world, held(Reason.NOT_DUE)) == []
    told = outcome("CreateKey", "Done")
    assert announce(told, a_run(world)) == told
    assert world.log == []


@pytest.mark.parametrize("fault", [throttled, unreachable, response_lost])
def test_a_bus_that_refuses_leaves_a_note_and_the_outcome_as_it_is(world: World, fault: Fault) -> None:
    world.intercept.append(always(fault, operation="put_events"))
    told = outcome("CreateKey", "Done")
    answer = announce(told, a_run(world, event_bus="default"))
    assert answer.result == told.result
    (note,) = answer.notes
    assert note.startswith("event 'Access Key Rotated' could not be sent: PutEvents: ")


def test_an_entry_that_the_bus_refuses_by_itself_leaves_a_note_too(world: World) -> None:
    def garble(call: Call) -> None:
        call.params["Entries"][0]["Detail"] = "{"

    world.intercept.append(garble)
    (note,) = announce(outcome("CreateKey", "Done"), a_run(world, event_bus="default")).notes
    assert note == "event 'Access Key Rotated' could not be sent: PutEvents: MalformedDetail"
    assert world.events == []
