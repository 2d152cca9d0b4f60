"""docs/alarms.md shows how an alarm is wired, in lines that work."""

import json
import re

from aws_cdk import App, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Annotations, Match, Template

from infra.bundle import ROOT
from keyturn.domain import tags
from keyturn.domain.reason import Reason
from tests import shown
from tests.infra.template import synthesize

PAGE = (ROOT / "docs/alarms.md").read_text()
RESPONDER = "arn:aws:lambda:eu-west-1:111122223333:function:Keyturn-ResponderFunction"


COMMANDS = shown.commands("docs/alarms.md")


def test_the_lines_of_the_cdk_make_the_responder_the_alarms_action_and_warns_of_nothing() -> None:
    stack = Stack(App(analytics_reporting=False), "Team")
    alarm = cloudwatch.Alarm(
        stack,
        "Alarm",
        metric=cloudwatch.Metric(namespace="Ours", metric_name="FailedCalls"),
        threshold=1,
        evaluation_periods=1,
    )
    (lines,) = [block.text for block in shown.blocks("docs/alarms.md") if block.language == "python"]
    names = {"alarm": alarm, "actions": actions, "lambda_": lambda_, "stack": stack, "RESPONDER": RESPONDER}
    exec(lines, names)  # noqa: S102 - what the page says is what is tried

    template = Template.from_stack(stack)
    template.has_resource_properties("AWS::CloudWatch::Alarm", {"AlarmActions": [RESPONDER]})
    template.resource_count_is("AWS::Lambda::Permission", 0)
    Annotations.from_stack(stack).has_no_warning("*", Match.any_value())


def test_the_output_that_is_named_exists_and_so_does_the_tag() -> None:
    assert "`ResponderFunctionArn`" in PAGE
    assert "ResponderFunctionArn" in synthesize().outputs()
    assert any(f"Key={tags.GUARD_ALARM}," in block for block in COMMANDS)


def test_the_reasons_that_are_named_are_reasons() -> None:
    named = set(re.findall(r"`((?:Guard|Key)[A-Z]\w+)`", PAGE))

    assert named
    assert named <= {reason.label for reason in Reason}


def test_the_commands_for_other_regions_forward_what_the_stacks_own_rule_asks_for() -> None:
    (commands,) = [block for block in COMMANDS if "put-rule" in block]
    pattern = synthesize().one("AWS::Events::Rule")["EventPattern"]
    documents = [json.loads(text) for text in re.findall(r"^\s+'(\{.*\})'$", commands, re.MULTILINE)]

    assert {name: pattern[name] for name in ("source", "detail-type", "detail")} in documents
