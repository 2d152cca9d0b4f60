"""How an account becomes a member, by the template and the hub's role, and how it leaves again."""

from sandbox.local_aws import Client


def join(cloudformation: Client, template: str, rotator_role: str, **parameters: str) -> dict[str, str]:
    """Deploy a member's template with nothing but CloudFormation, and answer its outputs."""
    cloudformation.create_stack(
        StackName="KeyturnMember",
        TemplateBody=template,
        Parameters=[
            {"ParameterKey": name, "ParameterValue": value}
            for name, value in {"RotatorRoleArn": rotator_role, **parameters}.items()
        ],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName="KeyturnMember", WaiterConfig={"Delay": 1, "MaxAttempts": 60}
    )
    (stack,) = cloudformation.describe_stacks(StackName="KeyturnMember")["Stacks"]
    return {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}


def leave(cloudformation: Client) -> None:
    """Delete a member's stack."""
    cloudformation.delete_stack(StackName="KeyturnMember")
    cloudformation.get_waiter("stack_delete_complete").wait(
        StackName="KeyturnMember", WaiterConfig={"Delay": 1, "MaxAttempts": 60}
    )
