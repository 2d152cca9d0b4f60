"""The member's stack for whole units: a service-managed StackSet, which also takes in accounts that join later."""

import json
from collections.abc import Mapping

from aws_cdk import App, Aws, CfnStackSet
from constructs import Construct

from infra.config import Config
from infra.organization.member_stack import MemberStack

_WITH_NAMED_ROLES = "CAPABILITY_NAMED_IAM"


class MemberStackSet(Construct):
    """Has CloudFormation deploy the member's stack to all accounts of the units, in the hub's region.

    The management account is never among them, whatever unit it is in (CloudFormation, DeploymentTargets).
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, config: Config, external_id: str, parameters: Mapping[str, str]
    ) -> None:
        super().__init__(scope, construct_id)
        CfnStackSet(
            self,
            "StackSet",
            stack_set_name=f"{Aws.STACK_NAME}-members",  # it has to have one
            description="Lets Keyturn rotate the access keys of IAM users in the accounts of an organization",
            permission_model="SERVICE_MANAGED",
            call_as="DELEGATED_ADMIN" if config.delegated_admin else "SELF",
            capabilities=[_WITH_NAMED_ROLES],
            # Who leaves loses the role; the vault's key and the secrets stay, as they do when a stack is deleted.
            auto_deployment=CfnStackSet.AutoDeploymentProperty(enabled=True, retain_stacks_on_account_removal=False),
            managed_execution={"Active": True},
            # An account that refuses the stack keeps it from no other.
            operation_preferences=CfnStackSet.OperationPreferencesProperty(
                failure_tolerance_percentage=100, max_concurrent_percentage=100
            ),
            parameters=[
                CfnStackSet.ParameterProperty(parameter_key=name, parameter_value=value)
                for name, value in parameters.items()
            ],
            stack_instances_group=[
                CfnStackSet.StackInstancesProperty(
                    deployment_targets=CfnStackSet.DeploymentTargetsProperty(
                        organizational_unit_ids=(config.member_units or "").split()
                    ),
                    regions=[Aws.REGION],
                )
            ],
            template_body=self._template(config, external_id),
        )

    def _template(self, config: Config, external_id: str) -> str:
        """Write the template of a member's stack, as `cdk synth` writes it into a file of its own."""
        app = App(context=self.node.get_all_context(), analytics_reporting=False)
        MemberStack(app, "Member", config=config, external_id=external_id)
        return json.dumps(app.synth().get_stack_by_name("Member").template, separators=(",", ":"))
