"""The canary's removal touches nothing but the canary, and tells what it could not remove."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError

from keyturn.settings import Settings
from keyturn_cli.canary.trial import Trial
from keyturn_cli.canary.user import Canary
from keyturn_cli.trouble import Trouble

SECRET = "keyturn/keyturn-verify-1/access-key"


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code}}, "Operation")


@dataclass
class Service:
    """Answers calls by name, or raises, and remembers those that change something."""

    answers: dict[str, Any]
    changed: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any operation
        """Give an operation, whatever its name."""

        def call(**_parameters: object) -> Any:  # noqa: ANN401 - any answer
            if not name.startswith(("get_", "list_", "describe_")):
                self.changed.append(name)
            answer = self.answers.get(name, {})
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call


@dataclass
class Stack:
    """The services, and the stack's outputs."""

    iam: Service
    secretsmanager: Service
    outputs: Mapping[str, str] = field(default_factory=lambda: {"ReadOwnSecretPolicyArn": "arn:policy"})
    refusals: list[str] = field(default_factory=list)

    def client(self, name: str) -> Service:
        found: Service = getattr(self, name)
        return found

    def output(self, name: str) -> str:
        return self.outputs[name]

    def invoke(self, _request: object, _doing: str) -> dict[str, Any]:
        if self.refusals:
            raise Trouble(self.refusals.pop(0))
        line = {"action": "CreateKey", "outcome": "Failed", "key": None, "message": "no key was created"}
        return {"users": [line]}


def a_canary(iam: dict[str, Any], secrets: dict[str, Any], waited: list[float]) -> Canary:
    stack: Any = Stack(Service({"get_user": {"User": {"Path": "/keyturn-verify/"}}, **iam}), Service(secrets))
    return Canary(stack, Settings(), "keyturn-verify-1", waited.append, id="AIDACANARY")


KEYS = {"list_access_keys": {"AccessKeyMetadata": [{"AccessKeyId": "AKIAFAKEA"}, {"AccessKeyId": "AKIAFAKEB"}]}}
TAGGED = {"describe_secret": {"ARN": "arn", "Tags": [{"Key": "keyturn:user-id", "Value": "AIDACANARY"}]}}


def test_keys_policy_user_and_secret_are_removed_in_that_order() -> None:
    waited: list[float] = []
    canary = a_canary(KEYS, TAGGED, waited)
    assert canary.remove(rotating=False) == []
    stack: Any = canary.stack
    assert stack.iam.changed == ["delete_access_key", "delete_access_key", "detach_user_policy", "delete_user"]
    assert stack.secretsmanager.changed == ["delete_secret"]
    assert waited == []


def test_after_an_interruption_it_is_looked_at_again_for_what_the_rotation_still_made() -> None:
    waited: list[float] = []
    canary = a_canary(KEYS, TAGGED, waited)
    canary.remove(rotating=True)
    assert sum(waited) == 30


def test_another_user_of_that_name_is_left_alone() -> None:
    canary = a_canary({**KEYS, "get_user": {"User": {"Path": "/people/"}}}, TAGGED, [])
    canary.remove(rotating=False)
    stack: Any = canary.stack
    assert stack.iam.changed == stack.secretsmanager.changed == []


@pytest.mark.parametrize("tags", [[], [{"Key": "keyturn:user-id", "Value": "AIDAOTHER"}]])
def test_a_secret_that_is_not_the_canary_s_is_left_alone(tags: list[dict[str, str]]) -> None:
    canary = a_canary(KEYS, {"describe_secret": {"ARN": "arn", "Tags": tags}}, [])
    canary.remove(rotating=False)
    stack: Any = canary.stack
    assert stack.secretsmanager.changed == []


def test_what_could_not_be_removed_is_told_with_the_command_that_does() -> None:
    waited: list[float] = []
    gone = {"describe_secret": refusal("ResourceNotFoundException")}
    canary = a_canary({**KEYS, "delete_user": refusal("AccessDenied")}, gone, waited)
    (left,) = canary.remove(rotating=False)
    assert left == "the user (AccessDenied): aws iam delete-user --user-name keyturn-verify-1"
    assert waited, "it was tried again"


def test_a_user_that_the_rotator_does_not_see_yet_is_waited_for() -> None:
    waited: list[float] = []
    canary = a_canary({}, {}, waited)
    stack: Any = canary.stack
    stack.refusals += ["the rotator refused: users: 'keyturn-verify-1' is not an IAM user of this account"] * 2
    (checked,) = Trial(canary).checks(notify=False)
    assert (checked.check, checked.good, checked.message) == ("rotation", False, "no key was created")
    assert waited == [1.0, 2.0]


def test_any_other_refusal_ends_the_trial() -> None:
    canary = a_canary({}, {}, [])
    stack: Any = canary.stack
    stack.refusals.append("the rotator refused: settings")
    with pytest.raises(Trouble, match="settings"):
        list(Trial(canary).checks(notify=False))


def test_the_canary_s_secret_access_key_is_in_no_representation() -> None:
    canary = a_canary({}, {}, [])
    canary.secret_access_key = "fake-secret-of-the-canary"
    assert "fake-secret" not in repr(canary)


@pytest.mark.parametrize(
    ("refusals", "good", "said"),
    [
        ([], True, "a test message was sent"),
        (
            ["the rotator refused: request.action must be one of rotate, and is 'notify_test'"],
            False,
            "deploy a newer one",
        ),
        (["the rotator refused: the topic is gone"], False, "the topic is gone"),
    ],
)
def test_a_test_message_is_asked_for_and_what_comes_of_it_is_told(
    *, refusals: list[str], good: bool, said: str
) -> None:
    canary = a_canary({}, {}, [])
    stack: Any = canary.stack
    stack.refusals += refusals
    checked = Trial(canary)._mail()
    assert checked.good is good
    assert said in checked.message
