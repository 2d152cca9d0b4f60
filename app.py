"""The CDK app: reads cdk.json's settings, composes the stack and checks it against cdk-nag's AwsSolutions rules."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "lambdas"))  # the settings are checked by the Lambda's own code

from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks

from infra import lambda_code
from infra.config import Config
from infra.organization.member_stack import MemberStack
from infra.rotation_stack import RotationStack
from keyturn.settings import InvalidSettings


def main() -> None:
    """Synthesize, or end with one line for each faulty setting."""
    app = App(analytics_reporting=False)
    try:
        config = Config.from_context(app.node.try_get_context("keyturn"))
    except InvalidSettings as invalid:
        sys.exit("\n  ".join(["Faulty settings in the context 'keyturn' (cdk.json or -c keyturn=…):", *invalid.faults]))
    RotationStack(app, "Keyturn", config=config, code=lambda_code.code())
    if config.rotation.external_id:
        MemberStack(app, "KeyturnMember", config=config, external_id=config.rotation.external_id)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    app.synth()


if __name__ == "__main__":
    main()
