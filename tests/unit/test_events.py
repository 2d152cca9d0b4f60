"""The published schema and samples of events say what is sent, and the page about them what they say."""

import copy
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from keyturn.announce import VERSION, detail_type
from keyturn.domain.action import Action
from keyturn.domain.reason import Reason
from tests import event_samples
from tests.event_samples import DETAIL_TYPES, file_of, samples
from tests.fakes.delivered import SCHEMA, BrokenPromise, hold_to_schema
from tests.unit.outcomes import held, outcome

PAGE = (Path(__file__).parents[2] / "docs/events.md").read_text(encoding="utf-8")
DETAIL = SCHEMA["definitions"]["detail"]
SAMPLES = samples()
ACTIONS = [action.__name__ for action in get_args(Action)]

Event = dict[str, Any]


@pytest.mark.parametrize("name", DETAIL_TYPES)
def test_each_sample_is_what_a_run_sends(name: str) -> None:
    expected = event_samples.text_of(SAMPLES[name])
    assert file_of(name).read_text(encoding="utf-8") == expected, "if on purpose: python -m tests.event_samples"


def test_there_is_a_sample_of_each_event_and_no_other() -> None:
    assert sorted(event_samples.PLACE.iterdir()) == sorted(map(file_of, DETAIL_TYPES))


def test_the_schema_knows_every_event_that_can_be_sent() -> None:
    names = {detail_type(outcome(action, result)) for action in ACTIONS for result in ("Done", "Failed")}
    names |= {detail_type(held(reason)) for reason in Reason}
    assert names - {None} == set(DETAIL_TYPES)


def test_the_schema_names_every_action_and_reason_and_the_version() -> None:
    assert sorted(DETAIL["properties"]["action"]["examples"]) == sorted(ACTIONS)
    told = [reason.label for reason in Reason if reason is not Reason.TEST_MAIL_REQUESTED]  # a test letter has no event
    assert DETAIL["properties"]["reason"]["examples"] == told
    assert DETAIL["properties"]["version"]["const"] == VERSION


@pytest.mark.parametrize("name", DETAIL_TYPES)
def test_every_property_that_is_sent_is_described_and_promised(name: str) -> None:
    assert set(SAMPLES[name]) == set(SCHEMA["properties"])
    assert set(SAMPLES[name]["detail"]) == set(DETAIL["properties"]) == set(DETAIL["required"])
    assert all("title" in each for each in (SCHEMA["properties"] | DETAIL["properties"]).values() if "$ref" not in each)


def test_what_a_later_release_may_add_breaks_no_consumer() -> None:
    event = copy.deepcopy(SAMPLES["Access Key Rotated"])
    event["more"] = event["detail"]["more"] = {"than": "today"}
    event["detail"]["reason"] = "SomethingNew"
    hold_to_schema(event)


def lacking(name: str) -> Callable[[Event], None]:
    return lambda event: event["detail"].pop(name)


def saying(name: str, value: object) -> Callable[[Event], None]:
    return lambda event: event["detail"].update({name: value})


def breaches() -> Iterator[tuple[str, Callable[[Event], None]]]:
    yield from ((f"no {name}", lacking(name)) for name in DETAIL["required"])
    yield from (
        (f"{name} is {value!r}", saying(name, value))
        for name, value in {
            "version": "2",
            "user": None,
            "account": "1111",
            "action": "Hold",
            "key": "a key with its secret",
            "secret_arn": None,
            "version_id": None,
            "reason": "in words",
            "message": "",
            "outcome": "Planned",
            "next_review": "2030-01-15",
        }.items()
    )


@pytest.mark.parametrize("breach", [pytest.param(breach, id=name) for name, breach in breaches()])
def test_an_event_that_breaks_the_promise_is_refused(breach: Callable[[Event], None]) -> None:
    event = copy.deepcopy(SAMPLES["Access Key Rotated"])
    hold_to_schema(event)
    breach(event)
    with pytest.raises(BrokenPromise):
        hold_to_schema(event)


def test_the_page_names_each_event_with_its_actions() -> None:
    rows = re.findall(r"^\| `([A-Z][a-zA-Z ]+)` \|.*\| ([^|]+) \|$", PAGE, re.MULTILINE)
    assert sorted(name for name, _ in rows) == sorted(DETAIL_TYPES)
    for name, actions in rows:
        expected = SAMPLES[name]["detail"]["action"]
        assert expected in re.findall(r"`(\w+)`", actions) or actions == "any", name


def test_the_page_shows_a_sample_as_it_is() -> None:
    assert f"```json\n{event_samples.text_of(SAMPLES['Access Key Rotated'])}```" in PAGE
    assert f'now `"{VERSION}"`' in PAGE
