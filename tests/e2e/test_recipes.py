"""The recipes in an account: a rotation makes an ECS service deploy anew, and a reader of the events hear of it."""

import json
from collections.abc import Iterator

import pytest

from sandbox.local_aws import Deployment
from tests.e2e.test_rotation import a_user, turn
from tests.e2e.waiting import eventually
from tests.recipes.shop import CLUSTER, SERVICE, synthesized

SECONDS = 20


@pytest.fixture(scope="module")
def shop(stack: Deployment, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """An ECS service, and beside it the recipe's stack."""
    ecs, cloudformation = stack.aws.client("ecs"), stack.aws.client("cloudformation")
    ecs.create_cluster(clusterName=CLUSTER)
    image = {"name": "app", "image": "nothing", "memory": 64}
    ecs.register_task_definition(family=SERVICE, containerDefinitions=[image])
    ecs.create_service(cluster=CLUSTER, serviceName=SERVICE, taskDefinition=SERVICE, desiredCount=0)
    template = synthesized(tmp_path_factory.mktemp("shop"))
    cloudformation.create_stack(
        StackName="Shop", TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_NAMED_IAM"]
    )
    cloudformation.get_waiter("stack_create_complete").wait(StackName="Shop")
    yield stack
    cloudformation.delete_stack(StackName="Shop")
    ecs.delete_service(cluster=CLUSTER, service=SERVICE, force=True)


def deployments(stack: Deployment) -> int:
    (service,) = stack.aws.client("ecs").describe_services(cluster=CLUSTER, services=[SERVICE])["services"]
    return len(service["deployments"])


def test_a_rotation_deploys_the_service_anew(shop: Deployment) -> None:
    a_user(shop, "zoe", age=80)
    turn(shop, "zoe")
    assert deployments(shop) == 1, "another user's key is nothing to this service"
    a_user(shop, "alice", age=80)
    turn(shop, "alice")
    eventually(lambda: deployments(shop) > 1, SECONDS)
