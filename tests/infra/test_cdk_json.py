"""cdk.json keeps the CDK's recommended behaviour, and sends nothing home."""

import json
import tarfile
from pathlib import Path

import aws_cdk
import pytest

from infra import context
from tests.infra import cdk_json

# Where Keyturn differs from what the CDK recommends.
CHOSEN = {
    "@aws-cdk/core:target-partitions": ["aws", "aws-cn", "aws-us-gov"],  # the stack is for all of them
    "@aws-cdk/core:enableAdditionalMetadataCollection": False,  # it reports how the constructs are used
    "cli-telemetry": False,  # and this, how the CLI is
}


@pytest.fixture(scope="module")
def recommended() -> dict[str, object]:
    (library,) = Path(aws_cdk.__file__).parent.glob("_jsii/aws-cdk-lib@*.jsii.tgz")
    with tarfile.open(library, "r|gz") as archive:
        for member in archive:
            if member.name == "package/recommended-feature-flags.json":
                content = archive.extractfile(member)
                assert content
                return dict(json.load(content))
    raise AssertionError("aws-cdk-lib has no recommended feature flags any more")


def test_the_feature_flags_are_those_that_this_cdk_recommends(recommended: dict[str, object]) -> None:
    assert cdk_json.feature_flags() == recommended | CHOSEN


def test_the_cli_runs_the_app_and_reports_nothing() -> None:
    written = json.loads(context.CDK_JSON.read_text())

    assert written["app"] == "python app.py"
    assert written["versionReporting"] is False
    assert written["notices"] is False


def test_only_the_settings_are_there_to_be_edited() -> None:
    assert cdk_json.settings()["mode"] == "observe"
    assert all(flag.startswith("@aws-cdk") or flag == "cli-telemetry" for flag in cdk_json.feature_flags())
