"""docs/metrics.md names every metric that the functions report, and no other."""

import json
import re
from typing import Any

from infra.bundle import ROOT
from keyturn.domain.reason import Reason, Stage
from keyturn.domain.tour import measured
from tests.aws_events import own_action
from tests.fakes.world import World
from tests.lambda_function import ENFORCE, LambdaFunction, responder

PAGE = (ROOT / "docs/metrics.md").read_text(encoding="utf-8")
SENDER = "keyturn@example.com"
ROW = re.compile(r"^\| `(\w+)(…?)` \| (count|seconds) \| ([^|]+) \|", re.MULTILINE)
FAMILIES = {
    "Held": {f"Held{reason.label}" for reason in Reason if reason.blocks},
    "Stage": {f"Stage{stage}" for stage in Stage},
}


def documented(reporter: str) -> set[str]:
    """The metrics that the page says something reports, in all cases."""
    names: set[str] = set()
    for name, family, _, by in ROW.findall(PAGE):
        if reporter in by.partition(";")[0]:
            names |= FAMILIES[name] if family else {name}
    return names


def reported(function: LambdaFunction, event: object) -> dict[str, str]:
    """What a function reports, with the units."""
    function.invoke(event)
    lines: list[dict[str, Any]] = [json.loads(line) for line in function.printed.getvalue().splitlines()]
    directives = [each for line in lines for each in line.get("_aws", {}).get("CloudWatchMetrics", [])]
    return {metric["Name"]: metric["Unit"].lower() for each in directives for metric in each["Metrics"]}


def a_world() -> World:
    world = World()
    world.key(world.user("alice"), age_days=80)
    return world


def mailing_rotator() -> LambdaFunction:
    return LambdaFunction(a_world(), {**ENFORCE, "KEYTURN_NOTIFY_FROM": SENDER})


def mailing_responder() -> LambdaFunction:
    return responder(a_world(), notify_from=SENDER)


def test_a_run_for_everybody_reports_what_the_page_says() -> None:
    everybody = documented("every run") | documented("runs for everybody") | documented("runs that got to everybody")
    assert reported(LambdaFunction(a_world()), {}).keys() == everybody


def test_a_run_for_some_reports_what_the_page_says() -> None:
    assert reported(LambdaFunction(a_world()), {"action": "rotate", "users": ["alice"]}).keys() == documented(
        "every run"
    )


def test_a_response_reports_what_the_page_says() -> None:
    assert reported(responder(a_world()), own_action()).keys() == documented("every response")


def test_a_tour_reports_what_the_page_says() -> None:
    assert documented("every tour") == measured([]).keys()


def test_what_may_mail_owners_reports_what_the_page_says_besides() -> None:
    mails = documented("whatever may mail owners")
    assert reported(mailing_rotator(), {}).keys() > mails
    assert reported(mailing_responder(), own_action()).keys() == documented("every response") | mails


def test_the_units_are_as_the_page_says() -> None:
    units = {name: unit for name, family, unit, by in ROW.findall(PAGE) if not family and by != "every tour"}
    told = reported(mailing_rotator(), {}) | reported(mailing_responder(), own_action())
    assert units == {name: unit for name, unit in told.items() if name in units}


def test_every_row_is_read() -> None:
    assert len(ROW.findall(PAGE)) == len(re.findall(r"^\| `", PAGE, re.MULTILINE))
