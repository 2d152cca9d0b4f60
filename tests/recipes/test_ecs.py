"""The ECS recipe's construct asks for one event, and may do one thing to one service."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.recipes.pages import blocks
from tests.recipes.shop import synthesized


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shop")


@pytest.fixture(scope="module")
def template(out: Path) -> dict[str, Any]:
    return synthesized(out)


def properties(template: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [each["Properties"] for each in template["Resources"].values() if each["Type"] == kind]


def test_no_rule_of_cdk_nag_and_none_of_cfn_lint_is_broken(template: dict[str, Any], out: Path) -> None:
    assert template["Resources"]
    assert json.loads((out / "validation-report.json").read_text(encoding="utf-8"))["pluginReports"] == []
    linter = Path(sys.executable).with_name("cfn-lint")
    # The CDK lets a state machine depend on its role twice over, of which W3005 warns.
    command = [str(linter), "--ignore-checks", "W3005", "--", str(out / "Shop.template.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout


def test_the_rule_asks_for_awscurrent_in_the_one_secret(template: dict[str, Any]) -> None:
    (rule,) = properties(template, "AWS::Events::Rule")
    assert rule["EventPattern"] == {
        "source": ["aws.secretsmanager"],
        "detail-type": ["Secret Label Updated"],
        "detail": {"name": ["keyturn/alice/access-key"], "labelUpdated": ["AWSCURRENT"]},
    }


def test_the_state_machine_may_update_the_one_service_and_write_its_log(template: dict[str, Any]) -> None:
    statements = [
        statement
        for policy in properties(template, "AWS::IAM::Policy")
        for statement in policy["PolicyDocument"]["Statement"]
    ]
    ecs = [each for each in statements if "ecs:" in str(each["Action"])]
    assert [each["Action"] for each in ecs] == ["ecs:UpdateService"]
    assert json.dumps(ecs[0]["Resource"]).endswith(':service/shop/checkout"]]}')
    others = {
        action
        for each in statements
        if each not in ecs
        for action in ([each["Action"]] if isinstance(each["Action"], str) else each["Action"])
    }
    assert {action.split(":")[0] for action in others} == {"logs", "xray", "states"}
    assert [each["Resource"] for each in statements if each["Action"] == "states:StartExecution"] != ["*"]


def test_it_holds_no_code_and_no_secret(template: dict[str, Any]) -> None:
    assert properties(template, "AWS::Lambda::Function") == []
    assert "secretsmanager:GetSecretValue" not in json.dumps(template)


def test_the_variables_are_parts_of_what_is_stored() -> None:
    (lines,) = blocks("ecs", "json")
    parts = [each["valueFrom"].split(":")[-3] for each in json.loads(lines)["secrets"]]
    assert parts == ["AccessKeyId", "SecretAccessKey"]
