"""The rotator runs as the code expects to be run, and a run that fails leaves a trace."""

import dataclasses

from infra import bundle
from keyturn.settings import Settings
from tests.infra.template import Properties, Template, synthesize


def variables(template: Template) -> dict[str, str]:
    return dict(template.all("AWS::Lambda::Function")["RotatorFunction"]["Environment"]["Variables"])


def function() -> Properties:
    return synthesize().all("AWS::Lambda::Function")["RotatorFunction"]


def test_the_environment_holds_every_setting_and_nothing_unknown() -> None:
    members = {"external_id": "an-external-id", "accounts": {"444455556666": {"mode": "observe"}}}
    everything = synthesize(notify_from="keyturn@example.com", **members)
    ours = {name for name in variables(everything) if name.startswith("KEYTURN_")}

    assert ours == {f"KEYTURN_{each.name.upper()}" for each in dataclasses.fields(Settings)}


def test_the_lambda_reads_back_what_was_configured() -> None:
    chosen = {
        "mode": "enforce",
        "max_age_days": 60,
        "grace_days": 7,
        "recovery_days": 14,
        "in_use_at_deadline": "deactivate",
        "opt_in": True,
        "user_path": "/services/",
        "secret_prefix": "keys/",
    }
    environment = variables(synthesize(**chosen))
    # What only the deployed stack knows stands for itself here.
    environment |= {
        "KEYTURN_KMS_KEY_ID": "arn:aws:kms:eu-west-1:111122223333:key/fake",
        "KEYTURN_TOPIC_ARN": "arn:aws:sns:eu-west-1:111122223333:fake",
    }
    settings = Settings.from_environment(environment)

    assert {name: getattr(settings, name) for name in chosen} == chosen
    assert settings.event_bus == "default"


def test_what_the_stack_creates_is_told_to_the_function() -> None:
    environment = variables(synthesize())

    assert environment["KEYTURN_KMS_KEY_ID"] == "${VaultKey.Arn}"
    assert environment["KEYTURN_TOPIC_ARN"] == "${AlertsTopic}"


def test_a_fresh_deployment_observes_and_enforce_is_asked_for() -> None:
    assert variables(synthesize())["KEYTURN_MODE"] == "observe"
    assert variables(synthesize(mode="enforce"))["KEYTURN_MODE"] == "enforce"


def test_metrics_go_where_the_alarms_look() -> None:
    template = synthesize()
    metrics = [each for each in template.all("AWS::CloudWatch::Alarm").values() if each["Namespace"] == "Keyturn"]
    environment = variables(template)

    assert len(metrics) == 6
    for metric in metrics:
        assert metric["Namespace"] == environment["POWERTOOLS_METRICS_NAMESPACE"]
        assert metric["Dimensions"] == [{"Name": "service", "Value": environment["POWERTOOLS_SERVICE_NAME"]}]


def test_it_runs_the_rotator_on_the_runtime_that_the_bundle_is_for() -> None:
    assert function()["Handler"] == "keyturn.rotate.handler"
    assert function()["Runtime"] == f"python{bundle.PYTHON}"
    assert function()["Architectures"] == ["arm64"]
    assert function()["MemorySize"] == 512
    assert function()["Timeout"] == 900


def test_it_is_traced_by_lambda_and_logs_to_a_group_of_its_own() -> None:
    template = synthesize(log_retention_days=90)
    logs = template.whole("RotatorLogs")

    assert function()["TracingConfig"] == {"Mode": "Active"}
    assert function()["LoggingConfig"] == {"LogGroup": "${RotatorLogs}"}
    assert logs["Properties"]["RetentionInDays"] == 90
    assert logs["DeletionPolicy"] == "Retain"
    assert template.all("AWS::Logs::LogGroup").keys() == {"RotatorLogs", "ResponderLogs"}


def test_no_concurrency_is_reserved() -> None:
    # A person who invokes the function during a run would be refused; the lock is in each user's secret.
    assert "ReservedConcurrentExecutions" not in function()


def test_lambda_runs_nothing_twice_by_itself_and_keeps_what_failed() -> None:
    asynchronous = synthesize().all("AWS::Lambda::EventInvokeConfig")["RotatorFunctionEventInvokeConfig"]

    assert asynchronous["FunctionName"] == "${RotatorFunction}"
    assert asynchronous["MaximumRetryAttempts"] == 0
    assert asynchronous["MaximumEventAgeInSeconds"] == 3600
    assert asynchronous["DestinationConfig"] == {"OnFailure": {"Destination": "${DeadLetters.Arn}"}}


def test_dead_letters_are_encrypted_kept_for_two_weeks_and_travel_by_tls() -> None:
    template = synthesize()
    queue = template.one("AWS::SQS::Queue")
    refused, _admitted = template.one("AWS::SQS::QueuePolicy")["PolicyDocument"]["Statement"]

    assert queue["SqsManagedSseEnabled"] is True
    assert queue["MessageRetentionPeriod"] == 14 * 86_400
    assert (refused["Effect"], refused["Action"]) == ("Deny", "sqs:*")
    assert refused["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_nothing_but_the_schedules_role_and_an_alarm_is_let_in_to_invoke_it() -> None:
    # The schedule invokes by its role.
    permissions = synthesize().all("AWS::Lambda::Permission").values()
    doors = [each["Principal"] for each in permissions if each["FunctionName"] == "${RotatorFunction.Arn}"]

    assert doors == ["lambda.alarms.cloudwatch.amazonaws.com"]
    assert "AWS::Lambda::Url" not in synthesize().kinds()
