"""The stack of the ECS recipe's page, synthesized as it stands there."""

import json
from pathlib import Path
from typing import Any, Final

from aws_cdk import App, Stack, Validations
from cdk_nag import AwsSolutionsChecks

from infra.recipes.redeploy_service import RedeployService
from tests.infra import cdk_json
from tests.recipes.pages import blocks

SECRET: Final = "keyturn/alice/access-key"
CLUSTER: Final = "shop"
SERVICE: Final = "checkout"


def synthesized(out: Path, secret_name: str = SECRET) -> dict[str, Any]:
    """The template, perhaps for another secret; a rule of cdk-nag that does not agree ends the synthesis."""
    (lines,) = blocks("ecs", "python")
    names: dict[str, Any] = {"Stack": Stack, "RedeployService": RedeployService}
    exec(lines.replace(SECRET, secret_name), names)  # noqa: S102 - what the page says is what is tried
    app = App(outdir=str(out), context=cdk_json.feature_flags(), analytics_reporting=False)
    names["Shop"](app, "Shop")
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    app.synth()
    template: dict[str, Any] = json.loads((out / "Shop.template.json").read_text(encoding="utf-8"))
    return template
