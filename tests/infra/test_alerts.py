"""Every way a run can go wrong rings, silence included, and the alarms can reach the people they are for."""

from typing import Any

import pytest

from keyturn.domain.tour import measured
from tests.infra.template import Properties, Template, synthesize

TOPIC = "${AlertsTopic}"
ROTATOR = "${RotatorFunction.Arn}"
OF_THIS_ACCOUNT = {
    "StringEquals": {"aws:SourceAccount": "${AWS::AccountId}"},
    "ArnLike": {"aws:SourceArn": "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:*"},
}
TOUR = ("TourFailed", "TourTimedOut", "TourAborted", "TourThrottled", "NoTour")
REPORTED = {"Namespace": "Keyturn", "Dimensions": [{"Name": "service", "Value": "Keyturn"}]}


def alarm(name: str) -> Properties:
    return synthesize().all("AWS::CloudWatch::Alarm")[f"Alarms{name}"]


def organization() -> Template:
    return synthesize(external_id="an-external-id", organization=True)


def of(policy: Properties, principal: object) -> list[Properties]:
    return [each for each in policy["Statement"] if each["Principal"] == principal]


@pytest.mark.parametrize(
    ("name", "metric"),
    [
        (
            "FunctionErrors",
            {
                "Namespace": "AWS/Lambda",
                "MetricName": "Errors",
                "Dimensions": [{"Name": "FunctionName", "Value": "${RotatorFunction}"}],
                "Statistic": "Sum",
            },
        ),
        ("RotationFailed", REPORTED | {"MetricName": "RotationsFailed", "Statistic": "Sum"}),
        ("MailsFailed", REPORTED | {"MetricName": "MailsFailed", "Statistic": "Sum"}),
        ("UsersBlocked", REPORTED | {"MetricName": "UsersBlocked", "Statistic": "Maximum"}),
        ("KeysInUsePastDeadline", REPORTED | {"MetricName": "KeysInUsePastDeadline", "Statistic": "Maximum"}),
        ("KeysOverdue", REPORTED | {"MetricName": "KeysOverdue", "Statistic": "Maximum"}),
        (
            "DeadLetters",
            {
                "Namespace": "AWS/SQS",
                "MetricName": "ApproximateNumberOfMessagesVisible",
                "Dimensions": [{"Name": "QueueName", "Value": "${DeadLetters.QueueName}"}],
                "Statistic": "Maximum",
            },
        ),
    ],
)
def test_one_is_too_many(name: str, metric: dict[str, Any]) -> None:
    watched = alarm(name)

    assert {key: watched[key] for key in metric} == metric
    assert (watched["ComparisonOperator"], watched["Threshold"]) == ("GreaterThanThreshold", 0)
    assert watched["EvaluationPeriods"] == 1


@pytest.mark.parametrize(
    "name",
    [
        "FunctionErrors",
        "RotationFailed",
        "MailsFailed",
        "UsersBlocked",
        "KeysInUsePastDeadline",
        "KeysOverdue",
        "DeadLetters",
    ],
)
def test_what_the_last_run_said_holds_until_the_next(name: str) -> None:
    assert alarm(name)["TreatMissingData"] == "ignore"


@pytest.mark.parametrize(
    ("name", "metric", "machine"),
    [
        ("TourFailed", "ExecutionsFailed", "${TourMachine.Arn}"),
        ("TourTimedOut", "ExecutionsTimedOut", "${TourMachine.Arn}"),
        ("TourAborted", "ExecutionsAborted", "${TourMachine.Arn}"),
        ("TourThrottled", "ExecutionThrottled", "${TourMachine.Arn}/Accounts"),
    ],
)
def test_each_bad_end_of_a_tour_rings_and_does_not_ring_for_ever(name: str, metric: str, machine: str) -> None:
    watched = organization().all("AWS::CloudWatch::Alarm")[f"Alarms{name}"]

    assert (watched["Namespace"], watched["MetricName"], watched["Statistic"]) == ("AWS/States", metric, "Sum")
    assert watched["Dimensions"] == [{"Name": "StateMachineArn", "Value": machine}]
    assert (watched["ComparisonOperator"], watched["Threshold"]) == ("GreaterThanThreshold", 0)
    assert watched["TreatMissingData"] == "notBreaching"


def test_twenty_six_hours_without_the_end_of_a_tour_ring_even_if_none_was_started() -> None:
    silence = organization().all("AWS::CloudWatch::Alarm")["AlarmsNoTour"]

    assert {key: silence[key] for key in REPORTED} == REPORTED
    assert silence["MetricName"] == "AccountsToured"
    assert "AccountsToured" in measured([])
    assert (silence["ComparisonOperator"], silence["Threshold"]) == ("LessThanThreshold", 1)
    assert silence["Period"] * silence["EvaluationPeriods"] == 26 * 3600
    assert silence["TreatMissingData"] == "breaching"


def test_only_an_organization_has_the_alarms_of_a_tour() -> None:
    here, there = (set(each.all("AWS::CloudWatch::Alarm")) for each in (synthesize(), organization()))

    assert here < there
    assert there - here == {f"Alarms{name}" for name in TOUR}
    for name in TOUR:
        assert organization().all("AWS::CloudWatch::Alarm")[f"Alarms{name}"]["AlarmActions"] == [TOPIC]


def test_two_runs_minutes_apart_are_seen_each_by_itself() -> None:
    alarms = synthesize().all("AWS::CloudWatch::Alarm")
    periods = {alarm["Period"] for alarm in alarms.values() if alarm["Namespace"] == "Keyturn"}

    assert periods == {60, alarm("NoGoodRun")["Period"]}


def test_an_error_of_the_responder_rings_and_does_not_ring_for_ever_if_no_signal_follows() -> None:
    watched = alarm("ResponderErrors")

    assert (watched["Namespace"], watched["MetricName"], watched["Statistic"]) == ("AWS/Lambda", "Errors", "Sum")
    assert watched["Dimensions"] == [{"Name": "FunctionName", "Value": "${ResponderFunction}"}]
    assert (watched["ComparisonOperator"], watched["Threshold"]) == ("GreaterThanThreshold", 0)
    assert watched["TreatMissingData"] == "notBreaching"


def test_twenty_six_hours_without_a_good_run_ring_even_if_nothing_is_reported_at_all() -> None:
    silence = alarm("NoGoodRun")

    assert {key: silence[key] for key in REPORTED} == REPORTED
    assert (silence["MetricName"], silence["Statistic"]) == ("RunSucceeded", "Sum")
    assert (silence["ComparisonOperator"], silence["Threshold"]) == ("LessThanThreshold", 1)
    assert silence["Period"] * silence["EvaluationPeriods"] == 26 * 3600
    assert silence["TreatMissingData"] == "breaching"


def test_the_lookback_is_one_that_cloudwatch_takes() -> None:
    # Up to one day, or up to seven when the period is an hour or more (PutMetricAlarm, EvaluationPeriods).
    for watched in synthesize().all("AWS::CloudWatch::Alarm").values():
        days = 7 if watched["Period"] >= 3600 else 1
        assert watched["Period"] * watched["EvaluationPeriods"] <= days * 86_400


def test_every_alarm_reaches_the_topic_and_says_what_to_do() -> None:
    alarms = synthesize().all("AWS::CloudWatch::Alarm")

    assert len(alarms) == 9
    for watched in alarms.values():
        assert TOPIC in watched["AlarmActions"]
        assert len(watched["AlarmDescription"]) > 80
        assert watched.get("ActionsEnabled", True) is True


def test_a_failed_rotation_starts_one_more_run_and_no_other_alarm_does() -> None:
    started = {
        name
        for name, watched in synthesize().all("AWS::CloudWatch::Alarm").items()
        if ROTATOR in watched["AlarmActions"]
    }

    assert started == {"AlarmsRotationFailed"}


def test_only_the_alarm_for_failed_rotations_may_invoke_the_rotator() -> None:
    allowed = [
        each
        for each in synthesize().all("AWS::Lambda::Permission").values()
        if each["Principal"] == "lambda.alarms.cloudwatch.amazonaws.com" and each["FunctionName"] == ROTATOR
    ]

    assert [(each["Action"], each["FunctionName"], each["SourceArn"]) for each in allowed] == [
        ("lambda:InvokeFunction", ROTATOR, "${AlarmsRotationFailed.Arn}")
    ]


def test_alarms_of_this_account_may_publish_to_the_topic() -> None:
    (admitted,) = of(
        synthesize().one("AWS::SNS::TopicPolicy")["PolicyDocument"], {"Service": "cloudwatch.amazonaws.com"}
    )

    assert (admitted["Effect"], admitted["Action"], admitted["Resource"]) == ("Allow", "sns:Publish", TOPIC)
    assert admitted["Condition"] == OF_THIS_ACCOUNT


def test_alarms_of_this_account_may_use_the_topics_key() -> None:
    template = synthesize()
    key = template.all("AWS::KMS::Key")["AlertsKey"]
    (admitted,) = of(key["KeyPolicy"], {"Service": "cloudwatch.amazonaws.com"})

    assert template.one("AWS::SNS::Topic")["KmsMasterKeyId"] == "${AlertsKey.Arn}"
    assert admitted["Effect"] == "Allow"
    assert sorted(admitted["Action"]) == ["kms:Decrypt", "kms:GenerateDataKey*"]
    assert admitted["Condition"] == OF_THIS_ACCOUNT
    assert key["EnableKeyRotation"] is True


def test_nobody_publishes_in_clear_text() -> None:
    (refused,) = of(synthesize().one("AWS::SNS::TopicPolicy")["PolicyDocument"], "*")

    assert refused["Effect"] == "Deny"
    assert refused["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_an_email_address_is_subscribed_when_one_is_given() -> None:
    subscription = synthesize(alarm_email="ops@example.com").one("AWS::SNS::Subscription")

    assert subscription == {"Protocol": "email", "Endpoint": "ops@example.com", "TopicArn": TOPIC}
    assert "AWS::SNS::Subscription" not in synthesize().kinds()
