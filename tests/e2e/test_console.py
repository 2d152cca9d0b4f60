"""The command line against the deployed stack: every command, from outside, as an operator types it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sandbox.cdk import account_variables
from sandbox.demo.programs import secret_name
from sandbox.demo.seeding import work
from sandbox.local_aws import Credential, Deployment
from sandbox.places import CDK, CHECKOUT
from tests.e2e.test_rotation import a_user, fetched, statuses

PROGRAM = [sys.executable, "-m", "keyturn_cli.main"]


@dataclass(frozen=True)
class Console:
    """An operator's terminal window; nobody sits at it."""

    stack: Deployment

    @property
    def variables(self) -> dict[str, str]:
        return {
            "PATH": os.pathsep.join([str(CDK.parent), str(Path(sys.executable).parent), os.environ["PATH"]]),
            "PYTHONPATH": os.pathsep.join(str(CHECKOUT / each) for each in ("lambdas", "cli")),
            "HOME": str(self.stack.aws.place),
            **account_variables(self.stack.aws.emulator.endpoint),
            **self.stack.aws.clock.variables(),
        }

    def run(self, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        ended = subprocess.run(
            [*PROGRAM, *arguments],
            env={**self.variables, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert "Traceback" not in ended.stderr
        return ended

    def json(self, *arguments: str) -> dict[str, Any]:
        ended = self.run(*arguments, "-o", "json")
        assert ended.returncode == 0, ended.stderr
        document: dict[str, Any] = json.loads(ended.stdout)
        return document


@pytest.fixture
def console(stack: Deployment) -> Console:
    return Console(stack)


@pytest.fixture
def due(stack: Deployment) -> Credential:
    return a_user(stack, "console-due", age=80)


def lines(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["user"]: each for each in document["users"]}


def test_from_the_plan_to_the_history(console: Console, stack: Deployment, due: Credential, tmp_path: Path) -> None:
    user, path = "console-due", str(tmp_path / "plan.json")
    planned = console.json("plan", user, "--out", path)
    assert (planned["stack"], planned["account"], planned["mode"]) == ("Keyturn", "000000000000", "enforce")
    assert lines(planned)[user]["action"] == "CreateKey"
    assert console.run("plan", user, "--exit-code").returncode == 3
    assert statuses(stack, user) == {due.key_id: "Active"}, "a plan changes nothing"

    assert console.run("rotate", "--plan", path).returncode == 2, "nobody can be asked"
    assert statuses(stack, user) == {due.key_id: "Active"}
    rotated = console.run("rotate", "--plan", path, "--yes")
    assert rotated.returncode == 0, rotated.stderr
    assert due.key_id not in rotated.stdout
    assert len(statuses(stack, user)) == 2
    again = console.run("rotate", "--plan", path, "--yes")
    assert again.returncode == 1
    assert "the plan is stale" in again.stderr
    assert len(statuses(stack, user)) == 2

    told = lines(console.json("status", user))[user]
    assert (told["stage"], told["who"]) == ("Grace", "nobody: time")
    new = fetched(stack, user, due)
    work(stack.aws, new)
    stack.aws.clock.move_by(timedelta(days=15))
    assert console.run("rotate", user, "--yes").returncode == 0
    assert statuses(stack, user) == {due.key_id: "Inactive", new.key_id: "Active"}
    assert console.run("rollback", user).returncode == 0
    assert statuses(stack, user) == {due.key_id: "Active", new.key_id: "Active"}

    history = console.json("history", user)["entries"]
    done = [each["action"] for each in history if each.get("outcome") == "Done"]
    assert done == ["CreateKey", "DeactivateKey", "ReactivateKey"]
    versions = [each for each in history if each["source"] == "secret"]
    assert len(versions) == 2
    assert new.secret not in json.dumps(history)
    shown = console.run("history", user, "--full").stdout
    assert new.key_id in shown
    assert new.secret not in shown


def test_a_blocked_user_is_unblocked_by_the_command_that_status_gives(console: Console, stack: Deployment) -> None:
    user = "console-blocked"
    old = a_user(stack, user, age=80)
    assert console.run("rotate", user, "--yes").returncode == 0
    secrets = stack.aws.client("secretsmanager")
    secrets.delete_secret(SecretId=secret_name(user))
    held = console.run("status", user, "--exit-code", "--full", "-o", "json")
    assert held.returncode == 3
    line = lines(json.loads(held.stdout))[user]
    assert (line["reason"], line["who"]) == ("SecretScheduledForDeletion", "platform")
    assert "aws secretsmanager restore-secret" in console.run("status", user).stdout
    ended = subprocess.run(["bash", "-c", line["command"]], env=console.variables, capture_output=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert lines(console.json("status", user))[user]["reason"] == "GraceRunning"

    versions = secrets.describe_secret(SecretId=secret_name(user))["VersionIdsToStages"]
    (current,) = (version for version, stages in versions.items() if "AWSCURRENT" in stages)
    (intent,) = (version for version in versions if version != current)
    secrets.update_secret_version_stage(
        SecretId=secret_name(user), VersionStage="AWSCURRENT", MoveToVersionId=intent, RemoveFromVersionId=current
    )
    stack.aws.clock.move_by(timedelta(hours=1))
    line = lines(console.json("status", user, "--full"))[user]
    assert line["reason"] == "CurrentMovedBack"
    ended = subprocess.run(["bash", "-c", line["command"]], env=console.variables, capture_output=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert lines(console.json("status", user))[user]["reason"] == "GraceRunning"
    assert old.key_id in statuses(stack, user)


def test_what_the_rotator_refuses_is_one_line(console: Console) -> None:
    ended = console.run("rotate", "nobody-at-all", "--yes")
    assert (ended.returncode, ended.stdout, ended.stderr.count("keyturn: ")) == (1, "", ended.stderr.count("\n"))
    assert "'nobody-at-all' is not an IAM user of this account" in ended.stderr
    assert "nothing is known of user" in console.run("history", "nobody-at-all").stderr


def test_a_stack_is_found_by_name_and_by_its_tag(console: Console, stack: Deployment) -> None:
    missing = console.run("plan", "--stack", "Other")
    assert (missing.returncode, missing.stderr.count("\n")) == (1, 1)
    assert "there is no stack Other in region us-east-1" in missing.stderr
    formation = stack.aws.client("cloudformation")
    (tags,) = (each["Tags"] for each in formation.describe_stacks()["Stacks"] if each["StackName"] == "Keyturn")
    assert {"Key": "keyturn:stack", "Value": "rotation"} in tags
    elsewhere = console.run("plan", "--region", "eu-west-1")
    assert elsewhere.returncode == 1
    assert "in region eu-west-1" in elsewhere.stderr
    bootstrap = console.run("plan", KEYTURN_STACK="CDKToolkit")
    assert "is no deployment of Keyturn" in bootstrap.stderr


def test_the_doctor_finds_a_deployment_well_and_tells_what_is_not(console: Console, stack: Deployment) -> None:
    def found(*arguments: str) -> dict[str, list[dict[str, Any]]]:
        rows = json.loads(console.run("doctor", "-o", "json", *arguments).stdout)["findings"]
        return {row["check"]: [each for each in rows if each["check"] == row["check"]] for row in rows}

    stack.invoke({"action": "rotate"})
    well = found()
    for check in ("stack", "rotator", "responder", "mode", "last good run", "permissions", "KMS key", "Node", "CDK"):
        assert [each["state"] for each in well[check]] == ["ok"], well[check]
    assert well["schedule"][0]["state"] == "fail", "the tests have turned it off"

    iam, names = stack.aws.client("iam"), stack.outputs
    role = stack.aws.client("lambda").get_function_configuration(FunctionName=names["RotatorFunctionName"])["Role"]
    role = role.rsplit("/", 1)[-1]
    policy = {"Statement": [{"Effect": "Allow", "Action": "iam:CreateUser", "Resource": "*"}]}
    iam.put_role_policy(RoleName=role, PolicyName="by-hand", PolicyDocument=json.dumps(policy))
    kms = stack.aws.client("kms")
    kms.disable_key(KeyId=names["VaultKeyArn"])
    stack.aws.client("sqs").send_message(QueueUrl=names["DeadLetterQueueUrl"], MessageBody="{}")
    try:
        ill = found()
        assert [each["state"] for each in ill["permissions"]] == ["fail"]
        assert "by-hand, which was not deployed" in ill["permissions"][0]["message"]
        assert ill["KMS key"][0]["do"] == f"aws kms enable-key --key-id {names['VaultKeyArn']}"
        assert ill["dead letters"][0]["state"] == "fail"
        assert all(each["do"] for rows in ill.values() for each in rows if each["state"] != "ok")
        assert console.run("doctor").returncode == 1
    finally:
        iam.delete_role_policy(RoleName=role, PolicyName="by-hand")
        kms.enable_key(KeyId=names["VaultKeyArn"])
        stack.aws.client("sqs").purge_queue(QueueUrl=names["DeadLetterQueueUrl"])
    assert [each["state"] for each in found()["permissions"]] == ["ok"]


def canaries(stack: Deployment) -> tuple[list[str], list[str]]:
    users = stack.aws.client("iam").list_users(PathPrefix="/keyturn-verify/")["Users"]
    secrets = stack.aws.client("secretsmanager").list_secrets()["SecretList"]
    return [each["UserName"] for each in users], [each["Name"] for each in secrets if "keyturn-verify" in each["Name"]]


def test_verify_tries_a_rotation_and_leaves_nothing(console: Console, stack: Deployment) -> None:
    ended = console.run("verify", "--yes", "-o", "json")
    assert ended.returncode == 0, ended.stdout
    assert "This will" in ended.stderr
    document = json.loads(ended.stdout)
    assert [each["check"] for each in document["checks"]] == [
        "rotation",
        "keys",
        "secret",
        "labels",
        "credential",
        "events",
    ]
    assert document["good"]
    assert canaries(stack) == ([], [])
    assert console.run("verify").returncode == 2, "nobody can be asked"


@contextmanager
def disabled(stack: Deployment) -> Iterator[None]:
    kms = stack.aws.client("kms")
    kms.disable_key(KeyId=stack.outputs["VaultKeyArn"])
    try:
        yield
    finally:
        kms.enable_key(KeyId=stack.outputs["VaultKeyArn"])


def test_a_failed_trial_leaves_nothing_either(console: Console, stack: Deployment) -> None:
    with disabled(stack):
        ended = console.run("verify", "--yes", "-o", "json")
    assert ended.returncode == 1
    assert [each["state"] for each in json.loads(ended.stdout)["checks"]] == ["fail"]
    assert canaries(stack) == ([], [])


@pytest.mark.parametrize("ended_by", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_trial_leaves_nothing_either(
    console: Console, stack: Deployment, ended_by: signal.Signals
) -> None:
    with subprocess.Popen(
        [*PROGRAM, "verify", "--yes"], env=console.variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        until = time.monotonic() + 60
        while not canaries(stack)[0] and time.monotonic() < until:
            time.sleep(0.02)
        process.send_signal(ended_by)
        _, err = process.communicate(timeout=120)
    assert process.returncode == 128 + ended_by
    assert "removed" in err
    assert "Traceback" not in err
    assert canaries(stack) == ([], [])


def test_in_mode_observe_nothing_is_rotated_or_verified(console: Console, stack: Deployment) -> None:
    """Judged by the mode in the function's environment, which is put back as it was."""
    old = a_user(stack, "console-observed", age=80)
    client, name = stack.aws.client("lambda"), stack.outputs["RotatorFunctionName"]
    variables = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    observing = {"Variables": {**variables, "KEYTURN_MODE": "observe"}}
    client.update_function_configuration(FunctionName=name, Environment=observing)
    try:
        verified = console.run("verify", "--yes")
        rotated = console.run("rotate", "console-observed", "--yes")
    finally:
        client.update_function_configuration(FunctionName=name, Environment={"Variables": variables})
    assert (verified.returncode, verified.stdout, verified.stderr.count("\n")) == (1, "", 1)
    assert "mode observe" in verified.stderr
    assert canaries(stack) == ([], [])
    assert rotated.returncode == 1
    assert '"mode": "enforce"' in rotated.stderr
    assert statuses(stack, "console-observed") == {old.key_id: "Active"}
