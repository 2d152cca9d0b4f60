"""docs/permissions.md says of every permission what it is for, as the template has it."""

import json
import re
from collections.abc import Iterator, Sequence

from aws_cdk import App

from infra import permissions
from infra.bundle import ROOT
from infra.config import Config
from infra.organization import member_role
from infra.organization.member_stack import MemberStack
from infra.organization.tour import listing_accounts
from infra.policy import Permission
from tests.infra import cdk_json
from tests.infra.template import Properties, Template, statements, synthesize

PAGE = (ROOT / "docs/permissions.md").read_text()


def blocks(documented: Sequence[Permission], document: Properties) -> Iterator[str]:
    """Yield what the page has to say about each statement of a policy."""
    deployed = statements(document)
    for permission in documented:
        statement = deployed[permission.sid]
        lines = [
            f"### {permission.sid}",
            "",
            permission.purpose,
            "",
            f"- {'denied' if statement['Effect'] == 'Deny' else 'allowed'}: {_listed(statement['Action'])}",
            f"- on: {_listed(statement['Resource'])}",
        ]
        if "Condition" in statement:
            lines.append(f"- if: `{json.dumps(statement['Condition'])}`")
        if permission.wildcard:
            lines.append(f"- why `*`: {permission.wildcard}")
        yield "\n".join(lines) + "\n"


def policies() -> Iterator[tuple[Sequence[Permission], Properties]]:
    template = synthesize()
    roles = template.all("AWS::IAM::Role")
    yield template.stack.rotator.may, roles["RotatorRole"]["Policies"][0]["PolicyDocument"]
    yield template.stack.responder.may, roles["ResponderRole"]["Policies"][0]["PolicyDocument"]
    yield template.stack.schedule.may, roles["DailyRole"]["Policies"][0]["PolicyDocument"]
    yield template.stack.vault.readers_may, template.one("AWS::IAM::ManagedPolicy")["PolicyDocument"]
    (taking,) = member_role.taking("an-external-id")
    organization = synthesize(external_id="an-external-id").all("AWS::IAM::Role")
    yield [taking], organization["RotatorRole"]["Policies"][0]["PolicyDocument"]
    yield from in_the_hub()
    touring = synthesize(external_id="an-external-id", organization=True)
    assert touring.stack.tour
    roles = touring.all("AWS::IAM::Role")
    policies = touring.all("AWS::IAM::Policy")
    yield listing_accounts(), roles["RosterRole"]["Policies"][0]["PolicyDocument"]
    yield touring.stack.tour.may, roles["TourRole"]["Policies"][0]["PolicyDocument"]
    yield [touring.stack.tour.running], policies["TourChildren"]["PolicyDocument"]
    yield [touring.stack.tour.reading], policies["TourReading"]["PolicyDocument"]
    yield touring.stack.schedule.may[:1], roles["DailyRole"]["Policies"][0]["PolicyDocument"]
    mailing = synthesize(notify_from="keyturn@example.com")
    assert mailing.stack.letters
    roles = mailing.all("AWS::IAM::Role")
    for role in ("RotatorRole", "LettersRole"):
        may = mailing.stack.letters.may_tell if role == "LettersRole" else mailing.stack.letters.sending()
        yield may, roles[role]["Policies"][0]["PolicyDocument"]


def in_the_hub() -> Iterator[tuple[Sequence[Permission], Properties]]:
    """What is different when the hub keeps its members' secrets: its rotator's, and their readers'."""
    members = {"external_id": "an-external-id", "secrets_in": "hub", "organization_id": "o-a1b2c3d4e5"}
    hub = synthesize(**members)
    assert hub.stack.vault.of_members
    admitting = permissions.admitting_readers(hub.stack.vault.of_members)
    yield [admitting], hub.all("AWS::IAM::Role")["RotatorRole"]["Policies"][0]["PolicyDocument"]
    config = Config.from_context({**cdk_json.settings(), **members})
    member = MemberStack(App(), "Member", config=config, external_id="an-external-id")
    yield member.readers_may, Template(member).one("AWS::IAM::ManagedPolicy")["PolicyDocument"]


def every_block() -> list[str]:
    return [block for documented, document in policies() for block in blocks(documented, document)]


def test_the_page_explains_every_permission_as_it_is_deployed() -> None:
    missing = [block for block in every_block() if block not in PAGE]

    assert not missing, "docs/permissions.md has to say:\n\n" + "\n".join(missing)


def test_the_page_explains_no_permission_that_is_not_there() -> None:
    assert re.findall(r"^### (\w+)$", PAGE, re.MULTILINE) == [block.split()[1] for block in every_block()]


def test_every_wildcard_has_its_reason() -> None:
    for documented, document in policies():
        deployed = statements(document)
        for permission in documented:
            wide = deployed[permission.sid]["Effect"] == "Allow" and "*" in str(deployed[permission.sid]["Resource"])
            assert bool(permission.wildcard) == wide, permission.sid


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
