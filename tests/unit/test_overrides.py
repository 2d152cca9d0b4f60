"""What is set for one account goes before what holds for all, and is checked with it before anything is done."""

import json

import pytest

from keyturn.settings import InvalidSettings, Mode, Settings
from tests.fakes.world import World
from tests.lambda_function import ENFORCE, HEARD, LambdaFunction
from tests.unit.running import due

HOME, MEMBER, OTHER = "111122223333", "444455556666", "777788889999"
ORGANIZATION = {
    "KEYTURN_EXTERNAL_ID": "an-external-id",
    "KEYTURN_MEMBER_ROLES": "arn:aws:iam::*:role/keyturn-member",
}


def settings(accounts: object, **others: str) -> Settings:
    return Settings.parse({"accounts": json.dumps(accounts), **others})


def fault(accounts: object, **others: str) -> str:
    with pytest.raises(InvalidSettings) as refused:
        settings(accounts, **others)
    (told,) = refused.value.faults
    return told


def test_an_account_s_own_settings_go_before_those_of_all() -> None:
    all_of_them = settings({MEMBER: {"max_age_days": 60, "grace_days": "7", "mode": "enforce"}}, recovery_days="20")
    own = all_of_them.of_account(MEMBER)
    assert (own.max_age_days, own.grace_days, own.recovery_days, own.mode) == (60, 7, 20, Mode.ENFORCE)
    assert all_of_them.of_account(OTHER) == Settings(recovery_days=20)


def test_several_accounts_can_share_an_entry() -> None:
    shared = settings({f"{MEMBER} {OTHER}": {"mode": "enforce"}})
    assert [shared.of_account(each).mode for each in (MEMBER, OTHER, HOME)] == ["enforce", "enforce", "observe"]


@pytest.mark.parametrize(
    "accounts",
    [
        [],
        "observe",
        {"44445555666": {}},
        {"*": {"mode": "observe"}},
        {"ou-ab12-12345678": {"mode": "observe"}},
        {MEMBER: "observe"},
        {MEMBER: {"secret_prefix": "other/"}},
        {MEMBER: {"modus": "observe"}},
        {MEMBER: {"grace_days": 7.5}},
        {MEMBER: {"grace_days": None}},
        {f"{MEMBER} {MEMBER}": {"mode": "observe"}},
        {MEMBER: {"mode": "observe"}, f"{OTHER} {MEMBER}": {"mode": "enforce"}},
        {" ".join(f"{number:012}" for number in range(200)): {"mode": "observe"}},
    ],
)
def test_what_has_another_form_is_refused_with_what_is_allowed(accounts: object) -> None:
    told = fault(accounts)
    assert told.startswith("accounts is ")
    assert "max_rotations_per_run" in told


def test_a_value_that_is_not_allowed_is_named_with_its_account() -> None:
    told = fault({MEMBER: {"mode": "off"}})
    assert told == f"accounts for {MEMBER}: mode is 'off': allowed is one of observe, enforce"


def test_a_contradiction_to_the_settings_of_all_is_named_with_its_account() -> None:
    told = fault({MEMBER: {"max_age_days": "50"}})
    assert told.startswith(f"accounts for {MEMBER}: max_age_days is 50: with grace_days 14")


class TestRuns:
    """A run takes the settings of the account that it is for."""

    @pytest.fixture
    def hub(self) -> World:
        hub, member = World(), World()
        due(hub, "henry")
        due(member, "mary")
        hub.members[MEMBER] = member
        return hub

    def rotator(self, hub: World, accounts: object, **more: str) -> LambdaFunction:
        own = {"KEYTURN_ACCOUNTS": json.dumps(accounts)}
        return LambdaFunction(hub, {**ENFORCE, **HEARD, **ORGANIZATION, **own, **more})

    def test_an_account_that_is_only_observed_keeps_its_keys_and_lends_a_session_that_looks(self, hub: World) -> None:
        rotator = self.rotator(hub, {MEMBER: {"mode": "observe"}})
        assert rotator.invoke({"action": "rotate", "account": MEMBER})["mode"] == "observe"
        assert hub.members[MEMBER].mutations == []
        (lent,) = hub.lent
        assert "CreateAccessKey" not in lent.narrowed
        assert rotator.invoke({})["totals"]["CreateKey"] == 1

    def test_an_account_can_be_the_first_to_be_rotated(self, hub: World) -> None:
        rotator = self.rotator(hub, {MEMBER: {"mode": "enforce"}}, KEYTURN_MODE="observe")
        assert rotator.invoke({})["totals"]["done"] == 0
        assert rotator.invoke({"action": "rotate", "account": MEMBER})["totals"]["CreateKey"] == 1

    def test_the_own_account_has_its_own_settings_too(self, hub: World) -> None:
        rotator = self.rotator(hub, {HOME: {"mode": "observe"}})
        for request in ({}, {"action": "rotate", "account": HOME}):
            assert rotator.invoke(request)["mode"] == "observe"
        assert not [call for call in hub.mutations if call.service != "sns"]

    def test_the_shorter_age_of_an_account_makes_its_keys_due(self, hub: World) -> None:
        due(hub.members[MEMBER], "young", oldest=40)
        rotator = self.rotator(hub, {MEMBER: {"max_age_days": 50, "grace_days": 7}, HOME: {}})
        users = {line["user"] for line in rotator.invoke({"action": "rotate", "account": MEMBER})["users"]}
        assert users == {"mary"}
        rotator = self.rotator(hub, {MEMBER: {"max_age_days": 45, "grace_days": 7}})
        users = {line["user"] for line in rotator.invoke({"action": "rotate", "account": MEMBER})["users"]}
        assert "young" in users
