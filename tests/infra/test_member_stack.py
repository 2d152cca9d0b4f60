"""A member's stack: the same rights as the rotator has at home, lent to one role that knows the external id."""

import json

import pytest
from aws_cdk import App
from aws_cdk.assertions import Template as Synthesized

from infra.config import Config
from infra.organization.member_role import NAME
from infra.organization.member_stack import MemberStack
from keyturn.domain.member_role import session_policy
from keyturn.membership import MEMBER_KEY
from tests.infra import cdk_json
from tests.infra.template import Properties, Template, statements, synthesize

EXTERNAL_ID = "an-external-id"
AT_HOME_ONLY = {"PutEvents", "PublishAlerts", "EncryptAlerts", "WriteLogs", "KeepFailedRuns", "SendTraces"}


def a_member(**settings: object) -> Template:
    config = Config.from_context({**cdk_json.settings(), "external_id": EXTERNAL_ID, **settings})
    return Template(MemberStack(App(), "Member", config=config, external_id=EXTERNAL_ID))


@pytest.fixture(scope="module")
def member() -> Template:
    """A member's stack with the settings of cdk.json."""
    return a_member()


def role(template: Template) -> Properties:
    return template.one("AWS::IAM::Role")


def test_only_the_hub_s_rotator_may_take_the_role_and_only_with_the_external_id(member: Template) -> None:
    (trusted,) = role(member)["AssumeRolePolicyDocument"]["Statement"]

    assert trusted["Action"] == "sts:AssumeRole"
    assert trusted["Principal"] == {
        "AWS": "arn:${AWS::Partition}:iam::${${RotatorRoleArn} split at :, part 4}:root",
    }
    assert trusted["Condition"] == {
        "StringEquals": {"sts:ExternalId": EXTERNAL_ID},
        "ArnEquals": {"aws:PrincipalArn": "${RotatorRoleArn}"},
    }
    assert role(member)["RoleName"] == NAME


def test_the_role_may_what_the_rotator_may_at_home_but_for_telling_and_running(member: Template) -> None:
    home = synthesize(external_id=EXTERNAL_ID)
    at_home = statements(home.all("AWS::IAM::Role")["RotatorRole"]["Policies"][0]["PolicyDocument"])
    lent = statements(role(member)["Policies"][0]["PolicyDocument"])

    assert lent.keys() == at_home.keys() - AT_HOME_ONLY - {"TakeMemberRoles"}
    for sid, statement in lent.items():
        assert statement["Action"] == at_home[sid]["Action"], sid
        assert statement.get("Condition") == at_home[sid].get("Condition"), sid
        if sid != "EncryptSecrets":  # by the account's own key
            assert statement["Resource"] == at_home[sid]["Resource"], sid


def test_a_session_that_acts_may_do_just_what_the_role_may(member: Template) -> None:
    """Both have to allow it: what is in one alone is of no use, or missing."""
    lent = statements(role(member)["Policies"][0]["PolicyDocument"]).values()
    of_the_role = {action for each in lent if each["Effect"] == "Allow" for action in each["Action"]}
    written = session_policy("444455556666", "aws", user_path="/", secret_prefix="keyturn/", acts=True)

    assert {action for each in json.loads(written)["Statement"] for action in each["Action"]} == of_the_role


def test_the_rotator_may_take_the_role_of_that_name_with_the_external_id_and_no_other() -> None:
    home = synthesize(external_id=EXTERNAL_ID)
    (taking,) = [
        statement
        for statement in home.all("AWS::IAM::Role")["RotatorRole"]["Policies"][0]["PolicyDocument"]["Statement"]
        if "sts:AssumeRole" in statement["Action"]
    ]

    assert taking["Resource"] == f"arn:${{AWS::Partition}}:iam::*:role/{NAME}"
    assert taking["Condition"] == {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}}


def test_a_deployment_for_one_account_takes_no_role() -> None:
    assert "sts:AssumeRole" not in str(synthesize().all("AWS::IAM::Role")["RotatorRole"]["Policies"])


def test_the_function_knows_its_members_roles() -> None:
    variables = synthesize(external_id=EXTERNAL_ID).all("AWS::Lambda::Function")["RotatorFunction"]["Environment"]
    assert variables["Variables"]["KEYTURN_MEMBER_ROLES"] == f"arn:${{AWS::Partition}}:iam::*:role/{NAME}"
    assert variables["Variables"]["KEYTURN_EXTERNAL_ID"] == EXTERNAL_ID


def test_the_key_has_the_name_by_which_the_rotator_calls_it(member: Template) -> None:
    assert member.one("AWS::KMS::Alias")["AliasName"] == MEMBER_KEY
    assert not a_member(customer_managed_key=False).all("AWS::KMS::Alias")


def test_the_template_stands_alone() -> None:
    config = Config.from_context({**cdk_json.settings(), "external_id": EXTERNAL_ID})
    template = Synthesized.from_stack(MemberStack(App(), "Alone", config=config, external_id=EXTERNAL_ID)).to_json()

    assert set(template["Parameters"]) == {"RotatorRoleArn"}
    assert "Rules" not in template


@pytest.mark.parametrize("text", ["short", "x" * 65, "with blank", "wild*card", "${aws:userid}"])
def test_an_external_id_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"external_id is .* allowed is 8 to 64"):
        Config.from_context({"external_id": text})
