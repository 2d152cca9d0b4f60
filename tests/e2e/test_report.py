"""The report of the deployed stack: IAM, the rotator and the logs tell of the same rotation."""

import json
from datetime import timedelta
from pathlib import Path

import fastjsonschema

from sandbox.demo.seeding import work
from sandbox.local_aws import Deployment
from sandbox.places import CHECKOUT
from tests.e2e.test_console import Console
from tests.e2e.test_rotation import a_user, fetched, statuses

SCHEMA = json.loads((CHECKOUT / "schemas" / "report.schema.json").read_text(encoding="utf-8"))


def test_a_rotation_stands_in_the_report_as_iam_and_the_logs_tell_it(stack: Deployment, tmp_path: Path) -> None:
    console, user = Console(stack), "reported"
    old = a_user(stack, user, age=80)
    assert console.run("rotate", user, "--yes").returncode == 0
    new = fetched(stack, user, old)
    work(stack.aws, new)
    stack.aws.clock.move_by(timedelta(days=15))
    assert console.run("rotate", user, "--yes").returncode == 0
    assert statuses(stack, user) == {old.key_id: "Inactive", new.key_id: "Active"}
    stack.aws.clock.move_by(timedelta(hours=1))  # of which the recovery period so far is made, and the rest lies ahead

    ended = console.run("report", "--format", "json", "--full")
    assert ended.returncode in {0, 1}, ended.stderr  # 1 where other tests have left a user that cannot be read
    whole = json.loads(ended.stdout)
    fastjsonschema.compile(SCHEMA)(whole)
    assert [(each["action"], each["outcome"]) for each in whole["done"] if each["user"] == user] == [
        ("CreateKey", "Done"),
        ("DeactivateKey", "Done"),
    ]
    (told,) = [each for each in whole["users"] if each["user"] == user]
    assert {key["id"]: key["status"] for key in told["keys"]} == {old.key_id: "Inactive", new.key_id: "Active"}
    assert [each["stage"] for each in told["keys"][0]["periods"]] == ["Current", "Grace", "Recovery", "Recovery"]
    assert old.secret not in ended.stdout
    assert new.secret not in ended.stdout

    page = tmp_path / "report.html"
    assert console.run("report", "--out", str(page)).returncode in {0, 1}
    text = page.read_text(encoding="utf-8")
    assert user in text
    assert old.key_id not in text
    assert new.secret not in text
