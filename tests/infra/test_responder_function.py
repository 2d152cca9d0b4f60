"""The responder runs as the code expects to be run, and hears of alarms and exposed keys without anybody's wiring."""

from infra import bundle
from tests.infra.template import Properties, synthesize

RESPONDER = "${ResponderFunction.Arn}"
ALARMS = "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:*"


def function() -> Properties:
    return synthesize().all("AWS::Lambda::Function")["ResponderFunction"]


def test_it_runs_the_responder_beside_the_rotator() -> None:
    rotator = synthesize().all("AWS::Lambda::Function")["RotatorFunction"]
    same = ("Architectures", "Code", "Environment", "MemorySize", "Runtime", "TracingConfig")

    assert function()["Handler"] == "keyturn.respond.handler"
    assert (bundle.LAMBDAS / "keyturn/respond.py").exists()
    assert {name: function()[name] for name in same} == {name: rotator[name] for name in same}
    assert function()["Role"] == "${ResponderRole.Arn}"
    assert function()["LoggingConfig"] == {"LogGroup": "${ResponderLogs}"}


def test_a_signal_has_time_to_be_followed_to_its_end() -> None:
    assert function()["Timeout"] == 120


def test_lambda_sends_a_signal_again_that_could_not_be_followed_and_keeps_it_in_the_end() -> None:
    asynchronous = synthesize().all("AWS::Lambda::EventInvokeConfig")["ResponderFunctionEventInvokeConfig"]

    assert asynchronous["FunctionName"] == "${ResponderFunction}"
    assert asynchronous["MaximumRetryAttempts"] == 2
    assert asynchronous["DestinationConfig"] == {"OnFailure": {"Destination": "${DeadLetters.Arn}"}}


def test_alarms_of_this_account_and_the_rule_for_exposed_keys_may_invoke_it_and_nobody_else() -> None:
    permissions = synthesize().all("AWS::Lambda::Permission").values()
    doors = [
        {key: value for key, value in each.items() if key not in {"FunctionName", "Action"}}
        for each in permissions
        if each["FunctionName"] == RESPONDER and each["Action"] == "lambda:InvokeFunction"
    ]

    assert doors == [
        {
            "Principal": "lambda.alarms.cloudwatch.amazonaws.com",
            "SourceAccount": "${AWS::AccountId}",
            "SourceArn": ALARMS,
        },
        {"Principal": "events.amazonaws.com", "SourceArn": "${SignalsExposedKeys.Arn}"},
    ]


def test_exposed_keys_of_this_account_are_told_to_it_and_what_cannot_be_delivered_is_kept() -> None:
    template = synthesize(event_bus="security")
    rule = template.one("AWS::Events::Rule")
    _, admitted = template.one("AWS::SQS::QueuePolicy")["PolicyDocument"]["Statement"]

    assert rule["EventPattern"] == {
        "account": ["${AWS::AccountId}"],
        "source": ["aws.health"],
        "detail-type": ["AWS Health Event"],
        "detail": {"service": ["RISK"], "eventTypeCode": [{"prefix": "AWS_RISK_CREDENTIALS_"}]},
    }
    assert "EventBusName" not in rule, "AWS's own events come on the default bus, wherever ours go"
    assert rule["State"] == "ENABLED"
    (target,) = rule["Targets"]
    assert (target["Arn"], target["DeadLetterConfig"]) == (RESPONDER, {"Arn": "${DeadLetters.Arn}"})
    assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 86_400, "MaximumRetryAttempts": 185}
    assert "InputTransformer" not in target
    assert "InputPath" not in target
    assert admitted["Principal"] == {"Service": "events.amazonaws.com"}
    assert (admitted["Action"], admitted["Resource"]) == ("sqs:SendMessage", "${DeadLetters.Arn}")
    assert admitted["Condition"] == {"ArnEquals": {"aws:SourceArn": "${SignalsExposedKeys.Arn}"}}


def test_outside_us_east_1_the_stack_says_what_it_does_not_hear_of() -> None:
    told = synthesize().whole_output("ExposedKeysMissing")

    assert told["Condition"] == "OutsideUsEast1"
    assert "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/default" in told["Value"]
    assert "docs/alarms.md" in told["Value"]
    assert synthesize().condition("OutsideUsEast1") == {"Fn::Not": [{"Fn::Equals": ["${AWS::Region}", "us-east-1"]}]}
