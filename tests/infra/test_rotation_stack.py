"""The stack as a whole: what it tells, and what it leaves to CloudFormation."""

from tests.infra.template import synthesize

# The properties by which a resource is given a name that only one stack in an account could have.
PHYSICAL_NAMES = {
    "AlarmName",
    "DashboardName",
    "FunctionName",
    "KeyName",
    "LogGroupName",
    "ManagedPolicyName",
    "Name",
    "QueueName",
    "RoleName",
    "TopicName",
}


def test_the_outputs_name_what_a_person_works_with() -> None:
    outputs = synthesize().outputs()
    assert "us-east-1" in outputs.pop("ExposedKeysMissing")
    assert outputs == {
        "RotatorFunctionName": "${RotatorFunction}",
        "ResponderFunctionName": "${ResponderFunction}",
        "RotatorRoleArn": "${RotatorRole.Arn}",
        "ResponderFunctionArn": "${ResponderFunction.Arn}",
        "ScheduleName": "${DailySchedule}",
        "ReadOwnSecretPolicyArn": "${VaultReadOwnSecret}",
        "VaultKeyArn": "${VaultKey.Arn}",
        "TopicArn": "${AlertsTopic}",
        "DeadLetterQueueUrl": "${DeadLetters}",
        "EventBusName": "default",
        "DashboardName": "${OverviewDashboard}",
    }


def test_no_resource_has_a_physical_name() -> None:
    template = synthesize()
    # Their FunctionName says whose they are.
    kinds = template.kinds() - {"AWS::Lambda::EventInvokeConfig", "AWS::Lambda::Permission"}

    for kind in kinds:
        for logical_id, properties in template.all(kind).items():
            assert not properties.keys() & PHYSICAL_NAMES, logical_id


def test_there_is_nothing_else_in_the_stack() -> None:
    assert synthesize(alarm_email="ops@example.com").kinds() == {
        "AWS::CloudWatch::Alarm",
        "AWS::CloudWatch::Dashboard",
        "AWS::Events::Rule",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Role",
        "AWS::KMS::Key",
        "AWS::Lambda::EventInvokeConfig",
        "AWS::Lambda::Function",
        "AWS::Lambda::Permission",
        "AWS::Logs::LogGroup",
        "AWS::SNS::Subscription",
        "AWS::SNS::Topic",
        "AWS::SNS::TopicPolicy",
        "AWS::SQS::Queue",
        "AWS::SQS::QueuePolicy",
        "AWS::Scheduler::Schedule",
    }


def test_no_partition_region_or_account_is_written_out() -> None:
    whole = str([synthesize().all(kind) for kind in sorted(synthesize().kinds())])

    assert "arn:aws:" not in whole
    assert "us-east-1" not in whole
