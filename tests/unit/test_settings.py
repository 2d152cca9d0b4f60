"""The settings are parsed once, and a wrong one is named with its value and what is allowed: all of them at once."""

import dataclasses
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyturn.domain.policy import AtDeadline
from keyturn.settings import Exposure, InvalidSettings, Keeper, Mode, Settings

ARN = "arn:aws:kms:eu-west-1:111122223333:key/0fakefak-e000-4000-8000-000000000000"
NUMBERS = [
    "MAX_AGE_DAYS",
    "GRACE_DAYS",
    "RECOVERY_DAYS",
    "IDLE_DAYS",
    "UNUSED_DAYS",
    "MAX_ROTATIONS_PER_RUN",
    "CONCURRENCY",
    "GUARD_HOURS",
]
NO_NUMBER = [
    "",
    " ",
    " 30",
    "30 ",
    "30\n",
    "+30",
    "-30",
    "0",
    "00000000000030",
    "3_0",
    "30.0",
    "3e1",
    "0x1e",
    "NaN",
    "nan",
    "inf",
    "Infinity",
    "None",
    "null",
    "true",
    "thirty",
    "[30]",
    "1" * 5000,
    "\N{ARABIC-INDIC DIGIT THREE}\N{ARABIC-INDIC DIGIT ZERO}",
    "\N{FULLWIDTH DIGIT THREE}0",
    "\N{SUPERSCRIPT THREE}",
    "\N{ROMAN NUMERAL FIVE}",
    "3\N{ZERO WIDTH SPACE}0",
    "3\0",
]


def faults(**environment: str) -> tuple[str, ...]:
    with pytest.raises(InvalidSettings) as refused:
        Settings.from_environment({f"KEYTURN_{name}": text for name, text in environment.items()})
    return refused.value.faults


def read(**environment: str) -> Settings:
    return Settings.from_environment({f"KEYTURN_{name}": text for name, text in environment.items()})


def test_nothing_set_means_the_documented_defaults() -> None:
    assert dataclasses.asdict(Settings.from_environment({})) == {
        "max_age_days": 90,
        "grace_days": 14,
        "recovery_days": 30,
        "idle_days": 2,
        "unused_days": 90,
        "in_use_at_deadline": AtDeadline.HOLD,
        "mode": Mode.OBSERVE,
        "max_rotations_per_run": 100,
        "concurrency": 8,
        "secret_prefix": "keyturn/",
        "user_path": "/",
        "opt_in": False,
        "guard_hours": 24,
        "exposure_response": Exposure.DEACTIVATE,
        "notify_from": None,
        "kms_key_id": None,
        "event_bus": None,
        "topic_arn": None,
        "mail_configuration_set": None,
        "external_id": None,
        "member_roles": None,
        "accounts": None,
        "secrets_in": Keeper.MEMBER,
    }


def test_every_setting_can_be_set() -> None:
    settings = read(
        MAX_AGE_DAYS="60",
        GRACE_DAYS="7",
        RECOVERY_DAYS="10",
        IDLE_DAYS="3",
        UNUSED_DAYS="45",
        IN_USE_AT_DEADLINE="deactivate",
        MODE="enforce",
        MAX_ROTATIONS_PER_RUN="5",
        CONCURRENCY="2",
        SECRET_PREFIX="iam/keys/",
        USER_PATH="/services/batch/",
        OPT_IN="true",
        GUARD_HOURS="48",
        EXPOSURE_RESPONSE="alert",
        NOTIFY_FROM="keyturn@example.com",
        KMS_KEY_ID=ARN,
        EVENT_BUS="default",
        TOPIC_ARN="arn:aws:sns:eu-west-1:111122223333:alerts",
        MAIL_CONFIGURATION_SET="keyturn-mail",
        EXTERNAL_ID="an-external-id",
        MEMBER_ROLES="arn:aws:iam::*:role/keyturn-member",
        ACCOUNTS='{"444455556666": {"mode": "observe"}}',
        SECRETS_IN="hub",
    )
    assert not [each.name for each in dataclasses.fields(settings) if getattr(settings, each.name) == each.default]
    assert settings.policy.max_age == timedelta(days=60)
    assert settings.policy.guard == timedelta(hours=48)
    assert settings.policy.at_deadline is AtDeadline.DEACTIVATE


def test_only_variables_with_the_prefix_are_looked_at() -> None:
    foreign = {"AWS_SECRET_ACCESS_KEY": "fake", "MAX_AGE_DAYS": "x", "keyturn_mode": "x", "XKEYTURN_MODE": "x", "": "x"}
    assert Settings.from_environment(foreign) == Settings()
    assert "fake" not in repr(Settings.from_environment({**foreign, "KEYTURN_MODE": "enforce"}))


@pytest.mark.parametrize("text", NO_NUMBER, ids=lambda text: ascii(text)[:24])
@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_that_is_none_is_refused(name: str, text: str) -> None:
    fault = next(fault for fault in faults(**{name: text}) if fault.startswith(f"KEYTURN_{name} is "))
    assert "allowed is a whole number from" in fault
    assert repr(text[:80])[1:-1] in fault
    assert len(fault) < 300


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("MAX_AGE_DAYS", 59, 3650),
        ("GRACE_DAYS", 1, 29),
        ("RECOVERY_DAYS", 1, 61),
        ("IDLE_DAYS", 1, 90),
        ("UNUSED_DAYS", 2, 3650),
        ("MAX_ROTATIONS_PER_RUN", 1, 10_000),
        ("CONCURRENCY", 1, 64),
        ("GUARD_HOURS", 1, 720),
    ],
)
def test_a_number_has_its_bounds_with_the_other_settings_at_their_defaults(name: str, low: int, high: int) -> None:
    for allowed in (low, high):
        assert getattr(read(**{name: str(allowed)}), name.lower()) == allowed
    for forbidden in (low - 1, high + 1):
        assert len(faults(**{name: str(forbidden)})) == 1


def test_the_outermost_bounds_go_together() -> None:
    widest = {"MAX_AGE_DAYS": 3650, "GRACE_DAYS": 365, "RECOVERY_DAYS": 365, "IDLE_DAYS": 365, "UNUSED_DAYS": 3650}
    narrowest = {"MAX_AGE_DAYS": 4, "GRACE_DAYS": 1, "RECOVERY_DAYS": 1, "IDLE_DAYS": 1, "UNUSED_DAYS": 1}
    for bounds, beyond in ((widest, 1), (narrowest, -1)):
        texts = {name: str(number) for name, number in bounds.items()}
        assert read(**texts).max_age_days == bounds["MAX_AGE_DAYS"]
        for name, number in bounds.items():
            told = faults(**{**texts, name: str(number + beyond)})
            assert any(fault.startswith(f"KEYTURN_{name} is '{number + beyond}': allowed is a whole") for fault in told)


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("MODE", "observe, enforce"),
        ("IN_USE_AT_DEADLINE", "hold, deactivate"),
        ("EXPOSURE_RESPONSE", "deactivate, alert"),
        ("OPT_IN", "true or false"),
    ],
)
@pytest.mark.parametrize(
    "text", ["", " ", "Enforce", "ENFORCE", "enforce ", "True", "TRUE", "1", "yes", "None", "HOLD", "hold\n"]
)
def test_a_choice_is_spelt_as_it_is_documented(name: str, allowed: str, text: str) -> None:
    (fault,) = faults(**{name: text})
    assert fault.startswith(f"KEYTURN_{name} is {text!r}: allowed is ")
    assert allowed in fault


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/",
        "keyturn",
        "/keyturn/",
        "keyturn//",
        "aws/",
        "aws/keys/",
        "a/b/c/d/",
        "key turn/",
        "key,turn/",
        "*/",
        "keyturn/*",
        "keyturn/?/",
        "keyturn/${aws:username}/",
        "\N{LATIN SMALL LETTER E WITH ACUTE}/",
        "a" * 65 + "/",
        "keyturn/\n",
        "keyturn/ ",
    ],
)
def test_a_prefix_is_one_to_three_folders(text: str) -> None:
    (fault,) = faults(SECRET_PREFIX=text)
    assert fault.startswith("KEYTURN_SECRET_PREFIX is ")


@pytest.mark.parametrize("text", ["k/", "keyturn/", "team.a/keys/", "a/b/c/", "A-Z_+=.@-/", "awesome/"])
def test_a_prefix_of_folders_is_taken(text: str) -> None:
    assert read(SECRET_PREFIX=text).secret_prefix == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "services",
        "/services",
        "services/",
        "//",
        "/a//b/",
        "/*/",
        "/services/*",
        "/a?/",
        "/${x}/",
        "/a b/",
        "/a/\n",
        "/\N{LATIN SMALL LETTER E WITH ACUTE}/",
        "/" + "a" * 511 + "/",
    ],
)
def test_a_path_is_an_iam_path_without_wildcards_that_would_widen_the_role(text: str) -> None:
    (fault,) = faults(USER_PATH=text)
    assert fault.startswith("KEYTURN_USER_PATH is ")
    assert "begins and ends with a slash" in fault


@pytest.mark.parametrize("text", ["/", "/services/", "/a/b/c/d/", "/a.b_c=d,e@f+g-h/", "/" + "a" * 510 + "/"])
def test_an_iam_path_is_taken(text: str) -> None:
    assert read(USER_PATH=text).user_path == text


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        (
            "KMS_KEY_ID",
            [ARN, "alias/keyturn", "0fakefak-e000-4000-8000-000000000000"],
            ["", "a key", ARN + "*", "a\n"],
        ),
        (
            "EVENT_BUS",
            ["default", "security.bus", "arn:aws-cn:events:cn-north-1:111122223333:event-bus/keys"],
            ["", "a bus", "bus*", "default\n"],
        ),
        (
            "TOPIC_ARN",
            ["arn:aws:sns:eu-west-1:111122223333:alerts", "arn:aws-us-gov:sns:us-gov-west-1:111122223333:a_b-c"],
            ["", "alerts", "arn:aws:sqs:eu-west-1:111122223333:alerts", "arn:aws:sns:eu-west-1:111122223333:alerts\n"],
        ),
    ],
)
def test_what_the_stack_sets_is_checked_all_the_same(name: str, good: list[str], bad: list[str]) -> None:
    for text in good:
        assert getattr(read(**{name: text}), name.lower()) == text
    for text in bad:
        (fault,) = faults(**{name: text})
        assert fault.startswith(f"KEYTURN_{name} is {text!r}: allowed is the ")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("MAX_AGE", "did you mean KEYTURN_MAX_AGE_DAYS?"),
        ("MODEE", "did you mean KEYTURN_MODE?"),
        ("mode", "is not a setting"),
        ("TOTALLY_DIFFERENT_THING", "is not a setting"),
        ("", "is not a setting"),
        ("MODE ", "did you mean KEYTURN_MODE?"),
    ],
)
def test_an_unknown_setting_is_refused_with_a_hint(name: str, hint: str) -> None:
    (fault,) = faults(**{name: "1"})
    assert f"'KEYTURN_{name}' is not a setting" in fault
    assert hint in fault


@pytest.mark.parametrize(
    ("ages", "needed"),
    [
        ({"MAX_AGE_DAYS": "58"}, 59),
        ({"GRACE_DAYS": "30"}, 91),
        ({"RECOVERY_DAYS": "62"}, 91),
        ({"MAX_AGE_DAYS": "10", "GRACE_DAYS": "4", "RECOVERY_DAYS": "2"}, 11),
        ({"GRACE_DAYS": "90"}, 211),
        ({"GRACE_DAYS": "365", "RECOVERY_DAYS": "365"}, 1096),
    ],
)
def test_a_successor_must_not_fall_due_while_its_predecessor_holds_the_slot(ages: dict[str, str], needed: int) -> None:
    (fault,) = faults(**ages)
    assert fault.startswith("KEYTURN_MAX_AGE_DAYS is ")
    assert f"allowed is {needed} or more (2 x grace + recovery + 1)" in fault
    assert "KEYTURN_GRACE_DAYS" in fault
    assert "KEYTURN_RECOVERY_DAYS" in fault
    assert read(**{"RECOVERY_DAYS": "30", **ages, "MAX_AGE_DAYS": str(needed)}).max_age_days == needed


def test_a_key_in_use_cannot_be_unused() -> None:
    (fault,) = faults(IDLE_DAYS="30", UNUSED_DAYS="29")
    assert fault.startswith("KEYTURN_UNUSED_DAYS is 29")
    assert "KEYTURN_IDLE_DAYS" in fault
    assert read(IDLE_DAYS="30", UNUSED_DAYS="30").unused_days == 30


def test_all_faults_are_named_at_once() -> None:
    told = faults(MAX_AGE_DAYS="20", GRACE_DAYS="ten", MODE="on", OPT_IN="1", COLOUR="red", USER_PATH="x")
    assert len(told) == 6
    for name in ("MAX_AGE_DAYS", "GRACE_DAYS", "MODE", "OPT_IN", "COLOUR", "USER_PATH"):
        assert sum(fault.startswith((f"KEYTURN_{name} is", f"'KEYTURN_{name}' is")) for fault in told) == 1
    with pytest.raises(InvalidSettings, match=r"KEYTURN_MODE is 'on'.*; .*KEYTURN_OPT_IN"):
        read(MODE="on", OPT_IN="1")


def test_settings_made_in_code_check_themselves_too() -> None:
    with pytest.raises(InvalidSettings, match=r"^max_age_days is 20: with grace_days 14 and recovery_days 30"):
        Settings(max_age_days=20)


def test_the_stack_spells_the_same_settings_its_own_way() -> None:
    with pytest.raises(InvalidSettings) as refused:
        Settings.parse({"mode": "on", "max_age": "90"})
    assert [fault.split(" is ")[0] for fault in refused.value.faults] == ["mode", "'max_age'"]


def test_settings_do_not_change() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().mode = Mode.ENFORCE  # type: ignore[misc]  # what must not work


@given(st.dictionaries(st.text(max_size=30).map("KEYTURN_".__add__), st.text(max_size=80), min_size=1, max_size=4))
def test_whatever_is_no_setting_is_refused_by_name(environment: dict[str, str]) -> None:
    with pytest.raises(InvalidSettings) as refused:
        Settings.from_environment(environment)
    assert [fault.partition(" is not a setting")[0] for fault in refused.value.faults] == list(map(repr, environment))
