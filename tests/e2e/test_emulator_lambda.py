"""The emulator runs functions as Lambda does, under AWS's own runtime client."""

import json
import os
import time
from datetime import UTC, datetime, timedelta

from sandbox.local_aws import LocalAws
from tests.e2e.functions import create_function, create_role, invoke, log_lines, package
from tests.e2e.waiting import eventually


def test_a_function_lives_by_the_sandbox_clock_and_answers_as_its_role(account: LocalAws) -> None:
    source = """
import datetime, boto3
def handler(event, context):
    print("hello from", context.function_name)
    return {
        "now": datetime.datetime.now(datetime.UTC).isoformat(),
        "arn": boto3.client("sts").get_caller_identity()["Arn"],
        "remaining": context.get_remaining_time_in_millis(),
        "event": event,
    }
"""
    create_function(account, "clocked", source, Timeout=7)
    account.clock.move_by(timedelta(days=3))
    answer, failure = invoke(account, "clocked", {"x": "ü"})
    assert not failure
    assert abs(datetime.fromisoformat(answer["now"]) - account.clock.now()) < timedelta(seconds=3)
    assert abs(account.clock.now() - datetime.now(UTC)) > timedelta(days=2)
    assert answer["arn"] == "arn:aws:sts::000000000000:assumed-role/clocked/clocked"
    assert 5000 < answer["remaining"] <= 7000
    assert answer["event"] == {"x": "ü"}
    assert "hello from clocked" in log_lines(account, "clocked")


def test_a_function_sees_lambda_s_variables_and_nothing_of_the_host_s(account: LocalAws) -> None:
    source = "import os\ndef handler(event, context): return dict(os.environ)"
    create_function(account, "environment", source, MemorySize=512, Environment={"Variables": {"OWN": "value"}})
    variables, _ = invoke(account, "environment", {})
    assert variables["OWN"] == "value"
    assert variables["AWS_LAMBDA_FUNCTION_NAME"] == "environment"
    assert variables["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "512"
    assert variables["AWS_LAMBDA_FUNCTION_VERSION"] == "$LATEST"
    assert variables["AWS_REGION"] == "us-east-1"
    assert variables["AWS_EXECUTION_ENV"] == "AWS_Lambda_python3.13"
    assert variables["AWS_ACCESS_KEY_ID"].startswith("ASIA")
    of_lambda = ("AWS_", "LAMBDA_", "FAKETIME", "_X_AMZN")
    own = {"PATH", "HOME", "LANG", "TZ", "PYTHONPATH", "_HANDLER", "LD_PRELOAD", "OWN", "LC_CTYPE", "PWD"}
    assert {name for name in variables if not name.startswith(of_lambda)} <= own
    host = {name: value for name, value in os.environ.items() if name not in variables}
    assert not [name for name in host if host[name] in variables.values() and len(host[name]) > 20]


def test_an_error_keeps_its_class(account: LocalAws) -> None:
    source = """
class RotationFailedError(Exception): pass
def handler(event, context): raise RotationFailedError("two users failed")
"""
    create_function(account, "failing", source)
    answer, failure = invoke(account, "failing", {})
    assert failure == "Unhandled"
    assert (answer["errorType"], answer["errorMessage"]) == ("RotationFailedError", "two users failed")


def test_a_module_that_cannot_be_imported_is_an_error_too(account: LocalAws) -> None:
    create_function(account, "unimportable", "import nowhere_to_be_found")
    answer, failure = invoke(account, "unimportable", {})
    assert failure
    assert "nowhere_to_be_found" in answer["errorMessage"]


def test_a_function_past_its_timeout_is_cut_and_the_next_invocation_starts_anew(account: LocalAws) -> None:
    source = """
import os, time
def handler(event, context):
    time.sleep(event["seconds"])
    return os.getpid()
"""
    create_function(account, "slow", source, Timeout=1)
    first, _ = invoke(account, "slow", {"seconds": 0})
    again, _ = invoke(account, "slow", {"seconds": 0})
    assert first == again, "an environment is kept warm"
    answer, failure = invoke(account, "slow", {"seconds": 30})
    assert failure
    assert answer["errorType"] == "Sandbox.Timedout"
    assert "timed out after 1.00 seconds" in answer["errorMessage"]
    anew, _ = invoke(account, "slow", {"seconds": 0})
    assert anew != first


def test_metrics_embedded_in_the_log_set_off_alarms_that_invoke_functions(account: LocalAws) -> None:
    watcher = create_function(account, "watcher", "import json\ndef handler(event, context): print(json.dumps(event))")
    source = """
import json, time
def handler(event, context):
    directive = {"Namespace": "Tests", "Dimensions": [["service"]], "Metrics": [{"Name": "Failed", "Unit": "Count"}]}
    print(json.dumps({"_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]},
                      "service": "ours", "Failed": [event["failed"]]}))
"""
    create_function(account, "measured", source)
    cloudwatch = account.client("cloudwatch")
    for name, service in (("ours-failed", "ours"), ("theirs-failed", "theirs")):
        cloudwatch.put_metric_alarm(
            AlarmName=name,
            AlarmDescription="A rotation failed.",
            Namespace="Tests",
            MetricName="Failed",
            Dimensions=[{"Name": "service", "Value": service}],
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=0,
            ComparisonOperator="GreaterThanThreshold",
            TreatMissingData="notBreaching",
            AlarmActions=[watcher],
        )
    invoke(account, "measured", {"failed": 0})
    assert state(account, "ours-failed") == "OK"
    invoke(account, "measured", {"failed": 2})
    assert state(account, "ours-failed") == "ALARM"
    assert state(account, "theirs-failed") == "OK", "an alarm looks at its own dimensions only"
    (line,) = eventually(lambda: [line for line in log_lines(account, "watcher") if "alarmData" in line])
    event = json.loads(line)
    assert event["source"] == "aws.cloudwatch"
    assert event["alarmArn"].endswith(":alarm:ours-failed")
    assert event["alarmData"]["state"]["value"] == "ALARM"
    assert event["alarmData"]["previousState"]["value"] == "OK"
    assert event["alarmData"]["configuration"]["description"] == "A rotation failed."
    account.clock.move_by(timedelta(minutes=2))
    eventually(lambda: state(account, "ours-failed") == "OK")


def test_silence_sets_off_an_alarm_that_takes_missing_data_for_a_breach(account: LocalAws) -> None:
    account.client("cloudwatch").put_metric_alarm(
        AlarmName="nobody-ran",
        Namespace="Tests",
        MetricName="Succeeded",
        Statistic="Sum",
        Period=3600,
        EvaluationPeriods=2,
        Threshold=1,
        ComparisonOperator="LessThanThreshold",
        TreatMissingData="breaching",
    )
    metric = [{"MetricName": "Succeeded", "Value": 1, "Timestamp": account.clock.now()}]
    account.client("cloudwatch").put_metric_data(Namespace="Tests", MetricData=metric)
    assert state(account, "nobody-ran") == "OK"
    account.clock.move_by(timedelta(hours=2, minutes=1))
    eventually(lambda: state(account, "nobody-ran") == "ALARM")


def state(account: LocalAws, alarm: str) -> str:
    (found,) = account.client("cloudwatch").describe_alarms(AlarmNames=[alarm])["MetricAlarms"]
    value: str = found["StateValue"]
    return value


def test_a_schedule_fires_when_its_time_has_come_with_its_own_input(account: LocalAws) -> None:
    arn = create_function(account, "scheduled", "import json\ndef handler(event, context): print(json.dumps(event))")
    account.client("scheduler").create_schedule(
        Name="daily",
        ScheduleExpression="rate(1 day)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": arn, "RoleArn": create_role(account, "of-schedule"), "Input": '{"action": "rotate"}'},
    )

    def fired() -> int:
        return log_lines(account, "scheduled").count('{"action": "rotate"}')

    account.clock.move_by(timedelta(hours=23))
    time.sleep(1)  # schedules are looked at five times a second
    assert not fired()
    account.clock.move_by(timedelta(hours=1, minutes=1))
    eventually(lambda: fired() == 1)


def test_a_failed_asynchronous_invocation_ends_in_the_dead_letter_queue_of_the_template(account: LocalAws) -> None:
    code = "def handler(event, context): raise ValueError(event)"
    template = {
        "Resources": {
            "Queue": {"Type": "AWS::SQS::Queue"},
            "Function": {
                "Type": "AWS::Lambda::Function",
                "Properties": {
                    "Code": {"ZipFile": code},
                    "Handler": "index.handler",
                    "Runtime": "python3.13",
                    "Role": create_role(account, "of-template"),
                    "DeadLetterConfig": {"TargetArn": {"Fn::GetAtt": ["Queue", "Arn"]}},
                },
            },
            "Retries": {
                "Type": "AWS::Lambda::EventInvokeConfig",
                "Properties": {
                    "FunctionName": {"Ref": "Function"},
                    "Qualifier": "$LATEST",
                    "MaximumRetryAttempts": 0,
                },
            },
        },
        "Outputs": {"Function": {"Value": {"Ref": "Function"}}, "Queue": {"Value": {"Ref": "Queue"}}},
    }
    formation = account.client("cloudformation")
    formation.create_stack(StackName="letters", TemplateBody=json.dumps(template))
    formation.get_waiter("stack_create_complete").wait(StackName="letters", WaiterConfig={"Delay": 1})
    outputs = formation.describe_stacks(StackName="letters")["Stacks"][0]["Outputs"]
    found = {each["OutputKey"]: each["OutputValue"] for each in outputs}
    account.client("lambda").invoke(FunctionName=found["Function"], InvocationType="Event", Payload=b'{"lost": 1}')
    sqs = account.client("sqs")
    (message,) = eventually(lambda: sqs.receive_message(QueueUrl=found["Queue"]).get("Messages"))
    assert '"lost": 1' in message["Body"]


def test_new_code_runs_at_once(account: LocalAws) -> None:
    create_function(account, "changed", "def handler(event, context): return 'old'")
    assert invoke(account, "changed", {})[0] == "old"
    account.client("lambda").update_function_code(
        FunctionName="changed", ZipFile=package("def handler(event, context): return 'new'")
    )
    assert invoke(account, "changed", {})[0] == "new"
