"""The rotator's role may do no less and no more than it is for, with the deployed policy and the account enforcing it.

Deployed with a path and with opt-in, so that both narrow the role.
"""

import json
from collections.abc import Callable

import pytest

from sandbox.local_aws import Deployment
from tests.e2e.privileges import Trial, remove
from tests.e2e.privileges_needed import NEEDED, NOT_SHOWN, Need, Stage
from tests.e2e.privileges_refused import Call, letter, refused_to_the_rotator
from tests.e2e.surroundings import IN_SCOPE, OTHER, OTHER_FUNCTION, OUTSIDE, OWN, SENDER

ALARM = "all-is-well"


def user_of(stage: Stage, action: str) -> str:
    """The name of the one user who shows the need of an action."""
    return f"{stage}-{action.partition(':')[2]}-{action.partition(':')[0]}".replace(" ", "-")


@pytest.fixture(scope="module")
def trial(narrow: Deployment) -> Trial:
    """The rotator's role, and a user for each action that is tried, at the stage at which it is needed."""
    trial = Trial(narrow, "Rotator", "Rotate")
    trial.client("cloudwatch").put_metric_alarm(
        AlarmName=ALARM,
        Namespace="Test",
        MetricName="Errors",
        Period=60,
        EvaluationPeriods=1,
        Statistic="Sum",
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
    )
    users: dict[Stage, list[str]] = {"due": [], "to deactivate": [], "to delete": [], "gone": []}
    for (_, action), need in NEEDED.items():
        name = user_of(need.stage, action)
        users[need.stage].append(name)
        guard = {"guard-alarm": ALARM} if "DescribeAlarms" in name else {}
        owner = {"owner": "owner@example.com"} if "SendRawEmail" in name else {}
        trial.user(name, managed="true", **guard, **owner)
    trial.pass_days(80)
    _rotated(trial, "CreateKey", [*users["to delete"], *users["gone"]])
    trial.pass_days(15)
    _rotated(trial, "DeactivateKey", users["to delete"])
    _rotated(trial, "CreateKey", users["to deactivate"])
    for name in users["gone"]:
        remove(trial, name)
    trial.pass_days(31)
    trial.add_probe()
    return trial


def _rotated(trial: Trial, action: str, users: list[str]) -> None:
    report = trial.stack.invoke({"action": "rotate", "users": users})
    assert report["totals"][action] == len(users), report


def test_every_granted_action_is_tried_or_has_a_reason_why_not(trial: Trial) -> None:
    assert trial.grants() == NEEDED.keys() | NOT_SHOWN.keys()
    assert not NEEDED.keys() & NOT_SHOWN.keys()


@pytest.mark.parametrize(
    ("grant", "need"), NEEDED.items(), ids=lambda value: value[1] if isinstance(value, tuple) else ""
)
def test_without_an_action_exactly_what_needs_it_breaks_and_says_so(
    trial: Trial, grant: tuple[str, str], need: Need
) -> None:
    user = user_of(need.stage, grant[1])
    event: dict[str, object] = {"action": "rotate"}
    if need.scan:
        trial.pass_days(0.2)  # until then IAM answers with the last report, and makes no new one
        event["dry_run"] = True
    elif need.stage != "gone":
        event["users"] = [user]
    with trial.set_to(need.variables), trial.without(*grant):
        without = trial.run(event)
    assert need.told in without
    if need.goes_on:
        assert json.loads(without)["status"] == "OK"
    if need.scan:
        trial.pass_days(0.2)
    with trial.set_to(need.variables):
        whole = trial.run(event)
    assert need.told not in whole
    assert json.loads(whole)["status"] == "OK", "with the whole policy the same request goes well"


@pytest.fixture(scope="module")
def names(trial: Trial, others: dict[str, str]) -> dict[str, str]:
    """What is in the account, by the names that the calls have for it."""
    return trial.names(others)


def test_the_rotator_s_role_is_refused_whatever_it_is_not_for(
    trial: Trial, names: dict[str, str], record_property: Callable[[str, object], None]
) -> None:
    calls = refused_to_the_rotator(names)
    allowed = {}
    for service, call, parameters in calls:
        outcome = trial.outcome(service, call, parameters)
        if not outcome.startswith(("AccessDenied", "AuthorizationError")):
            allowed[f"{service} {call} {parameters}"] = outcome
    assert allowed == {}
    record_property("calls refused to the rotator's role", len(calls))


def test_the_same_calls_within_the_role_s_scope_are_allowed(trial: Trial, names: dict[str, str]) -> None:
    """Or the refusals would be no sign of a narrow role."""
    entry = {"Source": "keyturn", "DetailType": "Access Key Rotated", "Detail": "{}"}
    tags = [{"Key": "keyturn:next-review", "Value": "2030-01-01T00:00:00Z"}]
    calls: list[Call] = [
        ("iam", "list_access_keys", {"UserName": IN_SCOPE}),
        ("iam", "get_user", {"UserName": OUTSIDE}),
        ("secretsmanager", "describe_secret", {"SecretId": OWN}),
        ("secretsmanager", "list_secret_version_ids", {"SecretId": OWN}),
        ("secretsmanager", "tag_resource", {"SecretId": OWN, "Tags": tags}),
        ("events", "put_events", {"Entries": [entry]}),
        ("sns", "publish", {"TopicArn": names["topic"], "Message": "a run has ended"}),
        letter(SENDER, SENDER),
        ("cloudwatch", "describe_alarms", {"AlarmNames": [ALARM]}),
    ]
    for service, call, parameters in calls:
        assert trial.outcome(service, call, parameters) == "allowed", (service, call)


def test_a_policy_attached_later_opens_no_secret(trial: Trial, names: dict[str, str]) -> None:
    """What is denied stays denied; what was only not allowed is allowed then, so the refusals came from the policy."""
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    iam = trial.client("iam")
    iam.put_role_policy(
        RoleName=trial.role, PolicyName="attached-later", PolicyDocument=json.dumps({"Statement": [everything]})
    )
    opened: list[Call] = [
        ("secretsmanager", "describe_secret", {"SecretId": OTHER}),
        ("iam", "list_access_keys", {"UserName": OUTSIDE}),
        ("iam", "list_users", {}),
        ("logs", "describe_log_groups", {}),
        ("lambda", "invoke", {"FunctionName": OTHER_FUNCTION}),
        ("sts", "assume_role", {"RoleArn": names["other role"], "RoleSessionName": "mallory"}),
    ]
    closed: list[Call] = [
        ("secretsmanager", "get_secret_value", {"SecretId": OWN}),
        ("secretsmanager", "get_secret_value", {"SecretId": OTHER}),
        ("secretsmanager", "batch_get_secret_value", {"SecretIdList": [OWN]}),
        ("secretsmanager", "delete_secret", {"SecretId": OTHER, "ForceDeleteWithoutRecovery": True}),
        ("secretsmanager", "delete_secret", {"SecretId": OTHER, "RecoveryWindowInDays": 7}),
    ]
    try:
        assert [call for call in opened if trial.outcome(*call) != "allowed"] == []
        assert [call for call in closed if not trial.outcome(*call).startswith("AccessDenied")] == []
    finally:
        iam.delete_role_policy(RoleName=trial.role, PolicyName="attached-later")
