"""What the README and the settings' page say is what the code says."""

import dataclasses
import re
from enum import StrEnum
from pathlib import Path

from infra.config import Config
from keyturn.domain import tags
from keyturn.settings import Settings

CHECKOUT = Path(__file__).parents[2]
README = (CHECKOUT / "README.md").read_text(encoding="utf-8")
SETTINGS = (CHECKOUT / "docs" / "settings.md").read_text(encoding="utf-8")
SET_BY_THE_STACK = {"kms_key_id", "topic_arn", "mail_configuration_set", "member_roles"}


def rows(page: str, first_column: str) -> dict[str, str]:
    """A page's table under a heading cell, its first two columns by the first."""
    table = page.split(f"| {first_column} |", 1)[1].split("\n\n", 1)[0]
    cells = (line.split("|") for line in table.splitlines()[2:])
    return {row[1].strip(): row[2].strip() for row in cells}


def shown(value: object) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return f"`{str(value).lower()}`"
        case StrEnum():
            return f"`{value.value}`"
        case _:
            return f"`{value}`"


def test_every_setting_stands_on_its_page_with_its_default() -> None:
    config = Config.from_context({})
    defaults = {each.name: getattr(config.rotation, each.name) for each in dataclasses.fields(Settings)}
    defaults |= {
        each.name: getattr(config, each.name) for each in dataclasses.fields(Config) if each.name != "rotation"
    }
    defaults["event_bus"] = "default"
    expected = {f"`{name}`": shown(value) for name, value in defaults.items() if name not in SET_BY_THE_STACK}

    assert rows(SETTINGS, "setting") == expected


def test_every_tag_of_a_user_stands_on_the_settings_page() -> None:
    named = {name for cell in rows(SETTINGS, "tag on the user") for name in re.findall(r"`([^`]+)`", cell)}

    assert named == {
        tags.EXEMPT_UNTIL,
        tags.MAX_AGE_DAYS,
        tags.GRACE_DAYS,
        tags.GUARD_ALARM,
        tags.OWNER,
        tags.MANAGED,
        tags.SES_SMTP,
    }


def test_every_link_of_the_readme_leads_somewhere() -> None:
    targets = {target.split("#")[0] for target in re.findall(r"\]\(([^)]+)\)", README)}
    missing = {target for target in targets if not (CHECKOUT / target).exists()}

    assert missing == set()


def test_each_promise_of_the_readme_links_to_tests_that_are_there() -> None:
    promises = rows(README, "promise")

    assert len(promises) == 5
    for promise, held_by in promises.items():
        files = [CHECKOUT / target for target in re.findall(r"\]\((tests/[^)]+)\)", held_by)]
        assert files, promise
        assert [file for file in files if "def test_" not in file.read_text(encoding="utf-8")] == []
