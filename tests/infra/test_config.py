"""A wrong setting is named with its value and what is allowed, all of them at once, before anything is synthesized."""

import dataclasses
import json
import re
from pathlib import Path

import pytest

from infra import context
from infra.config import Config
from keyturn.settings import InvalidSettings, Mode, Settings
from tests.infra import cdk_json

SET_BY_THE_STACK = {"kms_key_id", "topic_arn", "mail_configuration_set", "member_roles"}
# A setting that is off unless somebody gives it a value can't be shown with its default.
OFF = {"notify_from", "external_id", "accounts", "secrets_in"}


def faults(block: object) -> tuple[str, ...]:
    with pytest.raises(InvalidSettings) as refused:
        Config.from_context(block)
    return refused.value.faults


@pytest.mark.parametrize("block", [None, {}])
def test_no_block_means_the_defaults(block: object) -> None:
    assert Config.from_context(block) == Config()
    assert Config().rotation.mode is Mode.OBSERVE


def test_cdk_json_shows_every_rotation_setting_with_its_default() -> None:
    shown = cdk_json.settings()
    config = Config.from_context(shown)

    assert {each.name for each in dataclasses.fields(Settings)} - SET_BY_THE_STACK - OFF <= shown.keys()
    assert dataclasses.replace(config.rotation, event_bus=None) == Settings()
    assert config.rotation.event_bus == "default"
    assert dataclasses.replace(config, rotation=Settings()) == Config()


@pytest.mark.parametrize(
    ("setting", "value", "allowed"),
    [
        ("max_age_days", 0, "a whole number from 4 to 3650"),
        ("max_age_days", 90.5, "a whole number from 4 to 3650"),
        ("max_age_days", "ninety", "a whole number from 4 to 3650"),
        ("grace_days", -1, "a whole number from 1 to 365"),
        ("concurrency", True, "a whole number from 1 to 64"),
        ("mode", "act", "one of observe, enforce"),
        ("in_use_at_deadline", "cut", "one of hold, deactivate"),
        ("opt_in", "yes", "true or false"),
        ("opt_in", 1, "true or false"),
        ("user_path", "services", "an IAM path that begins and ends with a slash"),
        ("user_path", "/ser*vices/", "an IAM path that begins and ends with a slash"),
        ("user_path", "/${aws:username}/", "an IAM path that begins and ends with a slash"),
        ("secret_prefix", "keyturn", "one to three folders"),
        ("secret_prefix", "key*/", "one to three folders"),
        ("event_bus", "my bus", "the name or ARN of an event bus"),
        ("schedule", "rate(7 days)", "at least one run a day"),
        ("schedule", "rate(25 hours)", "at least one run a day"),
        ("schedule", "rate(1 hours)", "at least one run a day"),
        ("schedule", "cron(0 7 ? * MON *)", "at least one run a day"),
        ("schedule", "cron(0 7 1 * ? *)", "at least one run a day"),
        ("schedule", "cron(0 24 * * ? *)", "at least one run a day"),
        ("schedule", "at(2030-01-01T00:00:00)", "at least one run a day"),
        ("flexible_minutes", 61, "a whole number from 0 (no window) to 60"),
        ("log_retention_days", 2, "one of 1, 7, 30, 90, 180, 365, 400, 731, 1096, 1827, 2557, 3653"),
        ("customer_managed_key", "no", "true or false"),
        ("alarm_email", "ops", "an e-mail address"),
        ("notify_from", "keyturn", "an e-mail address that SES may send from"),
        ("notify_from", "Keyturn <keyturn@example.com>", "an e-mail address that SES may send from"),
        ("notify_from", "keyturn@example.com\nBcc: x@example.com", "an e-mail address that SES may send from"),
        ("notify_from", "", "an e-mail address that SES may send from"),
        ("runbook_url", "docs/run book", "a path or URL of 2 to 200 characters"),
        ("runbook_url", "docs/runbook/", "a path or URL of 2 to 200 characters"),
        ("runbook_url", "x" * 201, "a path or URL of 2 to 200 characters"),
        ("alarm_email", "ops@example.com, dev@example.com", "an e-mail address"),
    ],
)
def test_a_wrong_value_is_told_with_its_name_and_what_is_allowed(setting: str, value: object, allowed: str) -> None:
    (fault,) = faults({setting: value})
    text = value if isinstance(value, str) else json.dumps(value)

    assert fault.startswith(f"{setting} is {text!r}: allowed is {allowed}")


def test_what_is_set_for_accounts_is_an_object_in_cdk_json_and_text_in_the_environment() -> None:
    config = Config.from_context({"accounts": {"444455556666": {"mode": "enforce", "grace_days": 7}}})

    assert config.rotation.accounts == '{"444455556666":{"grace_days":"7","mode":"enforce"}}'
    (fault,) = faults({"accounts": {"444455556666": {"grace_days": 0}}})
    assert fault.startswith("accounts for 444455556666: grace_days is '0': allowed is a whole number from 1 to 365")
    (fault,) = faults({"accounts": ["444455556666"]})
    assert fault.startswith("accounts is [")


@pytest.mark.parametrize("value", [None, [], ["enforce"], {"value": "enforce"}], ids=json.dumps)
def test_a_value_that_no_environment_could_hold_is_refused(value: object) -> None:
    assert faults({"mode": value}) == (f"mode is {json.dumps(value)}: allowed is text, a number, true or false",)


@pytest.mark.parametrize(
    ("setting", "hint"),
    [
        ("max_age_day", "did you mean max_age_days?"),
        ("shedule", "did you mean schedule?"),
        ("KEYTURN_MODE", "allowed are account_concurrency, accounts, alarm_email,"),
    ],
)
def test_an_unknown_setting_is_told_with_the_nearest_one(setting: str, hint: str) -> None:
    (fault,) = faults({setting: 1})

    assert fault.startswith(f"'{setting}' is not a setting: {hint}")


@pytest.mark.parametrize("setting", sorted(SET_BY_THE_STACK))
def test_what_the_stack_sets_itself_is_not_taken_from_the_context(setting: str) -> None:
    assert faults({setting: "x"}) == (f"{setting} is not a setting of cdk.json: the stack sets it itself",)


def test_settings_that_contradict_each_other_are_refused() -> None:
    (fault,) = faults({"max_age_days": 58})

    assert fault.startswith("max_age_days is 58: with grace_days 14 and recovery_days 30 allowed is 59 or more")


def test_all_faults_are_told_at_once() -> None:
    told = faults({"mode": "act", "schedule": "never", "colour": "red", "opt_in": None, "max_age_days": 20})

    assert sorted(re.split(r"\W", fault.lstrip("'"))[0] for fault in told) == [
        "colour",
        "max_age_days",
        "mode",
        "opt_in",
        "schedule",
    ]


@pytest.mark.parametrize("block", ["[]", "{mode: enforce}", "enforce", '"enforce"', [], 7], ids=str)
def test_a_block_that_is_no_json_object_is_refused(block: object) -> None:
    (fault,) = faults(block)

    assert "allowed is a JSON object" in fault


def test_text_from_the_command_line_is_laid_over_cdk_json(tmp_path: Path) -> None:
    committed = tmp_path / "cdk.json"
    committed.write_text(json.dumps({"context": {"keyturn": {"user_path": "/services/", "mode": "observe"}}}))

    assert context.read('{"mode": "enforce"}', committed) == {"user_path": "/services/", "mode": "enforce"}
    assert context.read({"mode": "enforce"}, committed) == {"mode": "enforce"}


@pytest.mark.parametrize(
    "schedule",
    ["rate(1 day)", "rate(1 hour)", "rate(12 hours)", "rate(24 hours)", "cron(0 7 * * ? *)", "cron(59 */6 ? * * *)",
     "cron(5 0-6,18-23 * * ? *)"],
)  # fmt: skip
def test_every_schedule_of_at_least_a_run_a_day_is_taken(schedule: str) -> None:
    assert Config.from_context({"schedule": schedule}).schedule == schedule
