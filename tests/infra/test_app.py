"""The app as the CDK CLI runs it: with every rule checked, or ended by a short message."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.bundle import ROOT
from tests.infra import cdk_json


def synth(out: Path, keyturn: object) -> "subprocess.CompletedProcess[str]":
    """Run app.py by hand, as it is run without the Makefile: nothing of ours is on the path."""
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
    environment |= {
        # Node is the wheel beside this Python; an older one on the machine would add its own warnings.
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "CDK_OUTDIR": str(out),
        "CDK_CONTEXT_JSON": json.dumps({**cdk_json.feature_flags(), "keyturn": keyturn}),
    }
    command = [sys.executable, str(ROOT / "app.py")]
    return subprocess.run(command, env=environment, cwd=out, check=False, capture_output=True, text=True)


@pytest.mark.parametrize("keyturn", [cdk_json.settings(), '{"opt_in": true, "user_path": "/services/"}'], ids=type)
def test_the_stack_is_synthesized_with_its_bundle_and_no_rule_is_broken(tmp_path: Path, keyturn: object) -> None:
    done = synth(tmp_path, keyturn)

    assert done.returncode == 0, done.stderr
    (bundled,) = tmp_path.glob("asset.*/keyturn/settings.py")
    assert bundled.read_bytes() == (ROOT / "lambdas/keyturn/settings.py").read_bytes()
    # A rule pack that finds nothing reports nothing; that it looks is shown by the last test below.
    assert json.loads((tmp_path / "validation-report.json").read_text())["pluginReports"] == []


def test_every_acknowledged_rule_has_its_reason(tmp_path: Path) -> None:
    synth(tmp_path, cdk_json.settings())
    metadata = json.loads((tmp_path / "Keyturn.metadata.json").read_text())
    acknowledged = str([each for each in metadata.values() if "AwsSolutions-" in str(each)])

    assert "AwsSolutions-IAM5[Resource::*]" in acknowledged
    assert "ShortlistUsers: IAM has no resources for these actions" in acknowledged


@pytest.mark.parametrize("as_text", [False, True])
def test_faulty_settings_end_the_synth_with_a_line_each(tmp_path: Path, as_text: bool) -> None:  # noqa: FBT001 - a case
    block = {"mode": "act", "shedule": "rate(1 day)"}
    done = synth(tmp_path, json.dumps(block) if as_text else block)

    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "Faulty settings in the context 'keyturn' (cdk.json or -c keyturn=…):",
        "  'shedule' is not a setting: did you mean schedule?",
        "  mode is 'act': allowed is one of observe, enforce",
    ]
    assert not list(tmp_path.glob("*.template.json"))


def test_a_finding_of_cdk_nag_ends_the_synth(tmp_path: Path) -> None:
    """Synthesize the stack with one more queue, which lets clear text in."""
    (tmp_path / "unsafe.py").write_text(
        "import app\n"
        "from aws_cdk import aws_sqs as sqs\n"
        "class Unsafe(app.RotationStack):\n"
        "    def __init__(self, *arguments, **settings):\n"
        "        super().__init__(*arguments, **settings)\n"
        "        sqs.Queue(self, 'Unsafe')\n"
        "app.RotationStack = Unsafe\n"
        "app.main()\n"
    )
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "CDK_OUTDIR": str(tmp_path / "out"),
        "CDK_CONTEXT_JSON": json.dumps({**cdk_json.feature_flags(), "aws:cdk:bundling-stacks": []}),
    }
    done = subprocess.run(
        [sys.executable, "unsafe.py"], env=environment, cwd=tmp_path, check=False, capture_output=True, text=True
    )

    assert done.returncode != 0
    assert "AwsSolutions-SQS4" in done.stdout + done.stderr
