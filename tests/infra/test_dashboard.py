"""The dashboard begins with what rings, and shows nothing that no function reports."""

import json
from typing import Any

import pytest

from keyturn.domain.reason import Reason, Stage
from keyturn.domain.tour import measured
from tests.aws_events import own_action
from tests.fakes.world import World
from tests.infra.template import synthesize
from tests.lambda_function import ENFORCE, LambdaFunction, responder

Widget = dict[str, Any]


def widgets(**settings: object) -> list[Widget]:
    found: list[Widget] = json.loads(synthesize(**settings).one("AWS::CloudWatch::Dashboard")["DashboardBody"])[
        "widgets"
    ]
    return found


ORGANIZATION: dict[str, object] = {"external_id": "an-external-id", "organization": True}


def shown(widget: Widget) -> dict[str, str]:
    """The metrics of a graph with their statistics; each is one of the stack's own."""
    metrics = {}
    for namespace, name, dimension, value, options in widget["properties"]["metrics"]:
        assert (namespace, dimension, value) == ("Keyturn", "service", "Keyturn")
        metrics[name] = options["stat"]
    return metrics


def graph(title: str) -> dict[str, str]:
    (found,) = [shown(widget) for widget in widgets() if widget["properties"]["title"] == title]
    return found


@pytest.fixture(scope="module")
def reported() -> set[str]:
    """What the handlers report, of a run for everybody and of a response."""
    world = World()
    world.key(world.user("alice"), age_days=80)
    mailing = {"KEYTURN_NOTIFY_FROM": "keyturn@example.com"}
    functions = [LambdaFunction(world, ENFORCE | mailing), responder(world, notify_from="keyturn@example.com")]
    for function, event in zip(functions, ({}, own_action()), strict=True):
        function.invoke(event)
    lines = [json.loads(line) for each in functions for line in each.printed.getvalue().splitlines()]
    directives = [each for line in lines for each in line.get("_aws", {}).get("CloudWatchMetrics", [])]
    assert {each["Namespace"] for each in directives} == {"Keyturn"}
    return {metric["Name"] for each in directives for metric in each["Metrics"]}


def test_every_metric_on_it_is_one_that_a_function_reports(reported: set[str]) -> None:
    on_it = {name for widget in widgets() if widget["type"] == "metric" for name in shown(widget)}
    assert on_it
    assert on_it - reported == set()


def test_every_metric_that_an_alarm_watches_is_one_that_a_function_reports(reported: set[str]) -> None:
    alarms = synthesize().all("AWS::CloudWatch::Alarm").values()
    watched = {alarm["MetricName"] for alarm in alarms if alarm["Namespace"] == "Keyturn"}
    assert watched - reported == set()
    assert len(watched & reported) >= 5


def test_the_functions_report_under_the_name_of_the_stack() -> None:
    for function in synthesize().all("AWS::Lambda::Function").values():
        assert function["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"] == "Keyturn"
        assert function["Environment"]["Variables"]["POWERTOOLS_METRICS_NAMESPACE"] == "Keyturn"


def test_the_first_row_shows_the_state_of_every_alarm() -> None:
    first, second, *_ = widgets()
    assert (first["type"], first["y"], first["width"]) == ("alarm", 0, 24)
    assert second["y"] == first["height"]
    alarms = synthesize().all("AWS::CloudWatch::Alarm")
    assert sorted(first["properties"]["alarms"]) == sorted(f"${{{name}.Arn}}" for name in alarms)


def test_the_rest_follows_in_the_order_in_which_one_asks() -> None:
    assert [widget["properties"]["title"] for widget in widgets()] == [
        "Alarms",
        "Oldest Active key",
        "Keys by stage",
        "Rotations per day",
        "Users held until somebody acts, by reason",
        "API calls per day",
        "Duration",
    ]
    places = [(widget["y"], widget["x"]) for widget in widgets()]
    assert places == sorted(places)
    assert len(set(places)) == len(places)


def test_every_stage_and_every_reason_to_act_is_shown() -> None:
    assert set(graph("Keys by stage")) == {f"Stage{stage}" for stage in Stage}
    held = graph("Users held until somebody acts, by reason")
    assert set(held) == {f"Held{reason.label}" for reason in Reason if reason.blocks}


def test_what_happens_is_summed_and_what_is_so_is_not() -> None:
    for title in ("Rotations per day", "API calls per day"):
        assert set(graph(title).values()) == {"Sum"}
    for title in ("Oldest Active key", "Keys by stage", "Users held until somebody acts, by reason", "Duration"):
        assert set(graph(title).values()) == {"Maximum"}


def test_the_limit_of_age_is_the_one_that_is_set() -> None:
    for max_age in (90, 180):
        oldest = widgets(max_age_days=max_age)[1]
        (limit,) = oldest["properties"]["annotations"]["horizontal"]
        assert limit["value"] == max_age


def test_an_organization_comes_before_the_single_account_and_takes_nothing_from_it() -> None:
    alone, together = (
        [widget["properties"].get("title") for widget in found] for found in (widgets(), widgets(**ORGANIZATION))
    )
    assert together[0] == "Alarms"
    assert together[1:8] == [
        "Accounts of the organization",
        "What wants somebody, in all accounts",
        "Oldest Active key of all accounts",
        "Duration of tours",
        "Ends of tours per day",
        "Throttled per day, in all accounts",
        "Accounts that are not well, and why",
    ]
    assert together[9:] == alone[1:]
    places = [(widget["y"], widget["x"]) for widget in widgets(**ORGANIZATION)]
    assert places == sorted(places)
    assert len(set(places)) == len(places)


def organizations() -> dict[str, list[list[Any]]]:
    """The graphs of an organization's own rows, with their metrics."""
    graphs = [widget for widget in widgets(**ORGANIZATION)[1:8] if widget["type"] == "metric"]
    return {widget["properties"]["title"]: widget["properties"]["metrics"] for widget in graphs}


def test_every_metric_of_an_organization_is_one_that_the_roundup_or_a_run_reports(reported: set[str]) -> None:
    own = {metric[1] for graph in organizations().values() for metric in graph if metric[0] == "Keyturn"}
    assert own
    assert own <= measured([]).keys() | reported
    assert measured([]).keys() - own == {"OrganizationUsersScanned"}


def test_tours_are_the_machines_and_throttled_steps_their_accounts() -> None:
    of_states = [metric for graph in organizations().values() for metric in graph if metric[0] == "AWS/States"]
    machines = {metric[1]: metric[3] for metric in of_states}
    assert machines == {
        "ExecutionTime": "${TourMachine.Arn}",
        "ExecutionsStarted": "${TourMachine.Arn}",
        "ExecutionsSucceeded": "${TourMachine.Arn}",
        "ExecutionsFailed": "${TourMachine.Arn}",
        "ExecutionsTimedOut": "${TourMachine.Arn}",
        "ExecutionsAborted": "${TourMachine.Arn}",
        "ExecutionThrottled": "${TourMachine.Arn}/Accounts",
    }


def test_what_is_not_well_is_listed_from_the_lines_that_the_roundup_writes() -> None:
    (listed,) = [widget["properties"] for widget in widgets(**ORGANIZATION) if widget["type"] == "log"]
    assert listed["query"].startswith("SOURCE '${RoundupLogs}'")
    assert "filter ispresent(account_stop.account)" in listed["query"]
    for field in ("account", "status", "trouble"):
        assert f"account_stop.{field}" in listed["query"]
