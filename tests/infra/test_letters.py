"""Letters are sent from one address by the two functions, and people learn when one was not delivered."""

from typing import Any

import pytest

from tests.infra.template import Template, statements, synthesize

SENDER = "keyturn@mail.example.com"
HERE = "${AWS::Region}:${AWS::AccountId}"
SES = f"arn:${{AWS::Partition}}:ses:{HERE}"


@pytest.fixture(scope="module")
def template() -> Template:
    return synthesize(notify_from=SENDER)


def of_role(template: Template, role: str) -> dict[str, dict[str, Any]]:
    (policy,) = template.all("AWS::IAM::Role")[role]["Policies"]
    return statements(policy["PolicyDocument"])


@pytest.mark.parametrize("role", ["RotatorRole", "ResponderRole"])
def test_both_functions_may_send_from_the_address_and_from_no_other(template: Template, role: str) -> None:
    without = of_role(synthesize(), role)
    assert of_role(template, role) == without | {
        "MailOwners": {
            "Effect": "Allow",
            "Action": ["ses:SendRawEmail"],
            # Whichever of these is verified in SES: the address, its domain, or one above that.
            "Resource": sorted(
                [
                    f"{SES}:identity/keyturn@mail.example.com",
                    f"{SES}:identity/mail.example.com",
                    f"{SES}:identity/example.com",
                    f"{SES}:configuration-set/${{LettersSet}}",
                ]
            ),
            "Condition": {"StringEquals": {"ses:FromAddress": SENDER}},
        }
    }


def test_both_functions_are_told_the_address_and_the_configuration_set(template: Template) -> None:
    for function in ("RotatorFunction", "ResponderFunction"):
        variables = template.all("AWS::Lambda::Function")[function]["Environment"]["Variables"]
        assert variables["KEYTURN_NOTIFY_FROM"] == SENDER
        assert variables["KEYTURN_MAIL_CONFIGURATION_SET"] == "${LettersSet}"


def test_ses_tells_the_default_bus_of_letters_that_were_not_delivered(template: Template) -> None:
    destination = template.one("AWS::SES::ConfigurationSetEventDestination")
    assert destination["ConfigurationSetName"] == "${LettersSet}"
    told = destination["EventDestination"]
    assert told["Enabled"] is True
    assert told["EventBridgeDestination"] == {"EventBusArn": f"arn:${{AWS::Partition}}:events:{HERE}:event-bus/default"}
    assert told["MatchingEventTypes"] == ["bounce", "complaint", "reject", "renderingFailure"]


def test_a_rule_tells_the_topic_of_these_letters_and_of_no_others_in_one_sentence(template: Template) -> None:
    rule = template.all("AWS::Events::Rule")["LettersUndelivered"]
    assert rule["State"] == "ENABLED"
    assert rule["EventPattern"] == {
        "source": ["aws.ses"],
        "detail-type": [
            "Email Bounced",
            "Email Complaint Received",
            "Email Rejected",
            "Email Rendering Failed",
        ],
        "detail": {"mail": {"tags": {"ses:configuration-set": ["${LettersSet}"]}}},
    }
    (target,) = rule["Targets"]
    assert target["Arn"] == "${AlertsTopic}"
    assert target["RoleArn"] == "${LettersRole.Arn}"
    paths = target["InputTransformer"]["InputPathsMap"]
    assert set(paths.values()) == {
        "$.detail-type",
        "$.detail.mail.commonHeaders.subject",
        "$.detail.mail.destination",
    }
    assert all(f"<{name}>" in target["InputTransformer"]["InputTemplate"] for name in paths)


def test_the_topic_lets_no_foreign_rule_in(template: Template) -> None:
    policies = (template.all("AWS::SNS::TopicPolicy"), template.all("AWS::KMS::Key"))
    assert "events.amazonaws.com" not in str(policies)
    assert of_role(template, "LettersRole").keys() == {"PublishAlerts", "EncryptAlerts"}
    assert template.all("AWS::IAM::Role")["LettersRole"]["AssumeRolePolicyDocument"]["Statement"] == [
        {"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}}
    ]


def test_without_an_address_there_is_none_of_it() -> None:
    template = synthesize()
    assert not any(kind.startswith("AWS::SES::") for kind in template.kinds())
    assert template.all("AWS::Events::Rule").keys() == {"SignalsExposedKeys"}
    for function in template.all("AWS::Lambda::Function").values():
        assert not [name for name in function["Environment"]["Variables"] if "NOTIFY" in name or "MAIL" in name]
