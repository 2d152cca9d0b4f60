"""The deployed rotator turns real keys: from the first run in observe mode to the deletion of the last predecessor."""

import json
import re
from datetime import timedelta
from typing import Any

from sandbox.demo.programs import secret_name
from sandbox.demo.seeding import WORK, work
from sandbox.local_aws import Credential, Deployment
from sandbox.runs import DailyRuns
from tests.e2e.conftest import Observed, set_schedule
from tests.e2e.functions import acting_as
from tests.e2e.refusals import refused


def a_user(stack: Deployment, name: str, *, age: int) -> Credential:
    """Create a user that may work and read its own secret, with one key of some days."""
    iam = stack.aws.client("iam")
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="work", PolicyDocument=json.dumps({"Statement": [WORK]}))
    iam.attach_user_policy(UserName=name, PolicyArn=stack.outputs["ReadOwnSecretPolicyArn"])
    created = iam.create_access_key(UserName=name)["AccessKey"]
    stack.aws.clock.move_by(timedelta(days=age))
    return Credential(created["AccessKeyId"], created["SecretAccessKey"])


def turn(stack: Deployment, user: str, action: str = "rotate") -> dict[str, Any]:
    """Let the rotator look at one user, and give what became of it."""
    report = stack.invoke({"action": action, "users": [user]})
    assert report["status"] == "OK"
    (line,) = report["users"]
    found: dict[str, Any] = line
    return found


def fetched(stack: Deployment, user: str, credential: Credential) -> Credential:
    """Read a user's secret as that user."""
    secrets = stack.aws.client("secretsmanager", credential)
    value = json.loads(secrets.get_secret_value(SecretId=secret_name(user))["SecretString"])
    assert value["Version"] == 1
    assert value["UserName"] == user
    return Credential(value["AccessKeyId"], value["SecretAccessKey"])


def statuses(stack: Deployment, user: str) -> dict[str, str]:
    keys = stack.aws.client("iam").list_access_keys(UserName=user)["AccessKeyMetadata"]
    return {key["AccessKeyId"]: key["Status"] for key in keys}


def identity(stack: Deployment, credential: Credential) -> str:
    arn: str = stack.aws.new_client("sts", credential).get_caller_identity()["Arn"]
    return arn


def test_a_fresh_deployment_says_what_it_would_do_and_changes_nothing(observed: Observed) -> None:
    assert observed.report["mode"] == "observe"
    (line,) = observed.report["users"]
    assert (line["user"], line["action"], line["outcome"]) == ("watched", "CreateKey", "Planned")
    assert observed.after == observed.before
    assert observed.secrets == []


def test_a_key_lives_its_whole_life(stack: Deployment) -> None:
    clock = stack.aws.clock
    old = a_user(stack, "alice", age=80)
    work(stack.aws, old)
    assert turn(stack, "alice")["action"] == "CreateKey"
    new = fetched(stack, "alice", old)
    assert new.key_id != old.key_id
    assert statuses(stack, "alice") == {old.key_id: "Active", new.key_id: "Active"}
    for each in (old, new):
        assert identity(stack, each).endswith(":user/alice")

    clock.move_by(timedelta(days=7))
    work(stack.aws, new)
    waiting = turn(stack, "alice")
    assert (waiting["action"], waiting["reason"]) == ("Hold", "GraceRunning")
    clock.move_by(timedelta(days=7, hours=1))
    assert turn(stack, "alice")["action"] == "DeactivateKey"
    assert statuses(stack, "alice") == {old.key_id: "Inactive", new.key_id: "Active"}
    with refused("InvalidClientTokenId"):
        identity(stack, old)
    assert identity(stack, new).endswith(":user/alice")

    clock.move_by(timedelta(days=29))
    assert turn(stack, "alice")["reason"] == "RecoveryRunning"
    clock.move_by(timedelta(days=1, hours=1))
    assert turn(stack, "alice")["action"] == "DeleteKey"
    assert statuses(stack, "alice") == {new.key_id: "Active"}
    described = stack.aws.client("secretsmanager").describe_secret(SecretId=secret_name("alice"))
    labels = {label for each in described["VersionIdsToStages"].values() for label in each}
    assert labels >= {"AWSCURRENT", "AWSPENDING", new.key_id}
    assert not [label for label in labels if old.key_id in label], "nothing is left of the deleted key"
    work(stack.aws, fetched(stack, "alice", new))


def test_a_deactivated_key_comes_back_on_request(stack: Deployment) -> None:
    old = a_user(stack, "bob", age=80)
    turn(stack, "bob")
    work(stack.aws, fetched(stack, "bob", old))
    stack.aws.clock.move_by(timedelta(days=15))
    assert turn(stack, "bob")["action"] == "DeactivateKey"
    assert turn(stack, "bob", action="rollback")["action"] == "ReactivateKey"
    assert identity(stack, old).endswith(":user/bob")
    assert turn(stack, "bob")["reason"] == "GraceRunning", "and a new grace period begins"


def test_a_user_reads_its_own_secret_and_not_its_peer_s(stack: Deployment) -> None:
    carol, dave = a_user(stack, "carol,eu", age=0), a_user(stack, "dave", age=80)
    for user in ("carol,eu", "dave"):
        turn(stack, user)
    assert fetched(stack, "carol,eu", carol)
    assert fetched(stack, "dave", dave)
    with refused("AccessDeniedException"):
        fetched(stack, "dave", carol)
    with refused("AccessDeniedException"):
        stack.aws.client("secretsmanager", carol).list_secrets()


def test_the_rotator_s_role_reads_no_secret_and_touches_no_other(stack: Deployment) -> None:
    secrets = stack.aws.client("secretsmanager")
    secrets.create_secret(Name="keyturn/erin/access-key", SecretString="value")
    secrets.create_secret(Name="others/access-key", SecretString="value")
    outcome = acting_as(stack, stack.outputs["RotatorFunctionName"])
    own, other = "keyturn/erin/access-key", "others/access-key"
    assert outcome("secretsmanager", "describe_secret", SecretId=own) == "allowed"
    denied: list[tuple[str, str, dict[str, object]]] = [
        ("secretsmanager", "get_secret_value", {"SecretId": own}),
        ("secretsmanager", "describe_secret", {"SecretId": other}),
        ("secretsmanager", "put_secret_value", {"SecretId": other, "SecretString": "value"}),
        ("secretsmanager", "delete_secret", {"SecretId": own, "ForceDeleteWithoutRecovery": True}),
        ("secretsmanager", "delete_secret", {"SecretId": own, "RecoveryWindowInDays": 7}),
        ("iam", "create_user", {"UserName": "mallory"}),
        ("iam", "attach_user_policy", {"UserName": "watched", "PolicyArn": stack.outputs["ReadOwnSecretPolicyArn"]}),
    ]
    for service, call, parameters in denied:
        assert outcome(service, call, **parameters).startswith("AccessDenied")


def test_the_schedule_runs_the_rotator_by_itself(stack: Deployment) -> None:
    a_user(stack, "frank", age=80)
    runs, now = DailyRuns(stack), stack.aws.clock.now()
    set_schedule(stack, "ENABLED")  # it is overdue, so it fires at once
    run = runs.ended(now)
    assert runs.next().report["status"] == "OK"
    set_schedule(stack, "DISABLED")
    assert run.report["status"] == "OK"
    (line,) = [each for each in run.turns if each["user"] == "frank"]
    assert (line["action"], line["outcome"]) == ("CreateKey", "Done")
    assert len(statuses(stack, "frank")) == 2


def test_no_log_of_the_stack_shows_a_secret(stack: Deployment) -> None:
    old = a_user(stack, "grace", age=80)
    turn(stack, "grace")
    new = fetched(stack, "grace", old)
    logs = stack.aws.client("logs")
    groups = [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]]
    pages = [page for group in groups for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group)]
    text = "\n".join(event["message"] for page in pages for event in page["events"])
    assert new.key_id in text
    assert not re.search(re.escape(new.secret), text)
