"""Bad settings of every kind: all are named at once, with value and what is allowed, before any call to AWS."""

import pytest

from keyturn.settings import InvalidSettings
from tests.lambda_function import ENFORCE, LambdaFunction
from tests.unit.bad_input import ARABIC_90, CYRILLIC_O, FULLWIDTH_90, MEGABYTES, account

DAYS_90 = "allowed is a whole number from 4 to 3650"
PREFIX = "allowed is one to three folders of letters, digits and _+=.@-, each ended by a slash, such as 'keyturn/'"
PATH = "allowed is an IAM path that begins and ends with a slash, such as '/services/'"
SETTINGS: list[tuple[str, str, str]] = [
    *(
        ("MAX_AGE_DAYS", text, DAYS_90)
        for text in (
            "",
            " ",
            "ninety",
            "0",
            "3",
            "3651",
            "-90",
            "+90",
            " 90",
            "90\n",
            "90.0",
            "9e1",
            "0x5A",
            "9_0",
            "NaN",
            "Infinity",
            "true",
            "null",
            "90; DROP",
            "90\0",
            "\udcff",
            ARABIC_90,
            FULLWIDTH_90,
            "9" * 10_000,
            "9" * MEGABYTES,
        )
    ),
    ("GRACE_DAYS", "-1", "allowed is a whole number from 1 to 365"),
    ("RECOVERY_DAYS", "0", "allowed is a whole number from 1 to 365"),
    ("IDLE_DAYS", "0", "allowed is a whole number from 1 to 365"),
    ("UNUSED_DAYS", "99999999999", "allowed is a whole number from 1 to 3650"),
    ("GUARD_HOURS", "721", "allowed is a whole number from 1 to 720"),
    ("MAX_ROTATIONS_PER_RUN", "0", "allowed is a whole number from 1 to 10000"),
    ("CONCURRENCY", "65", "allowed is a whole number from 1 to 64"),
    ("MODE", "", "allowed is one of observe, enforce"),
    ("MODE", "Enforce", "allowed is one of observe, enforce"),
    ("MODE", "enforce ", "allowed is one of observe, enforce"),
    ("MODE", f"enf{CYRILLIC_O}rce", "allowed is one of observe, enforce"),
    ("IN_USE_AT_DEADLINE", "delete", "allowed is one of hold, deactivate"),
    ("EXPOSURE_RESPONSE", "ignore", "allowed is one of deactivate, alert"),
    ("OPT_IN", "True", "allowed is true or false"),
    ("OPT_IN", "1", "allowed is true or false"),
    ("OPT_IN", "", "allowed is true or false"),
    *(
        ("SECRET_PREFIX", text, PREFIX)
        for text in (
            "",
            "/",
            "keyturn",
            "/keyturn/",
            "aws/",
            "a/b/c/d/",
            "key*/",
            "${aws:username}/",
            "keyturn/\n",
            "k\N{LATIN SMALL LETTER E WITH ACUTE}/",
            "x" * 65 + "/",
        )
    ),
    *(
        ("USER_PATH", text, PATH)
        for text in ("", "services", "services/", "/services", "//", "/*/", "/ser vices/", "/${aws:username}/", "/?/")
    ),
    ("USER_PATH", f"/{'x' * 511}/", PATH),
    ("KMS_KEY_ID", "", "allowed is the ID, alias or ARN of a KMS key"),
    ("KMS_KEY_ID", "arn:aws:kms:eu-west-1:1:key/x", "allowed is the ID, alias or ARN of a KMS key"),
    ("EVENT_BUS", "my bus", "allowed is the name or ARN of an event bus"),
    ("TOPIC_ARN", "people", "allowed is the ARN of an SNS topic"),
    ("TOPIC_ARN", "arn:aws:sqs:eu-west-1:111122223333:people", "allowed is the ARN of an SNS topic"),
]


@pytest.mark.parametrize(("name", "text", "allowed"), SETTINGS, ids=lambda value: repr(value)[:40])
def test_a_bad_setting_stops_the_run_before_any_call(name: str, text: str, allowed: str) -> None:
    message = _refused(ENFORCE | {f"KEYTURN_{name}": text})
    assert f"KEYTURN_{name} is {repr(text)[:60].rstrip(chr(39))}" in message
    assert allowed in message


CONTRADICTIONS: list[tuple[dict[str, str], list[str]]] = [
    ({"MAX_AGE_DAYS": "58"}, ["KEYTURN_MAX_AGE_DAYS is 58", "allowed is 59 or more"]),
    ({"GRACE_DAYS": "30"}, ["KEYTURN_MAX_AGE_DAYS is 90", "KEYTURN_GRACE_DAYS 30", "allowed is 91 or more"]),
    ({"IDLE_DAYS": "91"}, ["KEYTURN_UNUSED_DAYS is 90", "allowed is KEYTURN_IDLE_DAYS (91) or more"]),
    ({"MODES": "enforce"}, ["'KEYTURN_MODES' is not a setting: did you mean KEYTURN_MODE?"]),
    ({"": "enforce"}, ["'KEYTURN_' is not a setting"]),
    ({"Mode": "enforce"}, ["'KEYTURN_Mode' is not a setting"]),
    ({"X" * MEGABYTES: ""}, ["is not a setting: allowed are KEYTURN_MAX_AGE_DAYS, "]),
    (
        {"MODE": "on", "CONCURRENCY": "many", "GRACE_DAYS": "40", "COLOUR": "red"},
        ["KEYTURN_MODE is 'on'", "KEYTURN_CONCURRENCY is 'many'", "allowed is 111 or more", "'KEYTURN_COLOUR'"],
    ),
]


@pytest.mark.parametrize(("settings", "told"), CONTRADICTIONS, ids=lambda value: repr(value)[:40])
def test_settings_in_contradiction_are_all_named_before_any_call(settings: dict[str, str], told: list[str]) -> None:
    message = _refused(ENFORCE | {f"KEYTURN_{name}": text for name, text in settings.items()})
    for part in told:
        assert part in message


def _refused(environment: dict[str, str]) -> str:
    world = account()
    with pytest.raises(InvalidSettings) as caught:
        LambdaFunction(world, environment).invoke({})
    message = str(caught.value)
    assert len(message) < 2000
    assert message.encode()
    assert world.log == []
    return message
