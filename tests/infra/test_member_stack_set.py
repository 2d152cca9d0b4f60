"""The StackSet deploys to units exactly what a person would deploy to one account."""

import json

import pytest
from aws_cdk import App
from aws_cdk.assertions import Template as Synthesized

from infra.config import Config
from infra.organization.member_stack import MemberStack
from keyturn.settings import InvalidSettings
from tests.infra import cdk_json
from tests.infra.template import Properties, synthesize

MEMBERS: dict[str, object] = {"external_id": "an-external-id", "member_units": "ou-ab12-12345678 r-ab12"}


def stack_set(**settings: object) -> Properties:
    return synthesize(**{**MEMBERS, **settings}).one("AWS::CloudFormation::StackSet")


def test_there_is_none_unless_units_are_named() -> None:
    assert not synthesize(external_id="an-external-id").all("AWS::CloudFormation::StackSet")


def test_it_deploys_what_the_members_own_stack_is() -> None:
    config = Config.from_context({**cdk_json.settings(), **MEMBERS})
    app = App(context=cdk_json.feature_flags(), analytics_reporting=False)
    alone = MemberStack(app, "KeyturnMember", config=config, external_id="an-external-id")

    body = stack_set()["TemplateBody"]
    assert json.loads(body) == Synthesized.from_stack(alone).to_json()
    assert len(body) <= 51_200  # CloudFormation's limit of a template in a request


def test_it_goes_to_the_units_in_the_hubs_region_and_takes_in_who_joins() -> None:
    made = stack_set()

    assert made["PermissionModel"] == "SERVICE_MANAGED"
    assert made["AutoDeployment"] == {"Enabled": True, "RetainStacksOnAccountRemoval": False}
    assert made["StackInstancesGroup"] == [
        {
            "DeploymentTargets": {"OrganizationalUnitIds": ["ou-ab12-12345678", "r-ab12"]},
            "Regions": ["${AWS::Region}"],
        }
    ]
    assert made["Capabilities"] == ["CAPABILITY_NAMED_IAM"]
    assert made["Parameters"] == [{"ParameterKey": "RotatorRoleArn", "ParameterValue": "${RotatorRole.Arn}"}]


def test_a_delegated_administrator_says_that_it_is_one() -> None:
    assert stack_set()["CallAs"] == "SELF"
    assert stack_set(delegated_admin=True)["CallAs"] == "DELEGATED_ADMIN"


@pytest.mark.parametrize("units", ["", "111122223333", "ou-x", "*", "ou-ab12-12345678, r-ab12"])
def test_what_is_no_unit_is_refused(units: str) -> None:
    with pytest.raises(InvalidSettings, match=r"member_units is .*: allowed is units"):
        Config.from_context({**MEMBERS, "member_units": units})


def test_units_need_the_external_id() -> None:
    with pytest.raises(InvalidSettings, match="member_units is r-ab12: allowed is that with external_id"):
        Config.from_context({"member_units": "r-ab12"})
