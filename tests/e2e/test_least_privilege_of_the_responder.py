"""The responder's role may do no less and no more than it is for, with the account enforcing the deployed policy.

Deployed with a path and with opt-in, so that both narrow the role.
"""

from collections.abc import Callable

import pytest

from sandbox.local_aws import Deployment
from tests.aws_events import health, own_action
from tests.e2e.privileges import Trial
from tests.e2e.privileges_needed import NOT_SHOWN
from tests.e2e.privileges_refused import Call, letter, refused_to_the_responder
from tests.e2e.responder_privileges_needed import RESPONSES_NEED, ResponseNeed
from tests.e2e.surroundings import IN_SCOPE, OUTSIDE, OWN, SENDER

Grant = tuple[str, str]


def user_of(grant: Grant) -> str:
    """The name of the one user who shows the need of an action."""
    return f"guarded-{grant[1].replace(':', '-')}"


def alarm_of(grant: Grant) -> str:
    """The name of the alarm that guards it."""
    return f"{user_of(grant)}-is-unwell"


@pytest.fixture(scope="module")
def trial(narrow: Deployment) -> Trial:
    """The responder's role, and for each action a user whose old key is Inactive while its guard alarm rings."""
    trial = Trial(narrow, "Responder", "Respond")
    cloudwatch = trial.client("cloudwatch")
    for grant in RESPONSES_NEED:
        cloudwatch.put_metric_alarm(
            AlarmName=alarm_of(grant),
            Namespace="Test",
            MetricName="Errors",
            Period=60,
            EvaluationPeriods=1,
            Statistic="Sum",
            Threshold=0,
            ComparisonOperator="GreaterThanThreshold",
            TreatMissingData="ignore",  # it stays as it is set
        )
        owner = {"owner": "owner@example.com"} if "SendRawEmail" in grant[1] else {}
        trial.user(user_of(grant), managed="true", **owner, **{"guard-alarm": alarm_of(grant)})
    users = [user_of(grant) for grant in RESPONSES_NEED]
    for days, action in ((80, "CreateKey"), (15, "DeactivateKey")):
        trial.pass_days(days)
        report = narrow.invoke({"action": "rotate", "users": users})
        assert report["totals"][action] == len(users), report
    for grant in RESPONSES_NEED:
        cloudwatch.set_alarm_state(AlarmName=alarm_of(grant), StateValue="ALARM", StateReason="on trial")
    trial.add_probe()
    return trial


def statuses(trial: Trial, grant: Grant) -> list[tuple[str, str]]:
    """A user's keys, the old one first."""
    keys = trial.client("iam").list_access_keys(UserName=user_of(grant))["AccessKeyMetadata"]
    listed = sorted(keys, key=lambda key: key["CreateDate"])
    return [(key["AccessKeyId"], key["Status"]) for key in listed]


def test_every_granted_action_is_tried_or_has_a_reason_why_not(trial: Trial) -> None:
    assert trial.grants() == RESPONSES_NEED.keys() | NOT_SHOWN.keys()
    assert not RESPONSES_NEED.keys() & NOT_SHOWN.keys()


@pytest.mark.parametrize(
    ("grant", "need"), RESPONSES_NEED.items(), ids=lambda value: value[1] if isinstance(value, tuple) else ""
)
def test_without_an_action_exactly_what_needs_it_breaks_and_says_so(
    trial: Trial, grant: Grant, need: ResponseNeed
) -> None:
    (old, _), (new, _) = before = statuses(trial, grant)
    assert before == [(old, "Inactive"), (new, "Active")]
    event = own_action(alarm_of(grant)) if need.signal == "alarm" else health("AWS_RISK_CREDENTIALS_EXPOSED", new)
    done = {"alarm": [(old, "Active"), (new, "Active")], "exposure": [(old, "Inactive"), (new, "Inactive")]}
    with trial.without(*grant):
        without = trial.run(event)
    assert need.told in without
    assert statuses(trial, grant) == (done[need.signal] if need.does_its_work else before)
    whole = trial.run(event)
    assert need.told not in whole
    assert '"status": "OK"' in whole, "with the whole policy the same signal is followed to its end"
    assert statuses(trial, grant) == done[need.signal]


def test_the_responder_s_role_is_refused_whatever_it_is_not_for(
    trial: Trial, others: dict[str, str], record_property: Callable[[str, object], None]
) -> None:
    calls = refused_to_the_responder(trial.names(others))
    allowed = {}
    for service, call, parameters in calls:
        outcome = trial.outcome(service, call, parameters)
        if not outcome.startswith(("AccessDenied", "AuthorizationError")):
            allowed[f"{service} {call} {parameters}"] = outcome
    assert allowed == {}
    record_property("calls refused to the responder's role", len(calls))


def test_the_same_calls_within_the_role_s_scope_are_allowed(trial: Trial, others: dict[str, str]) -> None:
    """Or the refusals would be no sign of a narrow role."""
    key = {"UserName": IN_SCOPE, "AccessKeyId": others[f"key of {IN_SCOPE}"]}
    mark = [{"Key": "keyturn:exposed-key", "Value": "AKIA"}]
    calls: list[Call] = [
        ("iam", "list_access_keys", {"UserName": IN_SCOPE}),
        ("iam", "update_access_key", {**key, "Status": "Inactive"}),
        ("iam", "update_access_key", {**key, "Status": "Active"}),
        ("iam", "get_user", {"UserName": OUTSIDE}),
        ("iam", "get_access_key_last_used", {"AccessKeyId": others[f"key of {OUTSIDE}"]}),
        ("secretsmanager", "describe_secret", {"SecretId": OWN}),
        ("secretsmanager", "tag_resource", {"SecretId": OWN, "Tags": mark}),
        ("secretsmanager", "untag_resource", {"SecretId": OWN, "TagKeys": ["keyturn:exposed-key"]}),
        ("events", "put_events", {"Entries": [{"Source": "keyturn", "DetailType": "Rotation Held", "Detail": "{}"}]}),
        ("sns", "publish", {"TopicArn": others["topic"], "Message": "a key is Active again"}),
        letter(SENDER, SENDER),
        ("cloudwatch", "describe_alarms", {"AlarmNames": ["any"]}),
    ]
    for service, call, parameters in calls:
        assert trial.outcome(service, call, parameters) == "allowed", (service, call)
