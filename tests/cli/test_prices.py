"""What a forecast says of the cost is what the stack has, at the prices that docs/costs.md names."""

import re

from infra.bundle import ROOT
from keyturn.domain.tour import measured
from keyturn_cli.forecasting import prices
from tests.infra.template import synthesize
from tests.infra.test_metrics_page import FAMILIES, ROW
from tests.infra.test_metrics_page import PAGE as METRICS

PAGE = (ROOT / "docs" / "costs.md").read_text(encoding="utf-8")


def test_what_is_counted_is_what_the_stack_has() -> None:
    template = synthesize()
    assert len(template.all("AWS::KMS::Key")) == prices.KMS_KEYS
    assert len(template.all("AWS::CloudWatch::Dashboard")) == prices.DASHBOARDS
    assert len(template.all("AWS::CloudWatch::Alarm")) == prices.ALARMS
    rows = [row for row in ROW.findall(METRICS) if row[3] != "every tour"]
    names = [FAMILIES[name] if family else {name} for name, family, _, _ in rows]
    assert len(set().union(*names)) == prices.METRICS


def test_what_an_organization_adds_is_what_its_stack_has_more() -> None:
    template = synthesize(external_id="an-external-id", organization=True)
    alarms = len(template.all("AWS::CloudWatch::Alarm")) - prices.ALARMS
    metrics = len(measured([]))
    assert len(template.all("AWS::KMS::Key")) == prices.KMS_KEYS
    assert len(template.all("AWS::CloudWatch::Dashboard")) == prices.DASHBOARDS
    assert (alarms, metrics) == (prices.TOUR_ALARMS, prices.TOUR_METRICS)
    assert f"{alarms} alarms (${alarms * prices.AN_ALARM:.2f})" in PAGE
    assert f"{metrics} metrics, sent once a tour (${metrics * prices.A_METRIC / 24:.2f})" in PAGE


def test_the_page_adds_up_to_what_a_forecast_says() -> None:
    cost = prices.monthly(100, 40)
    sums = [float(found) for found in re.findall(r"^\|.*\| \$([\d.]+) \|$", PAGE, re.MULTILINE)]
    assert sums == [
        cost["secrets"],
        cost["kms_keys"],
        prices.A_DASHBOARD,
        round(prices.ALARMS * prices.AN_ALARM, 2),
        round(prices.METRICS * prices.A_METRIC / 24, 2),
        cost["secrets_manager_calls"],
    ]
    assert f"**${cost['total']:.2f}**" in PAGE
    assert f"{prices.KMS_KEYS} | ${prices.A_KMS_KEY:.2f}" in PAGE
    assert f"{prices.ALARMS} | ${prices.AN_ALARM:.2f}" in PAGE
    assert f"{prices.METRICS} | ${prices.A_METRIC:.2f} / 24" in PAGE


def test_each_price_of_a_tour_is_on_the_page() -> None:
    for price in (
        f"${prices.A_GB_SECOND:.10f} a GB-second on ARM",
        f"${prices.A_MILLION_INVOCATIONS:.2f} for a million invocations",
        f"${prices.A_THOUSAND_TRANSITIONS} for a thousand state transitions",
        f"${prices.A_MILLION_EVENTS:g} for a million events",
        f"${prices.TEN_THOUSAND_KMS_REQUESTS} for 10,000 requests to KMS",
        f"${prices.A_GB_OF_LOGS:.2f} a GB of logs",
        f"${prices.A_THOUSAND_PUTS} for a thousand PUTs",
    ):
        assert price in PAGE, price
