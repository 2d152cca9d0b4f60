"""A run for another account: takes the role that the account lends, and touches nothing else's keys."""

import json

import pytest

from keyturn.domain.member_role import session_policy
from keyturn.membership import MEMBER_KEY, AccountUnreachable
from keyturn.request import InvalidRequest
from keyturn.settings import Settings
from tests.fakes.invariants import violations
from tests.fakes.world import World
from tests.lambda_function import ENFORCE, HEARD, LambdaFunction
from tests.unit.running import due

HOME, MEMBER = "111122223333", "444455556666"
ORGANIZATION = {
    "KEYTURN_EXTERNAL_ID": "an-external-id",
    "KEYTURN_MEMBER_ROLES": "arn:aws:iam::*:role/keyturn-member",
}


@pytest.fixture
def hub() -> World:
    """A hub with a user whose key is due, and a member account with another."""
    hub, member = World(), World()
    due(hub, "henry")
    due(member, "mary")
    hub.members[MEMBER] = member
    return hub


def rotator(hub: World, **more: str) -> LambdaFunction:
    return LambdaFunction(hub, {**ENFORCE, **HEARD, **ORGANIZATION, **more})


def changed(world: World) -> list[str]:
    return [entry.call.operation for entry in world.log if entry.mutating and entry.call.service == "iam"]


def test_the_users_of_the_named_account_are_rotated_and_nobody_else_s(hub: World) -> None:
    report = rotator(hub).invoke({"action": "rotate", "account": MEMBER})

    assert [(line["user"], line["action"], line["outcome"]) for line in report["users"]] == [
        ("mary", "CreateKey", "Done")
    ]
    assert "create_access_key" in changed(hub.members[MEMBER])
    assert changed(hub) == []
    assert violations(hub.members[MEMBER]) == []


def test_a_user_can_be_named_there(hub: World) -> None:
    report = rotator(hub).invoke({"action": "status", "account": MEMBER, "users": ["mary"]})
    assert [line["user"] for line in report["users"]] == ["mary"]

    with pytest.raises(InvalidRequest, match="'henry' is not an IAM user of this account"):
        rotator(hub).invoke({"action": "rotate", "account": MEMBER, "users": ["henry"]})


def test_the_account_s_own_key_encrypts_its_secrets(hub: World) -> None:
    own = {"KEYTURN_KMS_KEY_ID": f"arn:aws:kms:eu-west-1:{HOME}:key/1234"}
    rotator(hub, **own).invoke({"action": "rotate", "account": MEMBER})

    (made,) = [entry.call for entry in hub.members[MEMBER].log if entry.call.operation == "create_secret"]
    assert made.params["KmsKeyId"] == MEMBER_KEY


def test_events_and_messages_stay_with_the_hub(hub: World) -> None:
    rotator(hub).invoke({"action": "rotate", "account": MEMBER})

    told = {"put_events", "publish"}
    assert {entry.call.operation for entry in hub.log} >= told
    assert told.isdisjoint(entry.call.operation for entry in hub.members[MEMBER].log)


def test_the_own_account_needs_no_role(hub: World) -> None:
    report = rotator(hub).invoke({"action": "rotate", "account": HOME})

    assert [line["user"] for line in report["users"]] == ["henry"]
    assert hub.lent == []


def test_an_account_that_lends_no_role_is_named_and_nothing_is_touched(hub: World) -> None:
    stranger = "777788889999"
    with pytest.raises(AccountUnreachable, match=f"account {stranger} does not lend its role .*AccessDenied"):
        rotator(hub).invoke({"action": "rotate", "account": stranger})

    assert changed(hub) == changed(hub.members[MEMBER]) == []


def test_a_deployment_for_one_account_refuses_to_leave_it(hub: World) -> None:
    with pytest.raises(InvalidRequest, match=f"account is '{MEMBER}'.*external_id is not set"):
        LambdaFunction(hub).invoke({"action": "rotate", "account": MEMBER})

    assert hub.lent == []
    assert hub.log == []


@pytest.mark.parametrize(
    "account", ["", "44445555666", "4444555566667", "٤٤٤٤٥٥٥٥٦٦٦٦", 444455556666, None, ["444455556666"]]
)
def test_what_is_no_account_is_refused(hub: World, account: object) -> None:
    with pytest.raises(InvalidRequest, match="account"):
        rotator(hub).invoke({"action": "rotate", "account": account})

    assert hub.lent == []
    assert hub.log == []


def session(hub: World) -> set[str]:
    (role,) = hub.lent
    assert role.external_id == "an-external-id"
    assert role.arn == f"arn:aws:iam::{MEMBER}:role/keyturn-member"
    return {action for each in json.loads(role.narrowed)["Statement"] for action in each["Action"]}


@pytest.mark.parametrize(
    ("request_", "settings"),
    [
        ({"action": "rotate", "dry_run": True}, {}),
        ({"action": "status"}, {}),
        ({"action": "rotate"}, {"KEYTURN_MODE": "observe"}),
    ],
)
def test_a_run_that_only_looks_takes_a_session_that_can_change_nothing(
    hub: World, request_: dict[str, object], settings: dict[str, str]
) -> None:
    rotator(hub, **settings).invoke({**request_, "account": MEMBER})

    verbs = {action.partition(":")[2] for action in session(hub)}
    assert all(verb.startswith(("Get", "List", "Describe", "Generate")) for verb in verbs)
    assert "GetSecretValue" not in verbs
    assert changed(hub.members[MEMBER]) == []


def test_no_session_may_read_a_secret_s_value(hub: World) -> None:
    rotator(hub).invoke({"action": "rotate", "account": MEMBER})

    actions = session(hub)
    assert {"iam:CreateAccessKey", "secretsmanager:PutSecretValue"} <= actions
    assert not any("SecretValue" in action and "Put" not in action for action in actions)
    assert not any("*" in action for action in actions)


def test_the_longest_settings_fit_into_a_session_policy() -> None:
    folder = "x" * 64
    longest = session_policy(
        MEMBER, "aws-us-gov", user_path="/" + f"{'y' * 509}/", secret_prefix=f"{folder}/" * 3, acts=True
    )

    assert len(longest) <= 2_048  # STS, AssumeRole


def test_the_longest_settings_are_allowed_by_the_settings_themselves() -> None:
    assert Settings.parse({"user_path": "/" + f"{'y' * 509}/", "secret_prefix": f"{'x' * 64}/" * 3})


def test_a_good_run_elsewhere_does_not_say_that_all_is_well_at_home(hub: World) -> None:
    function = rotator(hub)
    function.invoke({"action": "rotate", "account": MEMBER})

    told = function.printed.getvalue()
    assert '"KeysRotated"' in told
    assert '"RunSucceeded"' not in told
    assert '"RotationsFailed"' not in told


def test_a_key_that_is_overdue_elsewhere_is_told(hub: World) -> None:
    function = rotator(hub, KEYTURN_MODE="observe")
    function.invoke({"action": "rotate", "account": MEMBER})

    assert '"KeysOverdue":[1.0]' in function.printed.getvalue().replace(" ", "")


def test_the_account_in_an_event_bridge_envelope_chooses_nothing(hub: World) -> None:
    envelope = {"account": MEMBER, "source": "aws.scheduler", "detail-type": "Scheduled Event", "detail": {}}
    report = rotator(hub).invoke(envelope)

    assert [line["user"] for line in report["users"]] == ["henry"]
    assert hub.lent == []


def test_an_account_alone_is_no_request(hub: World) -> None:
    with pytest.raises(InvalidRequest, match="action"):
        rotator(hub).invoke({"account": MEMBER})

    assert hub.lent == []
