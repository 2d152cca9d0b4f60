"""How an account becomes a member, by the template and the hub's role, and how it leaves again."""

from sandbox.local_aws import Client


def join(cloudformation: Client, template: str, rotator_role: str) -> None:
    """Deploy a member's template with nothing but CloudFormation."""
    cloudformation.create_stack(
        StackName="KeyturnMember",
        TemplateBody=template,
        Parameters=[{"ParameterKey": "RotatorRoleArn", "ParameterValue": rotator_role}],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName="KeyturnMember", WaiterConfig={"Delay": 1, "MaxAttempts": 60}
    )


def leave(cloudformation: Client) -> None:
    """Delete a member's stack."""
    cloudformation.delete_stack(StackName="KeyturnMember")
    cloudformation.get_waiter("stack_delete_complete").wait(
        StackName="KeyturnMember", WaiterConfig={"Delay": 1, "MaxAttempts": 60}
    )
