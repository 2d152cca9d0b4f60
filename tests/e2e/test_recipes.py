"""The recipes in an account where keys are rotated: what each page says is done there, as far as there is a there."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from sandbox.cdk import account_variables
from sandbox.demo.programs import secret_name
from sandbox.demo.seeding import work
from sandbox.local_aws import Credential, Deployment
from tests.e2e.functions import create_function, log_lines
from tests.e2e.test_rotation import a_user, fetched, identity, turn
from tests.e2e.waiting import eventually
from tests.fakes.ses import smtp_password
from tests.recipes.agent import TOKEN, agent
from tests.recipes.github import Runner
from tests.recipes.pages import blocks
from tests.recipes.shop import CLUSTER, SERVICE, synthesized

SECONDS = 20


@pytest.fixture(scope="module")
def shop(stack: Deployment, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """An ECS service that needs no container, and beside it the recipe's stack."""
    ecs, cloudformation = stack.aws.client("ecs"), stack.aws.client("cloudformation")
    ecs.create_cluster(clusterName=CLUSTER)
    container = {"name": "app", "image": "nothing", "memory": 64}
    ecs.register_task_definition(family=SERVICE, containerDefinitions=[container])
    ecs.create_service(cluster=CLUSTER, serviceName=SERVICE, taskDefinition=SERVICE, desiredCount=0)
    template = json.dumps(synthesized(tmp_path_factory.mktemp("shop"), secret_name("wanda")))
    cloudformation.create_stack(StackName="Shop", TemplateBody=template, Capabilities=["CAPABILITY_NAMED_IAM"])
    cloudformation.get_waiter("stack_create_complete").wait(StackName="Shop")
    yield stack
    cloudformation.delete_stack(StackName="Shop")
    ecs.delete_service(cluster=CLUSTER, service=SERVICE, force=True)


def deployment(stack: Deployment) -> str:
    """The service's deployment that is wanted now."""
    (service,) = stack.aws.client("ecs").describe_services(cluster=CLUSTER, services=[SERVICE])["services"]
    (primary,) = [each["id"] for each in service["deployments"] if each["status"] == "PRIMARY"]
    return str(primary)


def test_a_new_key_deploys_its_service_anew_and_another_user_s_does_not(shop: Deployment) -> None:
    first = deployment(shop)
    a_user(shop, "walter", age=80)
    turn(shop, "walter")
    machine = shop.aws.client("stepfunctions").list_state_machines()["stateMachines"][0]["stateMachineArn"]
    assert shop.aws.client("stepfunctions").list_executions(stateMachineArn=machine)["executions"] == []
    assert deployment(shop) == first
    a_user(shop, "wanda", age=80)
    turn(shop, "wanda")
    eventually(lambda: deployment(shop) != first, SECONDS)


def test_a_function_hears_of_a_new_key_from_both_and_logs_no_secret(stack: Deployment) -> None:
    (source,), patterns = blocks("react", "python"), blocks("react", "json")
    arn = create_function(stack.aws, "reacting", source, Timeout=30)
    stack.aws.client("iam").put_role_policy(
        RoleName="reacting",
        PolicyName="read",
        PolicyDocument=json.dumps(
            {
                "Statement": {
                    "Effect": "Allow",
                    "Action": ["secretsmanager:GetSecretValue", "kms:Decrypt"],
                    "Resource": "*",
                }
            }
        ),
    )
    for number, pattern in enumerate(patterns):
        listen(stack, f"reacting-{number}", pattern.replace("alice", "xenia"), arn)
    first = a_user(stack, "xenia", age=80)
    line = turn(stack, "xenia")
    said = f"access key {line['key']} of user xenia is current"
    # Once more where the event of the intent is so late that the function finds the key already.
    eventually(lambda: sum(said in each for each in log_lines(stack.aws, "reacting")) >= len(patterns), SECONDS)
    log = "".join(log_lines(stack.aws, "reacting"))
    assert fetched(stack, "xenia", first).secret not in log
    assert "Traceback" not in log, "the intent before the first key troubles nobody"


def listen(stack: Deployment, name: str, pattern: str, function: str) -> None:
    events = stack.aws.client("events")
    rule = events.put_rule(Name=name, EventPattern=pattern)["RuleArn"]
    stack.aws.client("lambda").add_permission(
        FunctionName=function,
        StatementId=name,
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
        SourceArn=rule,
    )
    events.put_targets(Rule=name, Targets=[{"Id": "function", "Arn": function}])


def test_the_agent_s_cache_outlives_the_key_and_no_call_fails(stack: Deployment, tmp_path: Path) -> None:
    old = a_user(stack, "yara", age=80)
    turn(stack, "yara")
    secrets = stack.aws.client("secretsmanager")
    with agent(lambda secret: str(secrets.get_secret_value(SecretId=secret)["SecretString"])) as server:
        signed = signing_by(server.url, tmp_path)

        def act(session: boto3.Session) -> str:
            return identity(stack, credential_of(session))

        assert signed(act, secret_name("yara"), "us-east-1").endswith(":user/yara")
        second = turn_again(stack, "yara", old)
        stack.aws.client("iam").update_access_key(UserName="yara", AccessKeyId=second.key_id, Status="Inactive")
        assert server.reads == 1
        assert signed(act, secret_name("yara"), "us-east-1").endswith(":user/yara")
        assert server.reads == 2


def turn_again(stack: Deployment, user: str, old: Credential) -> Credential:
    """Rotate once more, with the first key out of the way; give the key that was current before."""
    second = fetched(stack, user, old)
    stack.aws.client("iam").delete_access_key(UserName=user, AccessKeyId=old.key_id)
    report = stack.invoke({"action": "rotate", "users": [user], "force": True})
    assert report["users"][0]["action"] == "CreateKey", report
    return second


def signing_by(url: str, place: Path) -> Callable[..., str]:
    """The page's own function, with the stand-in's address and token."""
    (place / "token").write_text(f"{TOKEN}\n", encoding="utf-8")
    (lines,) = blocks("secrets-manager-agent", "python")
    names: dict[str, Any] = {}
    exec(lines, names)  # noqa: S102 - what the page says is what is tried
    names["AGENT"], names["TOKEN"] = url, place / "token"
    signed: Callable[..., str] = names["signed"]
    return signed


def credential_of(session: boto3.Session) -> Credential:
    # The sandbox's clock is far ahead, and its own clients know by how much.
    credentials = session.get_credentials()
    assert credentials is not None
    frozen = credentials.get_frozen_credentials()
    return Credential(str(frozen.access_key), str(frozen.secret_key))


def test_github_is_given_the_key_of_each_rotation(stack: Deployment, tmp_path: Path) -> None:
    variables = {**account_variables(stack.aws.emulator.endpoint), **stack.aws.clock.variables()}
    machine = Runner(tmp_path, variables)
    asked = ("--secret", secret_name("zoe"), "--region", "us-east-1", "--repo", "example/shop")

    def handed_on() -> Credential:
        done = machine.run(*asked)
        assert done.returncode == 0, done.stderr
        key_id, secret = (call["given"] for call in machine.noted[-2:])
        assert secret not in done.stdout + done.stderr
        work(stack.aws, Credential(key_id, secret))
        return Credential(key_id, secret)

    old = a_user(stack, "zoe", age=80)
    turn(stack, "zoe")
    first = handed_on()
    turn_again(stack, "zoe", old)
    assert handed_on().key_id not in {old.key_id, first.key_id}


def test_a_tagged_user_s_smtp_password_is_that_of_its_new_key(stack: Deployment) -> None:
    old = a_user(stack, "quirin", age=80)
    stack.aws.client("iam").tag_user(UserName="quirin", Tags=[{"Key": "keyturn:ses-smtp", "Value": "eu-west-1"}])
    turn(stack, "quirin")
    secrets = stack.aws.client("secretsmanager", old)
    value = json.loads(secrets.get_secret_value(SecretId=secret_name("quirin"))["SecretString"])
    assert identity(stack, Credential(value["AccessKeyId"], value["SecretAccessKey"])).endswith(":user/quirin")
    assert value["SesSmtpPassword"] == smtp_password(value["SecretAccessKey"], "eu-west-1")


def test_a_tag_that_is_no_region_holds_its_user(stack: Deployment) -> None:
    a_user(stack, "recipe-rosa", age=80)
    stack.aws.client("iam").tag_user(UserName="recipe-rosa", Tags=[{"Key": "keyturn:ses-smtp", "Value": "europe"}])
    line = turn(stack, "recipe-rosa")
    assert (line["action"], line["reason"]) == ("Hold", "InvalidTag")
    assert "tag keyturn:ses-smtp is 'europe': allowed is a region of AWS such as eu-west-1" in line["message"]
